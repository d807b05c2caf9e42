"""Which texts meet in the index, whatever script and spelling they use."""

from __future__ import annotations

import re
import threading
import unicodedata

import pytest

from shared_utils.text.folding import fold
from shared_utils.text.words import terms


@pytest.mark.parametrize(
    ("question", "page"),
    [
        ("revenue", "Revenues"),
        ("FY2019", "fiscal year 2019"),
        ("1234.5", "1,234.5"),
        ("1.234.567", "1,234,567"),
        ("5 kg", "5kg"),
        ("US tariffs", "U.S. tariff"),
        ("résumé", "RESUME"),
        ("Zolc", "Żółć"),
        ("company", "the company’s"),
        ("stochastic", "a sto-\nchastic beam"),
        ("l'entreprise", "les entreprises de la ville et du pays"),
        ("выручки", "выручка"),
        ("营业收入", "公司的营业收入为"),
        ("売上", "当期の売上高は"),
        ("매출은", "회사의 매출"),
        ("รายได้", "บริษัทมีรายได้รวม"),
        ("الإيرادات", "ايرادات"),
        ("الشركة", "شركه"),
        ("２０２０", "٢٠٢٠"),
        ("राजस्व", "कुल राजस्व"),
    ],
)
def test_what_is_asked_meets_what_is_printed(question: str, page: str) -> None:
    assert set(terms(question)) & set(terms(page))


def test_function_words_are_dropped_in_the_language_of_the_text() -> None:
    assert terms("What is the cost of it?") == ["cost"]
    assert "der" not in terms("Der Umsatz der Firma ist in dem Jahr gestiegen")
    assert "die" in terms("Many plants die early")


def test_order_and_repetition_are_kept() -> None:
    assert terms("net sales, net income") == ["net", "sale", "net", "incom"]


def test_numbers_of_both_conventions_read_the_same() -> None:
    assert terms("1,234.5 and 1.234,5; 42; 3,14") == ["1234.5", "1234.5", "42", "3.14"]


def test_texts_without_words_have_no_terms() -> None:
    assert terms("") == terms("— … !?") == []


def test_threads_do_not_share_a_stemmer() -> None:
    words = [f"running{chr(97 + i % 26)}{chr(97 + i // 26)}ings" for i in range(300)]
    alone = [terms(word) for word in words]
    results: list[list[list[str]]] = []
    # Other suffixes than above, so that the shared cache cannot answer for the stemmers.
    threads = [threading.Thread(target=lambda: results.append([terms(word + "q") for word in words])) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(results) == 4
    assert all(result == results[0] for result in results)
    assert alone == [terms(word) for word in words]


def test_fold_keeps_marks_that_are_letters() -> None:
    assert fold("が") == "が"
    assert fold("한국어") == "한국어"
    assert fold("น้ำ") != fold("นำ")
    assert fold("İstanbul ISPARTA") == "istanbul isparta"


@pytest.mark.parametrize("text", ["O’Brien’s naïve ﬁt — ½", "e\u0301 E\u0328\u0301x", "İstanbul ΣΑΣ ßẞ", "한국 ｶﾞ x가"])
def test_a_text_folds_as_its_parts_do(text: str) -> None:
    parts = re.split(r"(\s+)", text)
    assert fold(text) == "".join(map(fold, parts))
    assert fold(text) == fold(unicodedata.normalize("NFC", text)) == fold(unicodedata.normalize("NFKD", text))
