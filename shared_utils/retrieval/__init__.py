"""From a question to the passages that speak to it: BM25, FAISS, fusion, evidence, answerability."""
