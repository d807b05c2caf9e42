"""The estimate against counts taken once from llama-3's own tokenizer."""

from __future__ import annotations

from itertools import pairwise

import pytest

from shared_utils.text.tokens import estimate_tokens


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("Operating activities $ 2,408 $ 2,141 $ 2,557\nInvesting activities 508 (1,002) (877)", 31),
        ("CONSOLIDATED STATEMENTS OF COMPREHENSIVE INCOME AND STOCKHOLDERS EQUITY", 21),
        ("公司的营业收入在二零一九年增长了百分之十二。", 17),
        ("회사의 매출은 신제품 출시와 시장 점유율 확대에 힘입어 전년 대비 증가했다.", 27),
        ("ارتفعت إيرادات الشركة في عام 2019 بنسبة اثني عشر في المائة ويرجع ذلك أساسا إلى إطلاق منتجات جديدة", 35),
        ("Выручка компании выросла в 2019 году на двенадцать процентов, главным образом", 23),
        (
            "Le chiffre d'affaires de l'entreprise a augmenté de douze pour cent en 2019",
            21,
        ),
        ("https://www.example.com/path/to/some_file-v2.pdf?x=1&y=22 foo_bar(baz) => {x: 1}", 33),
    ],
)
def test_the_estimate_is_near_the_count_and_rather_above(text: str, counted: int) -> None:
    assert 0.95 * counted <= estimate_tokens(text) <= 1.35 * counted


def test_nothing_costs_nothing() -> None:
    assert estimate_tokens("") == 0


def test_a_dotted_leader_is_not_counted_dot_by_dot() -> None:
    assert estimate_tokens("Risk factors" + "." * 120 + " 14") < 20


def test_the_estimate_grows_with_the_text() -> None:
    text = "Net sales rose 4.2% to $1,234.5 million, driven by new stores."
    costs = [estimate_tokens(text[:end]) for end in range(len(text))]
    assert all(later >= earlier - 1 for earlier, later in pairwise(costs))
