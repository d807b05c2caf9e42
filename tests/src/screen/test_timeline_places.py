"""What a point of the timeline opens: its own place first, then the others of its theme, in the order of time."""

from __future__ import annotations

from typing import Any, cast

from shared_utils.errors import DocumentGone
from shared_utils.timeline.collection import Timeline
from shared_utils.timeline.themes import Mention, Share, Theme
from shared_utils.types import Span
from src.library.shelf import Shelf
from src.screen.timeline import _groups


class Gone:
    """A shelf whose documents were removed meanwhile."""

    def document(self, document_id: str) -> Any:
        raise DocumentGone("gone")


def mention(page: int) -> Mention:
    return Mention("d" * 64, page, Span(0, 4), is_heading=False)


def test_every_passage_of_a_point_is_opened_and_each_theme_is_a_group() -> None:
    shore = Theme("Shore power", (Share("2018", 0, 3, ()), Share("2019", 2, 3, (mention(2), mention(5)))))
    coal = Theme("Coal", (Share("2018", 1, 3, (mention(1),)), Share("2019", 1, 3, (mention(3),))))
    groups = list(_groups(Timeline((), None, (shore, coal), ()), cast("Shelf", Gone())))
    assert [[(source.anchor, source.page) for source in group] for group in groups] == [
        [("timeline.t0.2019", 2), ("timeline.t0.2019.1", 5)],
        [("timeline.t1.2018", 1), ("timeline.t1.2019", 3)],
    ]
