"""Letters set one by one: "O P E N I N G  H O U R S" is two words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from shared_utils.pdf.lines import CELL_GAP, Word

_APART = re.compile(r"\s\S\s{1,3}\S(?!\S)")  # is there any chance?
LETTERS_ON_A_LINE = 4  # at least, of a line that holds nothing else; capitals
LETTERS_AMONG_WORDS = 6
WIDER, FARTHER = 1.5, 1.35  # × the usual gap and step: from there on it is between two words
FARTHEST = 3.0  # × the height, between letters of one line
# Columns and axes are headed by such letters: months, and the days of the week in some languages.
_INITIALS = ("JFMAMJJASOND", "MTWTFSS", "SMTWTFS", "MDMDFSS", "LMMJVSD", "LMXJVSD", "LMMGVSD", "MDWDVZZ")


def joints_between_letters(raw: str, words: Sequence[Word]) -> dict[int, str]:
    """What stands before words of one letter that continue others, by their start: nothing, or a blank."""
    if _APART.search(raw) is None:
        return {}
    found: dict[int, str] = {}
    for run, is_whole_line in _runs(words):
        if _is_one_text("".join(raw[word[0]] for word in run), is_whole_line) and (joints := _joints(run)):
            found |= joints
    return found


def _runs(words: Sequence[Word]) -> Iterator[tuple[list[Word], bool]]:
    """Words of one character each, one behind the other on a line; and whether the line holds nothing else."""
    run: list[Word] = []
    before: Word | None = None  # the word ahead of the run
    for word in [*words, None]:
        if word is not None and word[1] - word[0] == 1 and (not run or _is_behind(run[-1], word)):
            run.append(word)
            continue
        if len(run) >= LETTERS_ON_A_LINE:
            is_alone = before is None or not _is_behind(before, run[0])
            yield run, is_alone and (word is None or not _is_behind(run[-1], word))
        if word is not None and word[1] - word[0] == 1:
            before, run = (run[-1] if run else before), [word]
        else:
            before, run = word, []


def _is_behind(last: Word, word: Word) -> bool:
    height = min(last[5] - last[3], word[5] - word[3])
    shared = min(last[5], word[5]) - max(last[3], word[3])
    return 2 * shared > height and -height < 4 * (word[2] - last[4]) <= 4 * FARTHEST * height


def _is_one_text(letters: str, is_whole_line: bool) -> bool:
    only = [char for char in letters if char.isalpha()]
    if len(only) < (LETTERS_ON_A_LINE if is_whole_line else LETTERS_AMONG_WORDS) or 4 * len(only) < 3 * len(letters):
        return False
    if not letters.isupper() and len(only) < LETTERS_AMONG_WORDS:
        return False
    steps = [ord(b) - ord(a) for a, b in pairwise(only)]
    in_order = sum(step == 1 for step in steps) * 2 > len(steps)  # a list of letters
    text = "".join(only).upper()
    return len(set(text)) > 2 and not in_order and not any(text in 2 * initials for initials in _INITIALS)


def _joints(run: Sequence[Word]) -> dict[int, str]:
    """Blanks where both the gap and the step are wider than usual; none at all where the letters stand as cells do."""
    gaps = [b[2] - a[4] for a, b in pairwise(run)]
    steps = [b[2] - a[2] for a, b in pairwise(run)]
    gap, step = max(1, median(gaps)), median(steps)
    if gap > CELL_GAP * min(word[5] - word[3] for word in run):
        return {}
    breaks = [g > WIDER * gap and s > FARTHER * step for g, s in zip(gaps, steps, strict=True)]
    return {word[0]: " " if is_break else "" for word, is_break in zip(run[1:], breaks, strict=True)}
