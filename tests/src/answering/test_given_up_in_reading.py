"""A prompt that was given up may be read to its end all the same: the next question is not charged with it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from shared_utils.errors import GenerationTimeout
from shared_utils.generation.speed import Speed
from shared_utils.types import Cancelled, GenerationDone, GenerationStats, Prompt
from src.answering.answer_queue import AnswerQueue, Ticket
from src.answering.writing import Scribe, Task, Writer, Written
from src.events import Stage, StageStarted
from tests.fakes import FakeClock, FakeGenerator, evidence_of, writer_here

TASK = Task("How far did leakage fall?", evidence_of("Leakage fell."), {1: "a p. 1"})


@dataclass
class Reader(FakeGenerator):
    """Reads for `reads_s`, then speaks; hung up on when `stop_s` is reached."""

    clock: FakeClock = field(default_factory=lambda: FakeClock(0.0))
    stop_s: float = 0.0
    stats: GenerationStats | None = None  # what the server tells at the end

    def generate(self, prompt: Prompt, cancelled: Cancelled):  # type: ignore[no-untyped-def]
        if self.stop_s:
            self.clock.sleep(self.stop_s)
            self.prompts.append(prompt)
            if self.error:
                raise self.error
            yield GenerationDone("cancelled", GenerationStats(self.backend, self.model))
            return
        for event in super().generate(prompt, cancelled):
            yield replace(event, stats=self.stats) if self.stats and isinstance(event, GenerationDone) else event


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(0.0)


def asked(scribe: Scribe, writer: Writer) -> tuple[Written, list[StageStarted]]:
    reading: list[StageStarted] = []
    turn = scribe.write(TASK, [writer], lambda: None, lambda: False)
    while True:
        try:
            event = next(turn)
        except StopIteration as end:
            return end.value, reading
        if isinstance(event, StageStarted) and event.stage is Stage.READING:
            reading.append(event)


def learnt(scribe: Scribe, writer: Writer, first_token_s: float) -> None:
    """That the model takes so long to the first word of this question."""
    asked(scribe, writer)
    tokens = writer.engine.generator.prompts[-1].estimated_tokens  # type: ignore[attr-defined]
    speed = Speed(prompt_rates=(tokens / first_token_s,))
    scribe._learnt.change(writer.model, lambda known: replace(known, speed=speed))
    scribe._read.clear()  # its server has read something else since


def test_after_a_stop_the_next_is_given_what_was_left_to_read(clock: FakeClock) -> None:
    scribe, reader = Scribe(AnswerQueue(), clock), Reader(clock=clock)
    writer = writer_here(reader)
    learnt(scribe, writer, 20.0)
    reader.stop_s = 5.0
    asked(scribe, writer)
    reader.stop_s = 0.0
    clock.sleep(3.0)
    _, reading = asked(scribe, writer)
    assert reader.prompts[-1].grace_s == pytest.approx(12.0)
    assert reading[0].seconds_left == pytest.approx(32.0)
    clock.sleep(60.0)
    asked(scribe, writer)
    assert reader.prompts[-1].grace_s == 0.0


def test_after_one_that_was_late_it_is_given_as_long_again(clock: FakeClock) -> None:
    scribe, reader = Scribe(AnswerQueue(), clock), Reader(clock=clock)
    writer = writer_here(reader)
    reader.stop_s, reader.error = 30.0, GenerationTimeout("Too late.")
    asked(scribe, writer)
    reader.stop_s, reader.error = 0.0, None
    written, _ = asked(scribe, writer)
    assert reader.prompts[-1].grace_s == pytest.approx(30.0)
    assert written.text == "Fine."


def test_after_an_answer_nothing_is_added(clock: FakeClock) -> None:
    scribe, reader = Scribe(AnswerQueue(), clock), Reader(clock=clock)
    writer = writer_here(reader)
    learnt(scribe, writer, 20.0)
    asked(scribe, writer)
    assert [prompt.grace_s for prompt in reader.prompts] == [0.0, 0.0]


@pytest.mark.parametrize(("first_token_s", "frees"), [(20.5, True), (34.0, False)])
def test_whether_a_stop_frees_the_server_is_learnt_from_the_next_question(
    clock: FakeClock, first_token_s: float, frees: bool
) -> None:
    scribe = Scribe(AnswerQueue(), clock)
    reader = Reader(clock=clock)
    writer = writer_here(reader)
    learnt(scribe, writer, 20.0)
    assert scribe.frees(writer.model) is None
    reader.stop_s = 5.0
    asked(scribe, writer)
    reader.stop_s = 0.0
    reader.stats = GenerationStats(
        reader.backend, reader.model, time_to_first_token_s=first_token_s, prompt_evaluation_s=20.0
    )
    asked(scribe, writer)
    assert reader.prompts[-1].grace_s == pytest.approx(15.0)
    assert scribe.frees(writer.model) is frees
    learnt(scribe, writer, 20.0)
    reader.stop_s = 5.0
    asked(scribe, writer)
    reader.stop_s = 0.0
    asked(scribe, writer)
    assert reader.prompts[-1].grace_s == pytest.approx(0.0 if frees else 15.0)


def test_a_server_that_reads_on_keeps_its_place_until_it_has_read_and_that_is_told(clock: FakeClock) -> None:
    queue = AnswerQueue(clock=clock)
    scribe, reader = Scribe(queue, clock), Reader(clock=clock)
    writer = writer_here(reader)
    learnt(scribe, writer, 20.0)
    scribe._learnt.change(writer.model, lambda known: replace(known, frees=False))
    reader.stop_s = 5.0
    others: list[Ticket] = []
    for _ in scribe.write(TASK, [writer], lambda: None, lambda: False):
        others = others or [queue.enter("bob", 30.0), queue.enter("eve", 30.0)]
    places = [place for ticket in others if (place := queue.place(ticket))]
    assert [place.position for place in places] == [1, 2]
    assert [place.seconds_left for place in places] == pytest.approx([15.0, 45.0])
    for ticket in others:
        queue.leave(ticket)
    reader.stop_s = 0.0
    _, reading = asked(scribe, writer)
    assert reading[0].reads_on_s == pytest.approx(15.0)
    _, reading = asked(scribe, writer)  # it has spoken: nothing is left to read
    assert reading[0].reads_on_s == 0.0
