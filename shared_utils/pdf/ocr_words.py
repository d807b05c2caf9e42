"""What tesseract says of a picture, and how much of it makes sense."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

SURE_ENOUGH = 30.0  # tesseract's confidence in per cent; below, specks of dirt become words
LINE_SURE = 50.0  # mean over a line's characters; turned, foreign and made-up words stay below 40, poor print above 60
SENSIBLE = 65.0  # mean over a page's characters, from which no other turn is tried
WORD_LETTERS, WORDS_AT_LEAST, NAMED_SHARE = 3, 3, 0.3  # what pictures beside text must hold to be told
WRITTEN = 20  # characters that were seen and make no sense, from which something is written there

_LATIN_OR_UNKNOWN = ("Latin", "")
_LANGUAGES = {
    "Arabic": "ara fas urd pus uig snd",
    "Armenian": "hye",
    "Bengali": "ben asm",
    "Cyrillic": "rus ukr bel bul srp mkd kaz kir mon tat tgk uzb_cyrl aze_cyrl",
    "Devanagari": "hin mar nep san",
    "Ethiopic": "amh tir",
    "Georgian": "kat kat_old",
    "Greek": "ell grc",
    "Gujarati": "guj",
    "Gurmukhi": "pan",
    "Han": "chi_sim chi_tra chi_sim_vert chi_tra_vert jpn jpn_vert",
    "Hangul": "kor kor_vert",
    "Hebrew": "heb yid",
    "Japanese": "jpn jpn_vert",
    "Kannada": "kan",
    "Khmer": "khm",
    "Korean": "kor kor_vert",
    "Lao": "lao",
    "Malayalam": "mal",
    "Myanmar": "mya",
    "Oriya": "ori",
    "Sinhala": "sin",
    "Tamil": "tam",
    "Telugu": "tel",
    "Thai": "tha",
    "Tibetan": "bod dzo",
}


@dataclass(frozen=True, slots=True)
class SeenWord:
    """A word as tesseract saw it: how sure it is in per cent, and (left, top, right, bottom) in pixels."""

    text: str
    sure: float
    box: tuple[float, float, float, float]
    line: tuple[str, str, str]  # block, paragraph and line, numbered


@dataclass(frozen=True, slots=True)
class SeenWords:
    """What was made of one picture. `words` are those of lines that make sense, in order."""

    words: tuple[SeenWord, ...]
    sure: float  # mean over all characters seen, in per cent; 0 where there are none
    lost: int  # characters of lines that make no sense

    @property
    def is_sensible(self) -> bool:
        return self.sure >= SENSIBLE and bool(self.words)

    @property
    def is_prose(self) -> bool:
        """Whether these are words at all, as a picture of a text or of a table has them: axes of charts have figures,
        photographs specks."""
        named = sum(sum(map(str.isalpha, word.text)) >= WORD_LETTERS for word in self.words)
        return named >= WORDS_AT_LEAST and named >= NAMED_SHARE * len(self.words)

    @property
    def is_written(self) -> bool:
        """Whether what makes no sense is more than specks, and more than what does."""
        return self.lost >= WRITTEN and self.lost > sum(len(word.text) for word in self.words)


@dataclass(frozen=True, slots=True)
class Orientation:
    """How a picture lies: quarter turns, counter-clockwise, that set it upright; and tesseract's name of its script."""

    quarter_turns: int
    script: str


def seen_words(tsv: str) -> SeenWords:
    """Read tesseract's TSV. Lines whose characters are unsure on the whole are dropped, as are unsure words.

    >>> seen_words("").words
    ()
    """
    seen = list(_words(csv.DictReader(tsv.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)))
    kept: list[SeenWord] = []
    lost = 0
    for _, group in groupby(seen, key=lambda word: word.line):
        line = list(group)
        if _mean_sure(line) >= LINE_SURE:
            kept += [word for word in line if word.sure >= SURE_ENOUGH]
        else:
            lost += sum(len(word.text) for word in line)
    return SeenWords(tuple(kept), _mean_sure(seen), lost)


def _words(rows: Iterable[dict[str, str]]) -> Iterable[SeenWord]:
    for row in rows:
        word = (row.get("text") or "").strip()
        if row.get("level") != "5" or not word:
            continue
        left, top, width, height = (int(row[key]) for key in ("left", "top", "width", "height"))
        box = (float(left), float(top), float(left + width), float(top + height))
        yield SeenWord(word, float(row["conf"]), box, (row["block_num"], row["par_num"], row["line_num"]))


def _mean_sure(words: Sequence[SeenWord]) -> float:
    characters = sum(len(word.text) for word in words)
    return sum(word.sure * len(word.text) for word in words) / characters if characters else 0.0


def orientation(told: str) -> Orientation | None:
    """What `tesseract --psm 0` found; None where it found nothing.

    >>> orientation("Rotate: 90\\nScript: Latin")
    Orientation(quarter_turns=3, script='Latin')
    """
    clockwise = re.search(r"^Rotate: (\d+)", told, re.MULTILINE)
    script = re.search(r"^Script: (\w+)", told, re.MULTILINE)
    return Orientation(-int(clockwise[1]) // 90 % 4, script[1] if script else "") if clockwise else None


def is_covered(script: str, languages: Sequence[str]) -> bool:
    """Whether one of the installed languages is written in this script; True where that is not known.

    >>> is_covered("Han", ["eng"]), is_covered("Han", ["eng", "jpn"]), is_covered("Latin", ["eng"])
    (False, True, True)
    """
    if script in _LATIN_OR_UNKNOWN or script not in _LANGUAGES:
        return True
    return f"script/{script}" in languages or not set(languages).isdisjoint(_LANGUAGES[script].split())
