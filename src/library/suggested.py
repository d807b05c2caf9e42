"""One person's questions to go on with: found in the background, since each is tried on the documents before it is
offered."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice, takewhile

from shared_utils.types import Answer, Document
from src.answering.field_questions import field_questions
from src.answering.ingestion import IndexedDocument
from src.answering.suggestions import is_answered, next_topics, opening_topics, question
from src.events import ExtractiveAnswer
from src.i18n import Say
from src.library.fair_pool import FairPool, Job, Turn
from src.library.sample import sample_id, sample_questions
from src.library.services import Person
from src.rag_with_generation import Rag
from src.views import TurnView

OFFERED = 3
_TRIED = 12  # each costs an answer without a model: a tenth of a second or two
_KEPT = 50

Key = tuple[str, ...]


class Suggested:
    """Every method may be called from any thread."""

    def __init__(self, rag: Rag, pool: FairPool, person: Person) -> None:
        """`pool` makes the looks, in turns with other people's."""
        self._rag = rag
        self._pool = pool
        self._person = person
        self._lock = threading.Lock()
        self._found: dict[Key, tuple[str, ...]] = {}
        self._looking = False

    def questions(
        self,
        conversation: str,
        turns: Sequence[TurnView],
        documents: Sequence[IndexedDocument],
        say: Say,
        *,
        more_coming: bool = False,
    ) -> tuple[str, ...]:
        """Up to three for this state of a conversation; () until they are found, and where there are none.

        `more_coming`: documents are still being read. What was found for fewer then stays, until all are there: looking
        anew with each of twenty takes as long as reading seven of them.
        """
        here: Key = (say.language, conversation, turns[-1].id if turns else "")
        key = (*here, *(d.document.id for d in documents))
        with self._lock:
            if more_coming and key not in self._found:
                before = [found for known, found in self._found.items() if known[: len(here)] == here and found]
                if before:
                    return before[-1]
            if key in self._found or self._looking:
                return self._found.get(key, ())
            self._looking = True
        look = partial(self._look, key, tuple(turns), tuple(documents), say)
        self._pool.submit(Job(self._person.name, look, self._person.network()))
        return ()

    def _look(
        self, key: Key, turns: Sequence[TurnView], documents: Sequence[IndexedDocument], say: Say, turn: Turn
    ) -> None:
        found: tuple[str, ...] = ()
        try:
            answered = takewhile(lambda _: not turn.is_over(), self._answered(turns, documents, say, turn))
            found = tuple(islice(answered, OFFERED))
        finally:  # a bug in it must not look as if it were still being done
            with self._lock:
                if len(self._found) >= _KEPT:
                    self._found.clear()
                self._found[key] = found
                self._looking = False
            self._person.changed()

    def _answered(
        self, turns: Sequence[TurnView], documents: Sequence[IndexedDocument], say: Say, turn: Turn
    ) -> Iterator[str]:
        """Questions whose answer, made of the documents' own sentences, is about what they ask."""
        asked = [turn.question for turn in turns]
        if documents[-1].document.id == sample_id():
            for text in sample_questions(say):
                if text not in asked and (answer := self._answer(text, documents, turn)) and answer.answerable:
                    yield text
        answer = turns[-1].answer if turns else None
        read = [indexed.document for indexed in documents]
        if answer is not None and answer.answerable:
            topics = next_topics(asked, answer.citations, read)
        else:
            topics = opening_topics(read[-1], asked)
        if len(read) == 1:
            yield from self._of_fields(asked, documents, say, turn)
        names = {document.id: _named(document, say) for document in read} if len(read) > 1 else {}
        for topic in islice(topics, _TRIED):
            text = question(topic, say, names.get(topic.document_id, ""))
            answer = self._answer(text, documents, turn)
            if answer is not None and is_answered(topic, answer):
                yield text

    def _of_fields(
        self, asked: Sequence[str], documents: Sequence[IndexedDocument], say: Say, turn: Turn
    ) -> Iterator[str]:
        """Questions by what a form prints that are answered so in the person's language."""
        for template in field_questions(documents[-1].document):
            text = str(say(template))
            answer = self._answer(text, documents, turn) if text not in asked else None
            if answer is not None and answer.answerable and answer.direct is not None:
                yield text

    def _answer(self, text: str, documents: Sequence[IndexedDocument], turn: Turn) -> Answer | None:
        """What the documents answer by themselves; None where they do not speak to it."""
        events = self._rag.ask(text, documents, writers=tuple, cancelled=turn.is_over)
        return next((event.answer for event in events if isinstance(event, ExtractiveAnswer)), None)


def _named(document: Document, say: Say) -> str:
    return say("“{name}”", name=document.name.removesuffix(".pdf"))
