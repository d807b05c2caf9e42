"""Vectors as the bytes of a .npy file and back.

float32, although float16 would halve the files: a search after a restart must rank exactly as the one before it.
"""

from __future__ import annotations

import hashlib
import io

import numpy as np

from shared_utils.types import Vectors


def encode_vectors(vectors: Vectors) -> bytes:
    """`vectors` has shape (n, d). Any C or Fortran order comes back as C order."""
    buffer = io.BytesIO()
    np.save(buffer, np.ascontiguousarray(vectors, dtype=np.float32), allow_pickle=False)
    return buffer.getvalue()


def checksum(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def decode_vectors(data: bytes, expected: bytes) -> Vectors | None:
    """The vectors, or None unless these are, to the byte, the ones whose `checksum` is `expected`."""
    if checksum(data) != expected:
        return None
    array: Vectors = np.load(io.BytesIO(data), allow_pickle=False)
    return array
