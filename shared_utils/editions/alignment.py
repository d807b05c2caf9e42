"""Which passages of two editions belong together: first those that say the same, then those that share their words.

Passages that say the same and stand in the same order are anchors: those found once on either side by the longest
increasing subsequence (Szymanski 1975, as patience diff uses it), the rest between them by the longest common
subsequence. Between two anchors words are aligned, so that a sentence that was split or joined finds its parts. What is
left is looked for in the whole document, by runs of words: moved text.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz.distance import Indel, LCSseq

from shared_utils.editions.passages import Passage

_ANCHOR_WORDS = 3  # of a passage that is found once: a bare figure is no anchor
_MOST_CELLS = 400_000_000  # of the table that aligns two stretches, in bits; a larger one is cut at the moved text
_SHARED = 0.5  # of the shorter passage's words, by which two belong together
_ALIKE = 0.45  # of the words of both, below which a pair is one passage removed and another added
_RUN = 4  # words by which moved text is found
_LEAST_MOVED = 5  # words of a passage that is recognised elsewhere though it was changed


@dataclass(frozen=True, slots=True)
class Pair:
    """Passages that belong together, by their places in the two lists, ascending; one side may be empty."""

    before: tuple[int, ...]
    after: tuple[int, ...]
    is_same: bool = False  # word for word
    is_moved: bool = False


def align(before: Sequence[Passage], after: Sequence[Passage]) -> list[Pair]:
    """Every passage of both lists in exactly one pair, in the order of the later edition.

    What was removed stands behind the passage it stood behind.
    """
    numbers: dict[str, int] = {}
    old, new = _interned(before, numbers), _interned(after, numbers)
    anchors = list(_anchors(before, old, new))
    pairs = [Pair((i,), (j,), is_same=True) for i, j in anchors]
    linked: list[tuple[int, int, bool]] = []
    for (i0, j0), (i1, j1) in pairwise([(-1, -1), *anchors, (len(before), len(after))]):
        linked += ((i, j, False) for i, j in _linked(before, after, range(i0 + 1, i1), range(j0 + 1, j1)))
    rest_old = _left(len(before), [i for i, _ in anchors], [i for i, _, _ in linked])
    rest_new = _left(len(after), [j for _, j in anchors], [j for _, j, _ in linked])
    for i, j in _same_elsewhere(rest_old, rest_new, old, new):
        pairs.append(Pair((i,), (j,), is_same=True, is_moved=True))
    rest_old = _left(len(before), [i for p in pairs for i in p.before], [i for i, _, _ in linked])
    rest_new = _left(len(after), [j for p in pairs for j in p.after], [j for _, j, _ in linked])
    linked += ((i, j, True) for i, j in _alike_elsewhere(before, after, rest_old, rest_new))
    pairs += _groups(before, after, linked)
    paired_old = {i for pair in pairs for i in pair.before}
    paired_new = {j for pair in pairs for j in pair.after}
    pairs += [Pair((i,), ()) for i in range(len(before)) if i not in paired_old]
    pairs += [Pair((), (j,)) for j in range(len(after)) if j not in paired_new]
    return _in_order(pairs)


def word_changes(before: Sequence[str], after: Sequence[str]) -> list[tuple[int, int, int, int]]:
    """The stretches (start and end before, start and end after) in which two lists of words differ, in order."""
    opcodes = Indel.opcodes(*_coded(before, after))
    found: list[tuple[int, int, int, int]] = []
    for tag, i1, i2, j1, j2 in opcodes:
        if tag == "equal":
            continue
        if found and found[-1][1] == i1 and found[-1][3] == j1:
            found[-1] = (found[-1][0], i2, found[-1][2], j2)
        else:
            found.append((i1, i2, j1, j2))
    return found


def likeness(before: Sequence[str], after: Sequence[str]) -> float:
    """The share, 0 … 1, of the words of both that the other holds in the same order."""
    return float(Indel.normalized_similarity(*_coded(before, after)))


def _coded(before: Sequence[str], after: Sequence[str]) -> tuple[list[int], list[int]]:
    numbers: dict[str, int] = {}
    old = [numbers.setdefault(word, len(numbers)) for word in before]
    return old, [numbers.setdefault(word, len(numbers)) for word in after]


def _interned(passages: Sequence[Passage], numbers: dict[str, int]) -> list[int]:
    return [numbers.setdefault(" ".join(passage.keys), len(numbers)) for passage in passages]


def _left(count: int, *taken: Sequence[int]) -> list[int]:
    gone = {index for indexes in taken for index in indexes}
    return [index for index in range(count) if index not in gone]


# ------------------------------------------------------------------------------------------------ in the same place


def _anchors(before: Sequence[Passage], old: Sequence[int], new: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Passages that say the same, in an order that both sides share."""
    once = _increasing(_once(before, old, new))
    for (i0, j0), (i1, j1) in pairwise([(-1, -1), *once, (len(old), len(new))]):
        inner_old, inner_new = old[i0 + 1 : i1], new[j0 + 1 : j1]
        if inner_old and inner_new and len(inner_old) * len(inner_new) <= _MOST_CELLS:
            for block in LCSseq.opcodes(inner_old, inner_new).as_matching_blocks()[:-1]:
                yield from ((i0 + 1 + block.a + n, j0 + 1 + block.b + n) for n in range(block.size))
        if i1 < len(old):
            yield i1, j1


