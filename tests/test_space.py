"""The front matter of README.md, by which Hugging Face builds and lists a Space, keeps to its rules.

https://huggingface.co/docs/hub/spaces-config-reference
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest
from huggingface_hub import SpaceCard

ROOT = Path(__file__).parent.parent
COLOURS = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}
KNOWN = {
    "title", "emoji", "colorFrom", "colorTo", "sdk", "app_port", "short_description", "pinned", "license",
    "startup_duration_timeout", "models", "tags",
}  # fmt: skip


@pytest.fixture(scope="module")
def card() -> dict[str, object]:
    told: dict[str, object] = SpaceCard((ROOT / "README.md").read_text(encoding="utf-8")).data.to_dict()  # type: ignore[no-untyped-call]
    return told


def test_every_entry_is_one_that_spaces_know(card: dict[str, object]) -> None:
    assert set(card) <= KNOWN


def test_title_sign_and_colours_can_be_drawn(card: dict[str, object]) -> None:
    emoji = str(card["emoji"])
    assert card["title"]
    assert len(emoji) == 1, "one sign, or the push is rejected"
    assert unicodedata.category(emoji) == "So"
    assert {card["colorFrom"], card["colorTo"]} <= COLOURS


def test_the_description_fits_the_card(card: dict[str, object]) -> None:
    assert 10 < len(str(card["short_description"])) <= 60


def test_the_space_is_built_from_the_dockerfile_and_shows_its_port(card: dict[str, object]) -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert card["sdk"] == "docker"
    assert re.search(rf"^EXPOSE {card['app_port']}$", dockerfile, re.MULTILINE)
    assert re.search(rf"\bPORT={card['app_port']}\b", dockerfile)


def test_a_start_may_take_as_long_as_fetching_a_model(card: dict[str, object]) -> None:
    assert re.fullmatch(r"\d+(m|h)", str(card["startup_duration_timeout"]))
    assert isinstance(card["pinned"], bool)


def test_models_are_named_as_the_hub_names_them_and_tags_can_be_searched(card: dict[str, object]) -> None:
    models, tags = card["models"], card["tags"]
    assert isinstance(models, list)
    assert all(re.fullmatch(r"[\w.-]+/[\w.-]+", model) for model in models)
    assert isinstance(tags, list)
    assert all(re.fullmatch(r"[a-z0-9-]+", tag) for tag in tags)
