"""What has been learnt of a model from what it wrote here: how many of its sentences stood on the pages."""

from __future__ import annotations

from dataclasses import replace

from shared_utils.citations.base_rate import UNKNOWN, Share
from src.answering.learnt import Learnt

_REMEMBERED = 40.0  # sentences of a model; older ones fade
_COUNTED = 10.0  # at most, against those of the answer itself


class TrackRecord:
    """By the model's name. Shared by everybody; thread-safe; as long-lived as what is `learnt`."""

    def __init__(self, learnt: Learnt | None = None) -> None:
        self._learnt = learnt or Learnt()

    def known(self, model: str) -> Share:
        return UNKNOWN.and_also(self._learnt.of(model).share, _COUNTED)

    def learn(self, model: str, share: Share) -> None:
        self._learnt.change(model, lambda known: replace(known, share=known.share.and_also(share, _REMEMBERED)))
