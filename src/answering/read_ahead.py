"""What a follow-up will begin with is read by the model of this machine while nobody waits for it (docs/adr/0161)."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from shared_utils.errors import GenerationError
from shared_utils.types import Cancelled, TextDelta, Where
from src.answering.conversation import PastTurn, exchanges
from src.answering.ingestion import IndexedDocument, labels_of
from src.answering.prompts import conversation_prompt
from src.answering.writing import Scribe, Writer

_log = logging.getLogger(__name__)


def read_ahead(
    scribe: Scribe,
    history: Sequence[PastTurn],
    documents: Sequence[IndexedDocument],
    writers: Sequence[Writer],
    given_up: Cancelled,
) -> bool:
    """Have the model read the last answer of a conversation (oldest turn first) where its words are not the model's.

    Only that answer is new to it: it is left alone where it has read something else since, or anybody stands in line.
    Ends when `given_up()` or somebody comes. Whether it was read.
    """
    last, writer = (history[-1] if history else None), (writers[0] if writers else None)
    if last is None or last.wrote or last.evidence is None or writer is None:
        return False
    if not writer.queued or writer.where is not Where.THIS_MACHINE:
        return False
    if not {span.document_id for span in last.evidence.spans} <= {one.document.id for one in documents}:
        return False  # one was removed meanwhile
    before, since = exchanges(history, last.evidence)
    prompt = conversation_prompt(before, labels_of(last.evidence, documents))
    if since or scribe.read(writer.model) != prompt.messages[:-1]:
        return False

    def stopped() -> bool:
        return given_up() or scribe.queue.load() != (False, 0)

    try:
        with scribe.at_work.working(here=True):
            events = () if stopped() else writer.engine.generator.generate(prompt, stopped)
            written = [event for event in events if isinstance(event, TextDelta)]
    except GenerationError as exc:
        _log.info("an answer was not read ahead: %s", exc)
        return False
    if written:
        scribe.has_read(writer.model, prompt)
    return bool(written)
