"""Which passages of two editions belong together: first those that say the same, then those that share their words.

Passages that say the same and stand in the same order are anchors: those found once on either side by the longest
increasing subsequence (Szymanski 1975, as patience diff uses it), the rest between them by the longest common
subsequence. Next come neighbouring passages that hold the same characters and were broken otherwise. Between two
anchors words are aligned, so that a sentence that was split or joined finds its parts. What is left is looked for in
the whole document, by runs of words: moved text.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count as ascending
from itertools import pairwise

from rapidfuzz.distance import Indel, LCSseq

from shared_utils.editions.breaks import broken_otherwise
from shared_utils.editions.passages import Passage

_ANCHOR_WORDS = 3  # of a passage that is found once: a bare figure is no anchor
_MOST_CELLS = 400_000_000  # of the table that aligns two stretches, in bits; a larger one is cut at the moved text
_SHARED = 0.5  # of the shorter passage's words, by which two belong together
_ALIKE = 0.45  # of the words of both, below which a pair is one passage removed and another added
_KNOWN = 0.8  # of a passage's words that have a counterpart: what differs is where its sentence was cut
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

    def left() -> tuple[list[int], list[int]]:
        gone = {i for pair in pairs for i in pair.before}, {j for pair in pairs for j in pair.after}
        return [i for i in range(len(before)) if i not in gone[0]], [j for j in range(len(after)) if j not in gone[1]]

    starts_old, starts_new = [i for i, _ in anchors], [j for _, j in anchors]
    for one, other in broken_otherwise(before, after, *left()):
        is_moved = bisect_left(starts_old, one[0]) != bisect_left(starts_new, other[0])
        pairs.append(Pair(one, other, is_same=True, is_moved=is_moved))
    rest = left()
    telling = ([i for i in rest[0] if _tells(before[i])], [j for j in rest[1] if _tells(after[j])])
    pairs += (Pair((i,), (j,), is_same=True, is_moved=True) for i, j in _same_elsewhere(*telling, old, new))
    linked: list[tuple[int, int, bool]] = []
    for inner_old, inner_new in _between(anchors, *left()):
        linked += ((i, j, False) for i, j in _linked(before, after, inner_old, inner_new))
    pairs += _groups(before, after, linked)
    pairs += [Pair((i,), (j,), is_same=True, is_moved=True) for i, j in _same_elsewhere(*left(), old, new)]
    pairs += list(_groups(before, after, [(i, j, True) for i, j in _alike_elsewhere(before, after, *left())]))
    gone, come = left()
    pairs += [*(Pair((i,), ()) for i in gone), *(Pair((), (j,)) for j in come)]
    return _in_order(pairs)


def word_changes(before: Sequence[str], after: Sequence[str]) -> list[tuple[int, int, int, int]]:
    """The stretches (start and end before, start and end after) in which two lists of words differ, in order.

    A word that a narrow column broke in two is the same word.
    """
    found: list[tuple[int, int, int, int]] = []
    i = j = 0
    for block in Indel.opcodes(*_coded(before, after)).as_matching_blocks():  # the last is empty, at both ends
        if (block.a > i or block.b > j) and not _is_one_word(before[i : block.a], after[j : block.b]):
            found.append((i, block.a, j, block.b))
        i, j = block.a + block.size, block.b + block.size
    return found


def _is_one_word(before: Sequence[str], after: Sequence[str]) -> bool:
    letters = "".join(before)
    return letters == "".join(after) and not any(map(str.isdecimal, letters))


def likeness(before: Sequence[str], after: Sequence[str]) -> float:
    """The share, 0 … 1, of the words of both that the other holds in the same order."""
    return float(Indel.normalized_similarity(*_coded(before, after)))


def _coded(before: Sequence[str], after: Sequence[str]) -> tuple[list[int], list[int]]:
    numbers: defaultdict[str, int] = defaultdict(ascending().__next__)
    return [numbers[word] for word in before], [numbers[word] for word in after]


def _interned(passages: Sequence[Passage], numbers: dict[str, int]) -> list[int]:
    return [numbers.setdefault(" ".join(passage.keys), len(numbers)) for passage in passages]


def _tells(passage: Passage) -> bool:
    """Whether a passage is recognised wherever it stands."""
    return len(passage.tokens) >= _LEAST_MOVED


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


def _between(
    anchors: Sequence[tuple[int, int]], rest_old: Sequence[int], rest_new: Sequence[int]
) -> Iterator[tuple[Sequence[int], Sequence[int]]]:
    """What is left between two anchors, on either side."""
    starts_old = [bisect_left(rest_old, i) for i, _ in anchors]
    starts_new = [bisect_left(rest_new, j) for _, j in anchors]
    ends_old, ends_new = [*starts_old, len(rest_old)], [*starts_new, len(rest_new)]
    for a, b, c, d in zip([0, *starts_old], ends_old, [0, *starts_new], ends_new, strict=True):
        if a < b and c < d:
            yield rest_old[a:b], rest_new[c:d]


def _linked(
    before: Sequence[Passage], after: Sequence[Passage], old: Sequence[int], new: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """Passages between two anchors that share half of the shorter one's words, aligned word by word.

    Those of which nearly all words have a counterpart are linked by a few: their sentences were cut otherwise.
    """
    words_old = [(i, token.key) for i in old for token in before[i].tokens]
    words_new = [(j, token.key) for j in new for token in after[j].tokens]
    if len(words_old) * len(words_new) > _MOST_CELLS:
        return
    shared: Counter[tuple[int, int]] = Counter()
    runs: Counter[tuple[int, int]] = Counter()
    codes = _coded([word for _, word in words_old], [word for _, word in words_new])
    for block in Indel.opcodes(*codes).as_matching_blocks():
        for n in range(block.size):
            pair = words_old[block.a + n][0], words_new[block.b + n][0]
            shared[pair] += 1
            runs[pair] += block.size >= _RUN
    known_old: Counter[int] = Counter()
    known_new: Counter[int] = Counter()
    for (i, j), count in shared.items():
        known_old[i] += count
        known_new[j] += count
    for (i, j), count in shared.items():
        most, least = len(before[i].tokens), len(after[j].tokens)
        is_cut = known_old[i] >= _KNOWN * most and known_new[j] >= _KNOWN * least and runs[i, j] > 0
        if is_cut or count >= _SHARED * min(most, least):
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
        return likeness([key for i in some for key in before[i].keys], [key for j in others for key in after[j].keys])

    whole = alike(old, new)
    is_moved = any(moved.get((i, j), False) for i in old for j in new)
    if _are_one_row([before[i] for i in old], [after[j] for j in new]):
        yield Pair(old, new, is_same=True, is_moved=is_moved)
        return
    if whole == 1.0 or (len(old) == len(new) == 1 and whole >= _ALIKE):
        yield Pair(old, new, is_same=whole == 1.0, is_moved=is_moved)
        return
    if whole >= _KNOWN:  # one that was split, several that were joined
        yield Pair(old, new, is_moved=is_moved)
        return
    scores = sorted(((alike((i,), (j,)), -i, -j) for i in old for j in new if (i, j) in moved), reverse=True)
    taken_old: set[int] = set()
    taken_new: set[int] = set()
    for score, i, j in ((score, -i, -j) for score, i, j in scores):
        if score >= _ALIKE and i not in taken_old and j not in taken_new:
            taken_old.add(i)
            taken_new.add(j)
            yield Pair((i,), (j,), is_same=score == 1.0, is_moved=moved[i, j])


def _are_one_row(before: Sequence[Passage], after: Sequence[Passage]) -> bool:
    """Whether rows hold the same words, whatever lines a narrow column broke them into."""
    if len(before) + len(after) <= 2 or not all(passage.is_row for passage in (*before, *after)):
        return False
    words, others = (sorted(key for passage in side for key in passage.keys) for side in (before, after))
    return words == others


def _in_order(pairs: Sequence[Pair]) -> list[Pair]:
    """By their place in the later edition; what was removed behind what it stood behind."""
    behind = sorted(
        (pair.before[-1], pair.after[-1]) for pair in pairs if pair.before and pair.after and not pair.is_moved
    )
    starts = [i for i, _ in behind]

    def place(pair: Pair) -> tuple[int, int, int]:
        if pair.after:
            return pair.after[0], 0, 0
        at = bisect_left(starts, pair.before[0])
        return (behind[at - 1][1] if at else -1), 1, pair.before[0]

    return sorted(pairs, key=place)
