"""What a model wrote before counts for what it writes next, by its name."""

from __future__ import annotations

from shared_utils.citations.base_rate import UNKNOWN, Share
from src.answering.track_record import TrackRecord


def test_nothing_is_known_of_a_model_that_has_not_written() -> None:
    record = TrackRecord()
    record.learn("one", Share(1.0, 9.0))
    assert record.known("other") == UNKNOWN


def test_what_is_known_follows_what_was_written_and_weighs_no_more_than_a_few_sentences() -> None:
    record = TrackRecord()
    for _ in range(30):
        record.learn("small", Share(1.0, 4.0))
    bad = record.known("small")
    assert bad.of_all < 0.3
    assert bad.holding + bad.wrong <= 10
    for _ in range(30):
        record.learn("small", Share(4.0, 1.0))
    assert record.known("small").of_all > 0.7
