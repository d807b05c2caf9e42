"""A conversation for whoever has its link, where the operator allows that: as it stood, read-only, and taken back.

What is shown is the report that can be taken along, made once: whoever follows a link has nothing drawn, and reaches
nothing else (docs/adr/0107).
"""

from __future__ import annotations

import time
from collections.abc import Callable

from shared_utils.errors import QuestionError, StorageError
from shared_utils.storage.share_store import SharedLink, SharedPart, a_source_is_gone
from shared_utils.storage.store import Store
from src import VERSION
from src.i18n import Say
from src.library.link_rate import LinkRate
from src.library.shelf import Shelf
from src.presentation.html_report import conversation_report
from src.settings import MEGABYTE, Settings

_SHARE_OF_LIMITS = 0.2  # of what a person, and everybody, may keep in files


class SharedLinks:
    """Every method may be called from any thread. Where sharing is off, no link leads anywhere."""

    def __init__(self, store: Store, settings: Settings, today: Callable[[], float] = time.time) -> None:
        """`today`: seconds since the epoch, for the date that the shown report bears."""
        self._kept = store.shares
        self._on = settings.share
        self._days = settings.share_days
        megabytes = (settings.max_person_mb, settings.max_total_mb)
        self._most = (int(megabytes[0] * MEGABYTE * _SHARE_OF_LIMITS), int(megabytes[1] * MEGABYTE * _SHARE_OF_LIMITS))
        self._today = today
        self._rate = LinkRate(store.counts)

    @property
    def allowed(self) -> bool:
        """Whether the operator lets people share."""
        return self._on

    def share(self, key: str, shelf: Shelf, conversation_id: str, say: Say) -> SharedLink:
        """Show this conversation as it stands now, under the link it has or a new one. Draws every page that is cited.

        `key` is that of `shelf`. Raises QuestionError where there is nothing to show, DocumentGone where a document
        that is cited has been removed, ShareUsedUp, StorageError.
        """
        if not self._on:
            raise StorageError("Whoever runs this server does not let conversations be shared.")
        turns = tuple(turn for turn in shelf.turns(conversation_id) if turn.done)
        if not turns:
            raise _NOTHING_TO_SHOW
        self._rate.take(key)
        cited = dict.fromkeys(c.document_id for turn in turns if turn.answer for c in turn.answer.citations)
        documents = [view for view in shelf.documents() if view.document_id in cited]
        if len(documents) < len(cited):
            raise a_source_is_gone()
        report = conversation_report(
            turns,
            documents,
            shelf,
            title=turns[0].title,
            version=VERSION,
            made_on=self._today(),
            remark=say("shared as it stood then"),
            say=say,
        )
        shown = report.encode("utf-8", "replace")
        link = self._kept.keep(key, conversation_id, shown, cited, days=self._days, most=self._most)
        if link is None:
            raise _NOTHING_TO_SHOW
        return link

    def of(self, key: str, conversation_id: str) -> SharedLink | None:
        """The link of a person's conversation, where it leads there now. Raises StorageError."""
        return self._kept.of(key, conversation_id) if self._on else None

    def stop(self, key: str, conversation_id: str) -> None:
        """Take it back at once. Raises StorageError."""
        self._kept.stop(key, conversation_id)

    def part(self, token: str, number: int = 0) -> SharedPart | None:
        """See `ShareStore.part`."""
        return self._kept.part(token, number) if self._on else None

    def tidy(self) -> None:
        """Delete what links showed whose time is over. Raises StorageError."""
        self._kept.erase_expired()


_NOTHING_TO_SHOW = QuestionError("There is nothing to share here yet: ask a question first.")
