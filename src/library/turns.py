"""A question and its answer in a conversation: what is kept of it, what comes back, what the next one knows."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from shared_utils.message import message
from shared_utils.types import Answer, EngineKind, Evidence
from src.answering.conversation import PastTurn
from src.answering.ingestion import IndexedDocument
from src.library.turn_codec import Asking, decode_turn
from src.views import TurnView

_log = logging.getLogger(__name__)

_REMEMBERED_TURNS = 8  # of a conversation, offered to the prompt; the prompt keeps what fits

NOBODY_WAITED = message(
    "The page was closed while this question waited in line, so its turn went to the next "
    "person. Press “Answer again” to have it written."
)


@dataclass
class Turn:
    """A question and its answer. Its view is replaced as a whole, under the lock."""

    view: TurnView
    asking: Asking
    conversation: str
    mine: bool = False  # this process answers it, or has
    stored: bool = True
    remote_asked: bool = False  # it counts among the answers one person may have from the remote engine
    left: bool = False  # given up because nobody waited for it
    told_at: float = 0.0  # when its words so far were kept for other processes; seconds on the monotonic clock
    evidence: Evidence | None = None  # what could be read for it; a follow-up may read the same again
    cancel: threading.Event = field(default_factory=threading.Event)

    def shown(self) -> TurnView:
        """Its view, with the questions that wait in line behind it."""
        if self.view.done or not self.asking.queued:
            return self.view
        return replace(self.view, queued=tuple(waiting.question for waiting in self.asking.queued))


def running_here(turns: Sequence[Turn]) -> Turn | None:
    """The turn that this process is answering; None where there is none, or another process answers it."""
    return next((turn for turn in turns if turn.mine and not turn.view.done), None)


def asked_among(documents: Sequence[IndexedDocument], asking: Asking) -> list[IndexedDocument]:
    """Those of a person's documents that a question is put to."""
    only = [indexed for indexed in documents if asking.only in ("", indexed.document.id)]
    return [indexed for indexed in only if not asking.among or indexed.document.id in asking.among]


def merged(known: Sequence[Turn], kept: Sequence[Turn]) -> list[Turn]:
    """What the store holds, but our own turns as we know them; those it has no room for stay at the end."""
    ours = {turn.view.id: turn for turn in known if turn.mine and (turn.view.done or not turn.cancel.is_set())}
    ids = {turn.view.id for turn in kept}
    stored = [ours.get(turn.view.id, turn) for turn in kept]
    return stored + [turn for turn in known if turn.view.id not in ids and not turn.stored]


def history_of(turns: Sequence[Turn]) -> list[PastTurn]:
    """What the next question may refer to: the last turns that were answered."""
    answered = [(t, t.view.answer) for t in turns if t.view.answer is not None and t.view.answer.answerable]
    return [PastTurn(t.view.question, _plain(a), t.evidence, _wrote(a)) for t, a in answered[-_REMEMBERED_TURNS:]]


def kept_turn(body: str, conversation_id: str) -> Turn:
    """A turn as it was stored. Raises ValueError where that cannot be read."""
    view, asking = decode_turn(body, time.monotonic())
    return Turn(view, asking, conversation_id)


def kept_turns(bodies: Sequence[str], conversation_id: str) -> list[Turn]:
    """Those that can be read: one that rotted on the disk must not cost the others."""
    turns = []
    for body in bodies:
        try:
            turns.append(kept_turn(body, conversation_id))
        except ValueError:
            _log.exception("a stored turn cannot be read; it is left out")
    return turns


def _plain(answer: Answer) -> str:
    return " ".join(sentence.text for sentence in answer.sentences if not sentence.left_out)


def _wrote(answer: Answer) -> str:
    """A model's own words, where they are what is shown: its server still has them."""
    by_model = answer.stats.backend is not EngineKind.EXTRACTIVE
    return answer.raw_text if by_model and not any(s.left_out for s in answer.sentences) else ""
