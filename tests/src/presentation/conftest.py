from __future__ import annotations

from pathlib import Path

import pytest

from src.rag_with_generation import Rag
from tests.src.presentation import conversations
from tests.src.presentation.conversations import Conversation


@pytest.fixture(scope="session")
def sample(rag: Rag, tmp_path_factory: pytest.TempPathFactory) -> Conversation:
    """Three questions about the sample: a model's answer, quotes, a refusal."""
    asked = conversations.about_the_sample(rag, tmp_path_factory.mktemp("sample"))
    first, *others = asked.turns
    return Conversation((conversations.as_if_written(first), *others), asked.pages, asked.document)


@pytest.fixture
def hostile(rag: Rag, tmp_path: Path) -> Conversation:
    return conversations.hostile(rag, conversations.hostile_pdf(tmp_path))
