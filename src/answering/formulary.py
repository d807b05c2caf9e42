"""The names of figures and the formulas of ratios, as formulary.toml beside this file has them."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from shared_utils.calculation.formulary import Formulary, formulary_of


@cache
def formulary() -> Formulary:
    """How figures are printed, and how ratios are computed. Reads the file once."""
    return formulary_of(tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")))