def _once(before: Sequence[Passage], old: Sequence[int], new: Sequence[int]) -> list[tuple[int, int]]:
    counts_old, counts_new = Counter(old), Counter(new)
    at = {number: j for j, number in enumerate(new) if counts_new[number] == 1}
    return [
        (i, at[number])
        for i, number in enumerate(old)
        if counts_old[number] == 1 and number in at and len(before[i].tokens) >= _ANCHOR_WORDS
    ]


def _increasing(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest run of pairs that ascends on both sides; the pairs come in the order of the first."""
    tails: list[int] = []
    holders: list[int] = []
    parents: list[int] = []
    for index, (_, j) in enumerate(pairs):
        at = bisect_left(tails, j)
        parents.append(holders[at - 1] if at else -1)
        tails[at : at + 1] = [j]
        holders[at : at + 1] = [index]
    found: list[tuple[int, int]] = []
    index = holders[-1] if holders else -1
    while index >= 0:
        found.append(pairs[index])
        index = parents[index]
    return found[::-1]


def _linked(
    before: Sequence[Passage], after: Sequence[Passage], old: range, new: range
) -> Iterator[tuple[int, int]]:
    """Passages between two anchors that share half of the shorter one's words, aligned word by word."""
    if not old or not new:
        return
    words_old = [(i, token.key) for i in old for token in before[i].tokens]
    words_new = [(j, token.key) for j in new for token in after[j].tokens]
    if len(words_old) * len(words_new) > _MOST_CELLS:
        return
    shared: Counter[tuple[int, int]] = Counter()
    codes = _coded([word for _, word in words_old], [word for _, word in words_new])
    for block in Indel.opcodes(*codes).as_matching_blocks():
        for n in range(block.size):
            shared[words_old[block.a + n][0], words_new[block.b + n][0]] += 1
    for (i, j), count in shared.items():
        if count >= _SHARED * min(len(before[i].tokens), len(after[j].tokens)):
            yield i, j


# ------------------------------------------------------------------------------------------------ elsewhere


def _same_elsewhere(
    rest_old: Sequence[int], rest_new: Sequence[int], old: Sequence[int], new: Sequence[int]
) -> Iterator[tuple[int, int]]:
    places: dict[int, list[int]] = defaultdict(list)
    for j in reversed(rest_new):
        places[new[j]].append(j)
    for i in rest_old:
        if places[old[i]]:
            yield i, places[old[i]].pop()


def _alike_elsewhere(
    before: Sequence[Passage], after: Sequence[Passage], rest_old: Sequence[int], rest_new: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """Passages that share half of the shorter one's runs of words, wherever they stand."""
    holders: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for j in rest_new:
        for run in _runs(after[j]):
            holders[run].append(j)
    for i in rest_old:
        runs = _runs(before[i])
        if not runs:
            continue
        votes = Counter(j for run in runs for j in holders.get(run, ())[:8])
        for j, count in votes.most_common(3):
            if count >= _SHARED * min(len(runs), len(_runs(after[j]))):
                yield i, j


def _runs(passage: Passage) -> set[tuple[str, ...]]:
    keys = passage.keys
    if len(keys) < _LEAST_MOVED:
        return set()
    return {keys[n : n + _RUN] for n in range(len(keys) - _RUN + 1)}


# ------------------------------------------------------------------------------------------------ groups


def _groups(
    before: Sequence[Passage], after: Sequence[Passage], linked: Sequence[tuple[int, int, bool]]
) -> Iterator[Pair]:
    """Passages that hang together, as pairs; those that are not alike as a whole fall apart into their best pairs."""
    neighbours: dict[tuple[bool, int], set[tuple[bool, int]]] = defaultdict(set)
    moved = {(i, j): is_moved for i, j, is_moved in linked}
    for i, j, _ in linked:
        neighbours[False, i].add((True, j))
        neighbours[True, j].add((False, i))
    seen: set[tuple[bool, int]] = set()
    for start in list(neighbours):
        if start in seen:
            continue
        group, stack = [], [start]
        seen.add(start)
        while stack:
            node = stack.pop()
            group.append(node)
            new = neighbours[node] - seen
            seen |= new
            stack += new
        old = tuple(sorted(i for is_new, i in group if not is_new))
        late = tuple(sorted(j for is_new, j in group if is_new))
        yield from _pairs_of(before, after, old, late, moved)


def _pairs_of(
    before: Sequence[Passage],
    after: Sequence[Passage],
    old: tuple[int, ...],
    new: tuple[int, ...],
    moved: dict[tuple[int, int], bool],
) -> Iterator[Pair]:
    def alike(some: Sequence[int], others: Sequence[int]) -> float:
        return likeness(
            [key for i in some for key in before[i].keys], [key for j in others for key in after[j].keys]
        )

    whole = alike(old, new)
    is_moved = any(moved.get((i, j), False) for i in old for j in new)
    if whole == 1.0 or (len(old) == len(new) == 1 and whole >= _ALIKE):
        yield Pair(old, new, is_same=whole == 1.0, is_moved=is_moved)
        return
    if 1 in (len(old), len(new)) and whole >= 2 * _ALIKE - 0.1:  # one that was split, or several that were joined
        yield Pair(old, new, is_moved=is_moved)
        return
    scores = sorted(
        ((alike((i,), (j,)), -i, -j) for i in old for j in new if (i, j) in moved), reverse=True
    )
    taken_old: set[int] = set()
    taken_new: set[int] = set()
    for score, i, j in ((score, -i, -j) for score, i, j in scores):
        if score >= _ALIKE and i not in taken_old and j not in taken_new:
            taken_old.add(i)
            taken_new.add(j)
            yield Pair((i,), (j,), is_same=score == 1.0, is_moved=moved[i, j])


def _in_order(pairs: Sequence[Pair]) -> list[Pair]:
    """By their place in the later edition; what was removed behind what it stood behind."""
    behind = sorted((pair.before[-1], pair.after[-1]) for pair in pairs if pair.before and pair.after and not pair.is_moved)
    starts = [i for i, _ in behind]

    def place(pair: Pair) -> tuple[int, int, int]:
        if pair.after:
            return pair.after[0], 0, 0
        at = bisect_left(starts, pair.before[0])
        return (behind[at - 1][1] if at else -1), 1, pair.before[0]

    return sorted(pairs, key=place)
