"""Small real content for the tests of this room. Everything is made from a seed, so two processes agree on it."""

from __future__ import annotations

import random
import secrets

import numpy as np

from shared_utils.message import literal
from shared_utils.storage.store import Store
from shared_utils.types import GlyphRun, Heading, OutlineEntry, Page, PageVerdict, Span, Vectors, WordBox

ANNA = "anna-holds-this-key-alone"
BEN = "ben-holds-quite-another-one"

OUTLINE = (OutlineEntry("Results", 1, 1), OutlineEntry("Cash flow", 2, 2))


def pdf(seed: int, size: int = 2_000) -> bytes:
    return b"%PDF-1.7\n" + random.Random(seed).randbytes(size)


def page(number: int, seed: int = 0, words: int = 300) -> Page:
    """A page whose words, drawn from a seed, are found nowhere else and hardly compress."""
    random_ = random.Random(f"{seed}:{number}")
    text = " ".join(f"{random_.getrandbits(48):x}" for _ in range(words))
    return Page(
        number=number,
        label=f"A-{number}",
        text=text,
        verdict=PageVerdict.MIXED,
        reason=literal("a large image may hold more words"),
        width=595.276,
        height=841.89,
        runs=(GlyphRun(0, 3, 20), GlyphRun(21, 30, len(text) - 21)),
        word_boxes=(WordBox(0, 12, (72.0, 71.1, 120.5, 83.25)),),
        boilerplate=(Span(0, 12),),
        hidden=(Span(20, 22),),
        headings=(Heading(0, 12, 1),),
        table_rows=(Span(30, 60), Span(61, 90)),
    )


def vectors(seed: int, rows: int = 5, dimension: int = 8) -> Vectors:
    return np.random.default_rng(seed).standard_normal((rows, dimension)).astype(np.float32)


def save_turn(store: Store, key: str, conversation_id: str, body: str) -> None:
    """A question asked and answered; waits for its turn, as several may write to one conversation."""
    turn_id = secrets.token_hex(4)
    while not store.conversations.begin(key, conversation_id, turn_id, "{}", owner=turn_id, lease_s=60.0):
        pass
    assert store.conversations.finish(key, turn_id, body, owner=turn_id)
