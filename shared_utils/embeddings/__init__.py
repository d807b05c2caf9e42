"""Text as unit vectors: the packaged MiniLM through ONNX Runtime, or any model through sentence-transformers."""
