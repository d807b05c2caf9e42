"""Models of llama3.2's exact shapes with random weights: what they say is nonsense, how fast they are is not.

PYTHON benchmarks/model_shapes.py 1b OUT.gguf --tokenizer SmolLM2-135M-Instruct.Q4_1.gguf

PYTHON has numpy and `gguf`. Sizes and kinds of blocks are those of Ollama's Q4_K_M files (1b 0.8 GB, 3b 2.0 GB). The
tokenizer is that of any GGUF, filled up to llama3.2's 128,256 tokens; neither these nor its special ones are ever
written, so that an answer goes on to its token limit.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

VOCABULARY = 128_256
_NORMAL, _UNUSED = 1, 5  # types of tokens
_WIDTH = 256  # weights of a block
_SPREAD = 0.02  # standard deviation of the weights


@dataclass(frozen=True, slots=True)
class Shape:
    layers: int
    width: int
    feed_forward: int
    heads: int
    kv_heads: int
    head_width: int


SHAPES = {"1b": Shape(16, 2048, 8192, 32, 8, 64), "3b": Shape(28, 3072, 8192, 24, 8, 128)}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("shape", choices=SHAPES)
    parser.add_argument("out", type=Path)
    parser.add_argument("--tokenizer", type=Path, required=True)
    arguments = parser.parse_args()
    write(SHAPES[arguments.shape], arguments.out, arguments.tokenizer)
    print(f"{arguments.out}: {arguments.out.stat().st_size / 1e9:.2f} GB")


def write(shape: Shape, out: Path, tokenizer: Path) -> None:
    import gguf

    writer = gguf.GGUFWriter(out, "llama")
    writer.add_context_length(131_072)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.feed_forward)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_key_length(shape.head_width)
    writer.add_value_length(shape.head_width)
    writer.add_rope_dimension_count(shape.head_width)
    writer.add_rope_freq_base(500_000.0)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(VOCABULARY)
    normal = _tokenizer(writer, gguf.GGUFReader(tokenizer))
    random = np.random.default_rng(7)
    blocks = {"Q4_K": q4_k, "Q6_K": q6_k}
    for name, rows, columns, kind in tensors(shape):
        if kind == "F32":
            writer.add_tensor(name, np.ones(columns, dtype=np.float32))
            continue
        weights = blocks[kind](random, rows, columns)
        if name.startswith("token_embd"):
            silent = np.ones(rows, dtype=bool)
            silent[normal] = False
            weights[silent] = 0
        writer.add_tensor(name, weights, raw_dtype=gguf.GGMLQuantizationType[kind])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _tokenizer(writer: Any, reader: Any) -> list[int]:
    """The tokenizer of another file, with as many tokens as llama3.2's; which of them are ordinary words."""

    def told(key: str) -> Any:
        field = reader.get_field(f"tokenizer.{key}")
        return None if field is None else field.contents()

    tokens, types = list(told("ggml.tokens")), list(told("ggml.token_type"))
    normal = [number for number, kind in enumerate(types) if kind == _NORMAL]
    missing = VOCABULARY - len(tokens)
    writer.add_tokenizer_model(told("ggml.model"))
    writer.add_tokenizer_pre(told("ggml.pre"))
    writer.add_token_list(tokens + [f"<|unused_{number}|>" for number in range(missing)])
    writer.add_token_types(types + [_UNUSED] * missing)
    writer.add_token_merges(told("ggml.merges"))
    writer.add_bos_token_id(told("ggml.bos_token_id"))
    writer.add_eos_token_id(told("ggml.eos_token_id"))
    writer.add_chat_template(told("chat_template"))
    return normal


def tensors(shape: Shape) -> Iterator[tuple[str, int, int, str]]:
    """(name, rows, columns, kind) of each, as Q4_K_M has them; the words' vectors are read and written with."""
    keys = shape.kv_heads * shape.head_width
    queries = shape.heads * shape.head_width
    yield "token_embd.weight", VOCABULARY, shape.width, "Q6_K"
    yield "output_norm.weight", 1, shape.width, "F32"
    for layer in range(shape.layers):
        finer = "Q6_K" if _finer(layer, shape.layers) else "Q4_K"
        yield f"blk.{layer}.attn_norm.weight", 1, shape.width, "F32"
        yield f"blk.{layer}.attn_q.weight", queries, shape.width, "Q4_K"
        yield f"blk.{layer}.attn_k.weight", keys, shape.width, "Q4_K"
        yield f"blk.{layer}.attn_v.weight", keys, shape.width, finer
        yield f"blk.{layer}.attn_output.weight", shape.width, queries, "Q4_K"
        yield f"blk.{layer}.ffn_norm.weight", 1, shape.width, "F32"
        yield f"blk.{layer}.ffn_gate.weight", shape.feed_forward, shape.width, "Q4_K"
        yield f"blk.{layer}.ffn_up.weight", shape.feed_forward, shape.width, "Q4_K"
        yield f"blk.{layer}.ffn_down.weight", shape.width, shape.feed_forward, finer


def _finer(layer: int, layers: int) -> bool:
    """Which layers Q4_K_M gives more bits (llama.cpp's `use_more_bits`).

    >>> [layer for layer in range(16) if _finer(layer, 16)]
    [0, 1, 4, 7, 10, 13, 14, 15]
    """
    eighth = layers // 8
    return layer < eighth or layer >= 7 * layers // 8 or (layer - eighth) % 3 == 2


def q4_k(random: np.random.Generator, rows: int, columns: int) -> np.ndarray:
    """Blocks of 144 bytes: two scales, twelve bytes of finer ones (all 32), 256 weights of four bits around 7.5."""
    finest = _SPREAD / (4.6 * 32)
    block = np.empty((rows, columns // _WIDTH, 144), dtype=np.uint8)
    block[..., 0:4] = np.array([finest, 7.5 * finest], dtype=np.float16).view(np.uint8)
    block[..., 4:12], block[..., 12:16] = 0xA0, 0x00
    block[..., 16:] = random.integers(0, 256, (*block.shape[:2], 128), dtype=np.uint8)
    return block.reshape(rows, -1)


def q6_k(random: np.random.Generator, rows: int, columns: int) -> np.ndarray:
    """Blocks of 210 bytes: 256 weights of six bits around 32, sixteen scales (all 8), one scale of all."""
    block = np.empty((rows, columns // _WIDTH, 210), dtype=np.uint8)
    block[..., :192] = random.integers(0, 256, (*block.shape[:2], 192), dtype=np.uint8)
    block[..., 192:208] = 8
    block[..., 208:] = np.array([_SPREAD / (18.5 * 8)], dtype=np.float16).view(np.uint8)
    return block.reshape(rows, -1)


if __name__ == "__main__":
    main()
