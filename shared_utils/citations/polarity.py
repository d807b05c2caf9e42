"""Negations and direction words: the small words that turn a sentence into its opposite."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import Literal

from shared_utils.citations.text_units import Word, words_of
from shared_utils.text.folding import fold
from shared_utils.text.words import terms

_NEGATIONS = frozenset(
    (  # noqa: SIM905 - one word a line would fill the screen
        "not no never none nor neither cannot without nobody nothing unable fail fails failed lack lacks lacked "
        "nicht kein keine keinen keinem keiner keines nie niemals ohne pas jamais sans aucun aucune nunca jamas sin "
        "lacking ningun ninguna non nao nem sem mai senza niet geen zonder не нет без ни никогда لا لم لن ليس ليست नहीं"
    ).split()
)
_NEGATING_SIGNS = re.compile(r"[不没沒未无無]|ない|ません|않|없|못|ไม่")
_ARTICLES = frozenset(("a", "an", "the", "this", "any", "all"))
_NEGATIVE_PREFIX = re.compile(r"(?:un|in|im|ir|il|dis|non|de)-?(?=\w{4})")
_CLAUSE_BREAK = re.compile(r"[,;:.!?()](?:\s|$)|[，。；：]|\b(?:but|while|whereas|aber|mais|pero)\b", re.IGNORECASE)
_SETS_ASIDE = re.compile(
    r"\b(?:rather than|instead of|as opposed to|anstatt|anstelle|statt|plutôt que|au lieu d[e']|en (?:lugar|vez) de)\b"
    r"(?P<what>(?:\W+\w+){1,4})",
    re.IGNORECASE,
)
_SCOPE = 5  # words a negation reaches, two of them content words
_DENYING = re.compile(  # words that deny by how they are made: insufficient, unaware, royalty-free, harmless
    r"\b(?:un(?!der|til|it|iv|io|iq|less|to)\w{4,}|in(?:sufficien|adequa|complet|capab|abil|activ|accura|correct|effectiv"
    r"|eligib|valid|visib|consisten)\w*|im(?:possib|prop|perfect|matur)\w*|ir(?:regular|relevan|reversib)\w*"
    r"|dis(?:allow|approv|agree|continu|qualif|satisf)\w*|\w{3,}-free|\w{3,}less)\b",
    re.IGNORECASE,
)
_OUT = frozenset(
    ("outside", "beyond", "free", "avoid", "avoids", "avoided", "avoiding", "ausserhalb", "jenseits", "hors")
)
_OUT_REACH = 3  # words before what it denies
_ONE_FAMILY = 4  # letters that two words begin with: slowed, slowdown
_WINDOW = 4  # words to each side by which two uses of one word are told apart

# The two ends of one scale; inflections that stemming does not unite are listed.
_SCALES = (
    (
        "increase rise rose risen grow grew grown growth gain up climb surge expand improve strengthen "
        "accelerate raise jump soar",
        "decrease fall fell fallen decline drop shrink shrank shrunk loss down reduce reduction slide plunge contract "
        "worsen weaken slow deteriorate cut",
    ),
    (
        "higher highest greater greatest above more most exceed high larger largest bigger biggest maximum",
        "lower low lowest lesser below less fewer least smaller smallest minimum",
    ),
    ("over", "under"),
    ("many much", "few little"),
    ("often frequently usually", "rarely seldom"),
    ("true correct", "false incorrect wrong"),
    ("create build", "destroy"),
    ("win won", "lose lost"),
    ("pass", "fail"),
    ("full", "empty"),
    ("near", "far"),
    ("increasing rising growing", "decreasing falling declining"),
    ("upward", "downward"),
    ("always", "never"),
    ("first earliest initial", "last latest final"),
    ("before prior earlier previous precede", "after later subsequent follow"),
    ("enable activate allow permit", "disable deactivate forbid prohibit prevent block"),
    ("include inclusive", "exclude exclusive"),
    ("profit income earnings profitable", "loss losses deficit unprofitable"),
    ("asset", "liability"),
    ("buy bought purchase acquire acquisition", "sell sold sale divest dispose disposal"),
    ("accept approve grant", "reject refuse deny"),
    ("reward", "penalize penalise punish"),
    ("positive favorable favourable beneficial advantage", "negative unfavorable unfavourable adverse disadvantage"),
    ("success succeed successful", "failure fail unsuccessful"),
    ("start begin began begun open", "stop end cease close"),
    ("add insert", "remove delete subtract"),
    ("connect attach", "disconnect detach"),
    ("lock", "unlock"),
    ("on", "off"),
    ("left", "right"),
    ("top upper", "bottom"),
    ("all every", "none no"),
    ("inside internal indoor", "outside external outdoor"),
    ("domestic", "foreign"),
    ("short shorter shortest", "long longer longest"),
    ("fast faster quick rapid", "slow slower slowly"),
    ("strong stronger", "weak weaker"),
    ("hot hotter warm warmer", "cold colder cool cooler"),
    ("early", "late"),
    ("must mandatory required compulsory", "optional voluntary"),
    ("easy easier", "difficult harder hard"),
    ("safe safer", "dangerous unsafe"),
    ("credit", "debit"),
    ("import", "export"),
    ("inflow", "outflow"),
    ("best better", "worst worse"),
    ("majority", "minority"),
    ("major", "minor"),
    ("old older oldest elder eldest", "new newer newest young younger youngest"),
    ("same identical", "different"),
    ("ascending", "descending"),
    ("horizontal", "vertical"),
    ("public", "private"),
    ("steigen steigt stieg gestiegen zunahme hoher", "sinken sinkt sank gesunken abnahme niedriger ruckgang"),
    ("augmenter augmente augmentation hausse superieur", "diminuer diminue diminution baisse inferieur"),
    ("aumento aumentar crecio subio mayor", "disminucion disminuyo bajo cayo menor"),
    ("вырос выросла увеличение больше выше", "упал упала снизился снижение меньше ниже"),
)
_OF_AMOUNTS = 2  # the first scales: how much there is, and which way it went


Sentence = tuple[str, Sequence[Word]]
"""A text and its words."""


@dataclass(frozen=True, slots=True)
class Opposed:
    """What the answer says, and what the page says in its place."""

    answer: str
    page: str
    by: Literal["negation", "scale", "sign"]  # a sign: in scripts without spaces, somewhere in the sentence


@dataclass(frozen=True, slots=True)
class _Use:
    """A word in its sentence: who stands around it, and whether a negation reaches it."""

    word: Word
    around: frozenset[tuple[str, int]]  # (key, distance; negative to the left)
    clause: frozenset[str]  # content keys of its clause
    negated: bool
    head: bool  # the first content word behind the negation: what it is about
    cue: str  # the negation as written, with the word
    is_out: bool  # "outside of our control", "beyond repair": denied without a negation


def opposition(claim: Sentence, page: Sequence[Sentence]) -> Opposed | None:
    """The first place where the answer turns what the page says into its opposite, if there is one.

    Uses of the same word are paired by the words around them, so that "may rise, will not fall" is compared with the
    right halves of the page's sentences.
    """
    claim_uses = _uses(claim)
    page_uses = [use for sentence in page for use in _uses(sentence)]
    return _negated(claim_uses, page_uses) or _flipped(claim_uses, page_uses) or _signs(claim, page)


def denies(words: Sequence[Word]) -> bool:
    """Whether any of these words is a negation."""
    return any(is_negation(word.text) for word in words)


@lru_cache(maxsize=16_384)
def is_negation(word: str) -> bool:
    """Whether a word says no.

    >>> is_negation("Never"), is_negation("isn't"), is_negation("note")
    (True, True, False)
    """
    folded = fold(word)
    return folded in _NEGATIONS or folded.endswith("n't")


def sets_aside(page: str, words: Sequence[Word]) -> bool:
    """Whether a page denies one of these words by setting it aside.

    >>> sets_aside("Heat, rather than the wind, dries it.", words_of("The wind does not dry it."))
    True
    """
    aside = {key for found in _SETS_ASIDE.finditer(page) for word in words_of(found["what"]) for key in word.keys}
    return any(word.content and not aside.isdisjoint(word.keys) for word in words)


def are_opposite(one: str, other: str) -> bool:
    """Whether two words are the two ends of one scale.

    >>> are_opposite("increased", "decreased"), are_opposite("increased", "rose")
    (True, False)
    """
    ends = _scales()
    return any((scale, 1 - end) in ends.get(_key(other), ()) for scale, end in ends.get(_key(one), ()))


def are_alike(one: str, other: str) -> bool:
    """Whether two words stand at one end of a scale.

    >>> are_alike("greater", "larger"), are_alike("greater", "smaller")
    (True, False)
    """
    return not _scales_of(one).isdisjoint(_scales_of(other))


def way_of(word: str) -> int | None:
    """0 for a word that says more or up, 1 for less or down, None for any other.

    >>> way_of("rose"), way_of("lower"), way_of("blue")
    (0, 1, None)
    """
    ways = {end for scale, end in _scales_of(word) if scale < _OF_AMOUNTS}
    return ways.pop() if len(ways) == 1 else None


def _scales_of(word: str) -> frozenset[tuple[int, int]]:
    return frozenset(_scales().get(_key(word), ()))


def unmatched_negation(claim: Sentence, page: Sequence[Sentence]) -> str | None:
    """A negation of the answer that has no counterpart on the page at all, as written."""
    page_uses = [use for sentence in page for use in _uses(sentence)]
    if any(use.negated for use in page_uses) or any(_NEGATING_SIGNS.search(text) for text, _ in page):
        return None
    if any(
        found.group().casefold() not in claim[0].casefold() for text, _ in page for found in _DENYING.finditer(text)
    ):
        return None  # "not enough" for "insufficient"
    page_ends = {end for use in page_uses for end in _ends(use)}
    claim_uses = _uses(claim)
    for use in claim_uses:
        answered = any((scale, 1 - end) in page_ends for scale, end in _ends(use))  # "did not rise": "fell"
        answered = answered or any(one.negated and _is_kept_out(one, page_uses) for one in claim_uses)
        if use.head and not answered:
            return use.cue
    return None


def _is_kept_out(use: _Use, page: Sequence[_Use]) -> bool:
    """ "Does not need surgery" beside "avoiding surgery"."""
    return any(other.is_out and other.word.keys == use.word.keys for other in page)


def _negated(claim: Sequence[_Use], page: Sequence[_Use]) -> Opposed | None:
    claim_keys = {key for use in claim for key in use.word.keys}
    page_keys = {key for use in page for key in use.word.keys}
    bare = [(found, *_without_prefix(found, claim_keys)) for found in page]
    for use in claim:
        keys, negated, cue = _without_prefix(use, page_keys)
        matches = [match for match in bare if not keys.isdisjoint(match[1])]
        if not matches:
            continue
        nearest = max(matches, key=lambda match: (_nearness(use, match[0]), match[0].negated == negated))
        other, _, other_negated, other_cue = nearest
        if (negated and other.is_out) or (other_negated and use.is_out):
            continue
        prefixed = cue != use.cue or other_cue != other.cue
        if negated != other_negated and (use.head or other.head or prefixed):
            said, stands = cue if negated else use.word.text, other_cue if other_negated else other.word.text
            return Opposed(said, stands, by="negation")
    return None


def _flipped(claim: Sequence[_Use], page: Sequence[_Use]) -> Opposed | None:
    for use in claim:
        ends = {end for key in use.word.keys for end in _scales().get(key, ())}
        if not ends:
            continue
        same = [found for found in page if ends & _ends(found)]
        opposite = [found for found in page if {(scale, 1 - end) for scale, end in ends} & _ends(found)]
        other = max(opposite, key=lambda found: _nearness(use, found), default=None)
        if not other or other.negated != use.negated or not _nearness(use, other):
            continue
        if (
            _coordinated(other, ends)
            or _is_said_of_another(use, other, claim)
            or _both_say_both(use, other, claim, page)
        ):
            continue
        if all(_fits_better(use, other, one) for one in same):
            return Opposed(use.word.text, other.word.text, by="scale")
    return None


def _signs(claim: Sentence, page: Sequence[Sentence]) -> Opposed | None:
    """Scripts without spaces: only whether there is a negation at all can be told."""
    ours = _NEGATING_SIGNS.search(claim[0])
    theirs = next((found for text, _ in page if (found := _NEGATING_SIGNS.search(text))), None)
    if bool(ours) == bool(theirs):
        return None
    return Opposed(ours[0] if ours else "no negation", theirs[0] if theirs else "no negation", by="sign")


def _uses(sentence: Sentence) -> list[_Use]:
    text, words = sentence
    folded = [fold(word.text) for word in words]
    reach = dict(_reach(text, words, folded))
    uses = []
    clauses = _clauses(text, words)
    for i, word in enumerate(words):
        near = range(max(0, i - _WINDOW), min(len(words), i + 1 + _WINDOW))
        around = frozenset((key, other - i) for other in near if other != i for key in words[other].keys)
        cue, order = reach.get(i, (i, 0))
        shown = text[words[cue].start : word.end] if order else word.text
        is_out = not _OUT.isdisjoint(folded[max(0, i - _OUT_REACH) : i])
        uses.append(_Use(word, around, clauses[i], bool(order), order == 1, " ".join(shown.split()), is_out))
    return uses


def _clauses(text: str, words: Sequence[Word]) -> list[frozenset[str]]:
    """For every word, the content keys of the clause it stands in."""
    starts = [i for i in range(len(words)) if i and _CLAUSE_BREAK.search(text[words[i - 1].end : words[i].end])]
    borders = [0, *starts, len(words)]
    found: list[frozenset[str]] = []
    for start, end in pairwise(borders):
        keys = frozenset(key for word in words[start:end] if word.content for key in word.keys)
        found += [keys] * (end - start)
    return found


def _reach(text: str, words: Sequence[Word], folded: Sequence[str]) -> Iterator[tuple[int, tuple[int, int]]]:
    """For every word that a negation reaches: (its index, (the negation's index, 1 for the first content word, 2))."""
    for cue, word in enumerate(folded):
        if not (word in _NEGATIONS or word.endswith("n't")) or _is_label(text, words, folded, cue):
            continue
        if word == "non" and _is_a_prefix(text, words, folded, cue):
            continue
        order, scope, that = 0, _SCOPE, False
        for i in range(cue + 1, len(words)):
            gap = text[words[i - 1].end : words[i].start]
            if i > cue + scope or _CLAUSE_BREAK.search(gap) or folded[i] in _NEGATIONS:
                break
            if folded[i] == "that" and order:  # "no evidence that sales rose" denies all that follows
                scope, that = len(words), True
            elif words[i].content or folded[i] == "only":
                order += 1
                yield i, (cue, 1 if that else order)
            if order == 2 and not that and (i + 1 == len(words) or folded[i + 1] != "that"):
                break


def _is_label(text: str, words: Sequence[Word], folded: Sequence[str], i: int) -> bool:
    """ "telephone no for", "No. 5", "NO TE": a number or a note is announced, nothing is denied."""
    if folded[i] != "no":
        return False
    if i + 1 == len(words) or (words[i].text == "NO" and not text.isupper()):
        return True
    return not words[i + 1].content or folded[i + 1][0].isdigit() or text[words[i].end] in ".:"


def _is_a_prefix(text: str, words: Sequence[Word], folded: Sequence[str], i: int) -> bool:
    """ "a non runner", "Non - binary": one half of a word; Italian has its "non" before a verb."""
    apart = i + 1 < len(words) and text[words[i].end : words[i + 1].start].strip() in ("-", "‐", "–")
    return apart or (i > 0 and folded[i - 1] in _ARTICLES)


def _without_prefix(use: _Use, other_side: set[str]) -> tuple[set[str], bool, str]:
    """ "ineffective" as a negated "effective", where the other side uses that word."""
    match = _NEGATIVE_PREFIX.match(fold(use.word.text))
    if match and match.group() != "non-" and not set(use.word.keys) & other_side:
        base = {_key(fold(use.word.text)[match.end() :])}
        if base & other_side:
            return base, not use.negated, use.word.text
    return set(use.word.keys), use.negated, use.cue


def _nearness(one: _Use, other: _Use) -> float:
    """What stands around both on the same side; the nearer, the more it counts."""
    ours = dict(one.around)
    shared = ((ours[key], at) for key, at in other.around if key in ours and ours[key] * at > 0)
    return sum(1 / max(abs(here), abs(there)) for here, there in shared)


def _fits_better(use: _Use, other: _Use, one: _Use) -> bool:
    """Whether `other` rather than `one` is what the page has in the place of `use`."""
    if _nearness(use, other) <= _nearness(use, one) or _in_common(use, other) < _in_common(use, one):
        return False
    sides = {at > 0 for key, at in other.around if any(key == k and at * here > 0 for k, here in use.around)}
    return len(sides) == 2 or _in_common(use, other) > _in_common(use, one)


def _coordinated(use: _Use, ends: set[tuple[int, int]]) -> bool:
    """ "High and low prices", "the late 1960s and early 1970s": both ends are meant."""
    joints = {at for key, at in use.around if key in ("and", "or")}
    numbers = {at for key, at in use.around if key[0].isdigit()}
    return any(
        ends & set(_scales().get(key, ()))
        for key, at in use.around
        if (abs(at) == 2 and at // 2 in joints)
        or (at == 3 and 2 in joints and 1 in numbers)
        or (at == -3 and -1 in joints and -2 in numbers)
    )


def _is_said_of_another(use: _Use, other: _Use, claim: Sequence[_Use]) -> bool:
    """Whether the claim has the page's word as well, at a place that fits better: "more blood with fewer beats"."""
    own = (
        one
        for one in claim
        if one is not use and (one.word.keys == other.word.keys or not _ends(one).isdisjoint(_ends(other)))
    )
    return any(_nearness(one, other) > _nearness(use, other) for one in own)


def _both_say_both(use: _Use, other: _Use, claim: Sequence[_Use], page: Sequence[_Use]) -> bool:
    """ "A slowdown of growth" beside "growth slowed": the page's word is in the claim as well, in another form."""
    if all(found.word.keys != use.word.keys or found.clause != other.clause for found in page):
        return False
    begins = fold(other.word.text)[:_ONE_FAMILY]
    return any(one is not use and fold(one.word.text).startswith(begins) for one in claim)


def _in_common(one: _Use, other: _Use) -> int:
    return len(one.clause & other.clause)


def _ends(use: _Use) -> set[tuple[int, int]]:
    return {end for key in use.word.keys for end in _scales().get(key, ())}


@cache
def _scales() -> dict[str, tuple[tuple[int, int], ...]]:
    """Word key -> the (scale, end) pairs it stands for; "loss" is an end of two."""
    ends: dict[str, set[tuple[int, int]]] = {}
    for scale, pair in enumerate(_SCALES):
        for end, words in enumerate(pair):
            for word in words.split():
                ends.setdefault(_key(word), set()).add((scale, end))
    return {word: tuple(sorted(found)) for word, found in ends.items()}


def _key(word: str) -> str:
    """Stemmed; a function word (above, more, off), which no index would hold, as it is."""
    return (terms(word) or [fold(word)])[0]
