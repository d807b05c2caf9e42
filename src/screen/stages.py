"""What an answer is doing, in words and as small steps: pure functions of a turn and the clock."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from shared_utils.retrieval.question_kind import QuestionKind, question_kind
from shared_utils.types import Where
from src.events import Stage
from src.i18n import Say
from src.presentation.describe import about, engine_name
from src.views import EngineView, TurnView

_ORDER = tuple(Stage)
_WORTH_TELLING_S = 1.0
_SLOW_TOKENS_PER_S = 4.0


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of an answer. `seconds` is how long it took, or has taken so far; None while it is still to come."""

    stage: Stage
    seconds: float | None
    running: bool


def is_small_talk(turn: TurnView) -> bool:
    """Whether a sentence is the whole answer, as to a greeting: it is kept where a failure has its reason."""
    return bool(turn.error) and question_kind(turn.question) is QuestionKind.SMALL_TALK


def steps(turn: TurnView, now: float) -> tuple[Step, ...]:
    """The stages in their order. One that was left out is missing, one that came twice counts once, with both times.

    `now` is seconds on the monotonic clock of the view; it matters only while the answer is being made.
    """
    taken: dict[Stage, float] = {}
    for begun in turn.stages:
        lasted = begun.seconds if begun.seconds is not None else now - turn.asked_at - begun.started_s
        taken[begun.stage] = taken.get(begun.stage, 0.0) + max(0.0, lasted)
    begun_stages = [Step(stage, taken[stage], stage is turn.stage) for stage in _ORDER if stage in taken]
    if turn.done or turn.stage is None:
        return tuple(begun_stages)
    to_come = [s for s in _ORDER[_ORDER.index(turn.stage) + 1 :] if s not in taken and s is not Stage.WAITING]
    return (*begun_stages, *(Step(stage, None, running=False) for stage in to_come))


def stage_line(turn: TurnView, now: float, say: Say, *, files_at_work: bool = False) -> str:
    """The one line of a running answer: what is being done, how long still; by whom stands under the question box.
    `files_at_work`: some are being read or indexed, which a model of this machine shares its cores with."""
    shared = files_at_work and turn.where is Where.THIS_MACHINE
    slower = say("slower: a file is being read") if shared else ""
    since = max(0.0, now - turn.stage_started_at)
    left = turn.seconds_left - since if turn.seconds_left is not None else None
    match turn.stage:
        case Stage.RETRIEVING:
            return say("Searching your documents")
        case Stage.CHECKING:
            return say("Looking whether they speak to the question")
        case Stage.WAITING:
            parts = [say("Waiting for the model"), _reads_on(turn, since, say), place_in_line(turn, left, say)]
        case Stage.READING:
            parts = [_reading(left, since, say), _reads_on(turn, since, say), slower]
        case Stage.WRITING:
            parts = [say("Writing"), say("not yet checked"), slower]
        case Stage.VERIFYING:
            return say("Checking every sentence against the pages")
        case None:
            return ""
    return " · ".join(part for part in parts if part)


def status_line(engine: EngineView, turn: TurnView | None, now: float, say: Say) -> str:
    """The line under the question box: who answers, where, what it is doing, how long still.

    `turn` is the answer being made here, if one is; else the line says who would make it, and who waits already.
    """
    if turn is None or turn.engine is None or turn.stage is None:
        waiting = say.n(engine.waiting, "{n:,} question waiting", "{n:,} questions waiting") if engine.waiting else ""
        return " · ".join(part for part in (say(engine.line), waiting) if part)
    left = turn.seconds_left - (now - turn.stage_started_at) if turn.seconds_left is not None else None
    sent = turn.passages_left
    match turn.stage:
        case Stage.WAITING:
            doing = place_in_line(turn, left, say)
        case Stage.READING:
            doing = say("first words in about {time}", time=about(left, say)) if left and left > 0 else say("reading")
        case Stage.WRITING:
            doing = say("writing")
        case _:
            doing = say("verifying")
    gone = say.n(sent, "{n:,} passage left this machine", "{n:,} passages left this machine") if sent else ""
    return " · ".join(part for part in (_by(turn, say), doing, gone) if part)


def place_in_line(turn: TurnView, left: float | None, say: Say) -> str:
    """ "2nd in line, about 40 s"; "" where nothing is known."""
    soon = say("about {time}", time=about(left, say)) if left is not None and left > 0 else ""
    if not turn.position:
        return soon
    place = say("next in line") if turn.position == 1 else say("number {place} in line", place=turn.position)
    return f"{place}, {soon}" if soon else place


def _by(turn: TurnView, say: Say) -> str:
    return engine_name(turn.engine, turn.model, turn.where, say)


def _reading(left: float | None, since: float, say: Say) -> str:
    what = say("Reading the passages")
    if left is None:
        return f"{what} · {about(since, say)}"
    soon = (
        say("first words in about {time}", time=about(left, say)) if left > 0.5 else say("first words any moment now")
    )
    return f"{what} · {soon}"


def _reads_on(turn: TurnView, since: float, say: Say) -> str:
    left = turn.reads_on_s - since
    told = "it may still read a stopped question for about {time}"
    return say(told, time=about(left, say)) if left > _WORTH_TELLING_S else ""


def tick_s(turn: TurnView, now: float) -> float:
    """Seconds between two looks at a running answer. Each costs the cores that write it: while the model reads there is
    only a clock to move, and slow words need not be looked for three times each."""
    match turn.stage:
        case Stage.WAITING:
            return 1.0  # there are many of them where there is a line
        case Stage.READING:
            return 1.0
        case Stage.WRITING if turn.output_tokens < _SLOW_TOKENS_PER_S * (now - turn.stage_started_at - 1.0):
            return 1.0
        case Stage.WRITING:
            return 0.6
        case _:
            return 0.3


def stage_name(stage: Stage, say: Say) -> str:
    match stage:
        case Stage.RETRIEVING:
            return say("Search")
        case Stage.CHECKING:
            return say("Relevance")
        case Stage.WAITING:
            return say("Wait")
        case Stage.READING:
            return say("Read")
        case Stage.WRITING:
            return say("Write")
        case Stage.VERIFYING:
            return say("Verify")


def running_steps(turn: TurnView, now: float, say: Say) -> str:
    """The steps as a row of small bars; their names are for those who hear the page or rest the pointer on them."""
    items = []
    for step in steps(turn, now):
        moves = step.stage is not Stage.WRITING  # its words show it, and the cores that move a bar write them
        state = ("now fn-moves" if moves else "now") if step.running else "later" if step.seconds is None else "done"
        name = escape(stage_name(step.stage, say), quote=True)
        current = ' aria-current="step"' if step.running else ""
        items.append(f'<li class="fn-{state}" title="{name}"{current}><span class="fn-hidden">{name}</span></li>')
    return f'<ol class="fn-steps" aria-label="{escape(say("Steps"), quote=True)}">{"".join(items)}</ol>'


def taken_steps(turn: TurnView, say: Say) -> str:
    """What the finished answer spent its time on, one step a line."""
    rows = []
    for step in steps(turn, 0.0):
        name = escape(stage_name(step.stage, say))
        time = escape(say("{seconds:.1f} s", seconds=step.seconds or 0.0))
        rows.append(f"<li><span>{name}</span><span>{time}</span></li>")
    return f'<ol class="fn-times">{"".join(rows)}</ol>' if rows else ""
