"""How fast chunks are embedded, against sentence-transformers in the same run, and how near the vectors are.

python -m benchmarks.embed [--set FOLDER] [--chunks 256] [--write]

Both use one thread. What int8 costs in recall is told over the questions of the documents the chunks come from.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from benchmarks.retrieval_set import OUT, RetrievalSet, argument_parser, open_set, write_section
from shared_utils.embeddings.onnx_minilm import OnnxMiniLmEmbedder
from shared_utils.embeddings.packaged_model import packaged_model_dir
from shared_utils.embeddings.sentence_transformer import SentenceTransformerEmbedder
from shared_utils.retrieval.index import indexed_text
from shared_utils.types import Embedder, Vectors


def chunks_per_cpu_second(embedder: Embedder, texts: Sequence[str]) -> tuple[float, Vectors]:
    embedder.embed_passages(texts[:8])
    began = time.process_time()
    vectors = embedder.embed_passages(texts)
    return len(texts) / (time.process_time() - began), vectors


def page_recall_at_5(data: RetrievalSet, names: Sequence[str], embedder: Embedder) -> float:
    """Dense search alone over some documents, so that nothing hides what the vectors lose."""
    found = []
    for name in names:
        chunks = data.indexes[name].chunks
        vectors = embedder.embed_passages([indexed_text(chunk) for chunk in chunks])
        for question in data.questions:
            if question.documents[0] == name:
                order = np.argsort(-(vectors @ embedder.embed_query(question.question)[0]), kind="stable")
                pages = list(dict.fromkeys(chunks[row].page for row in order))[:5]
                found.append(np.mean([page in pages for page in question.gold_pages]))
    return float(np.mean(found))


def main() -> None:
    parser = argument_parser(__doc__ or "")
    parser.add_argument("--chunks", type=int, default=256)
    parser.add_argument("--documents", type=int, default=12, help="documents the recall is told over, smallest first")
    parser.add_argument("--write", action="store_true", help="write the table into docs/benchmarks.md")
    arguments = parser.parse_args()
    data = open_set(arguments)
    every = [indexed_text(chunk) for index in data.indexes.values() for chunk in index.chunks]
    texts = [every[i] for i in np.random.default_rng(0).choice(len(every), arguments.chunks, replace=False)]
    asked = {question.documents[0] for question in data.questions}
    by_size = sorted((name for name in asked if data.indexes[name].chunks), key=lambda n: len(data.indexes[n].chunks))
    names = by_size[: arguments.documents]

    import torch  # the reference's, only here, to give both one core

    torch.set_num_threads(1)
    model_dir = packaged_model_dir()
    began = time.perf_counter()
    small = OnnxMiniLmEmbedder(model_dir, OUT / "model", threads=1)
    small_start = time.perf_counter() - began
    small_rate, small_vectors = chunks_per_cpu_second(small, texts)
    began = time.perf_counter()
    reference = SentenceTransformerEmbedder(model_dir)
    reference_start = time.perf_counter() - began
    reference_rate, reference_vectors = chunks_per_cpu_second(reference, texts)
    cosines = (small_vectors * reference_vectors).sum(axis=1)
    rows = [
        "| | chunks per CPU second | ready after | dense page R@5 |",
        "|---|---|---|---|",
        f"| sentence-transformers (fp32, torch) | {reference_rate:.1f} | {reference_start:.1f} s + import of torch | "
        f"{page_recall_at_5(data, names, reference):.3f} |",
        f"| ONNX Runtime (int8) | {small_rate:.1f} (**{small_rate / reference_rate:.1f} ×**) | {small_start:.1f} s | "
        f"{page_recall_at_5(data, names, small):.3f} |",
        "",
        f"Cosine of the two vectors of a chunk: {cosines.mean():.4f} on average, {cosines.min():.4f} at least "
        f"({len(texts)} chunks; recall over {len(names)} documents).",
    ]
    print("\n".join(rows))
    if arguments.write:
        write_section(
            "embedding", "## Embedding\n\n`python -m benchmarks.embed --write`, one core.\n\n" + "\n".join(rows)
        )


if __name__ == "__main__":
    main()
