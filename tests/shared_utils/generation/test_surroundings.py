"""What a sentence is read with: its neighbours, the items of its list, never a heading, a row or another column."""

from __future__ import annotations

from shared_utils.generation.surroundings import items_of, prose_of, read_with
from shared_utils.structure.sentences import page_rows
from shared_utils.types import Heading, Page, PageVerdict, Span

MANUAL = (
    "Charging\n"
    "Unpack the device. Place it on the pad. The light turns green. It is full after two hours.\n"
    "Cleaning\n"
    "Wipe the case with a dry cloth.\n"
)
LISTED = (
    "The trading price depends on, among others:\n"
    "• changes in interest rates;\n"
    "• the weather in the north;\n"
    "• news and speculation.\n"
    "Other risks are told below.\n"
)


def page_of(text: str, *headings: str, hidden: str = "") -> Page:
    found = tuple(Heading(text.index(h), text.index(h) + len(h), 1) for h in headings)
    left_out = (Span(text.index(hidden), text.index(hidden) + len(hidden)),) if hidden else ()
    return Page(1, "1", text, PageVerdict.TEXT, headings=found, hidden=left_out)


def read(page: Page, words: str, longest: int = 500) -> str:
    start = page.text.index(words)
    place = read_with(page.text, prose_of(page, page_rows(page)), Span(start, start + len(words)), longest)
    return " ".join(page.text[place.start : place.end].split())


def test_a_sentence_comes_first_and_those_after_it_are_read() -> None:
    page = page_of(MANUAL, "Charging", "Cleaning")
    assert read(page, "Place it on the pad.") == (
        "Place it on the pad. The light turns green. It is full after two hours."
    )


def test_what_it_refers_to_is_read_before_it() -> None:
    page = page_of(MANUAL, "Charging", "Cleaning")
    assert read(page, "It is full after two hours.") == "The light turns green. It is full after two hours."


def test_no_heading_is_crossed() -> None:
    page = page_of(MANUAL, "Charging", "Cleaning")
    assert read(page, "Wipe the case with a dry cloth.") == "Wipe the case with a dry cloth."
    assert "Cleaning" not in read(page, "It is full after two hours.")


def test_the_next_clause_is_not_read() -> None:
    page = page_of("§ 2 Rent. The rent is due on the first.\nIt is paid to the owner.\n§ 3 Pets. Dogs are welcome.\n")
    assert read(page, "The rent is due on the first.") == "The rent is due on the first. It is paid to the owner."


def test_what_follows_comes_first_where_room_is_short() -> None:
    page = page_of(MANUAL, "Charging", "Cleaning")
    assert read(page, "Place it on the pad.", longest=45) == "Place it on the pad. The light turns green."


def test_words_that_readers_cannot_see_end_it() -> None:
    page = page_of(MANUAL, "Charging", "Cleaning", hidden="The light turns green.")
    assert read(page, "Place it on the pad.") == "Place it on the pad."
    assert read(page, "It is full after two hours.") == "It is full after two hours."


def test_an_item_is_read_with_its_list_and_what_leads_in_to_it() -> None:
    page = page_of(LISTED)
    whole = " ".join(LISTED.split()).removesuffix(" Other risks are told below.")
    assert read(page, "• the weather in the north;") == whole
    assert read(page, "The trading price depends on, among others:") == whole


def test_of_a_long_list_there_is_what_has_room() -> None:
    page = page_of(LISTED)
    assert read(page, "• the weather in the north;", longest=60) == (
        "• the weather in the north; • news and speculation."
    )


STORAGE = (
    "There are two classes of storage:\n"
    "• Standard: for what is read often. It costs more by the month.\n"
    "• Archive: for what is hardly read. Reading it\n"
    "  takes an hour.\n"
    "Ask your reseller for a price.\n"
)


def test_an_item_is_read_to_its_end() -> None:
    page = page_of(STORAGE)
    sentences, items = prose_of(page, page_rows(page)), items_of(page)
    start = page.text.index("• Archive")
    place = read_with(page.text, sentences, Span(start, start + 34), 20, items)
    assert " ".join(page.text[place.start : place.end].split()) == (
        "There are two classes of storage: • Standard: for what is read often. It costs more by the month. "
        "• Archive: for what is hardly read. Reading it takes an hour."
    )


def test_a_sentence_of_an_item_is_read_with_the_item() -> None:
    page = page_of(STORAGE)
    sentences, items = prose_of(page, page_rows(page)), items_of(page)
    start = page.text.index("It costs more")
    place = read_with(page.text, sentences, Span(start, start + 26), 600, items)
    assert page.text[place.start : place.end].startswith("There are two classes of storage:")
    assert "Ask your reseller" not in page.text[place.start : place.end]


def test_what_runs_into_a_list_is_read_to_the_end_of_the_list() -> None:
    text = STORAGE.replace("storage:", "storage.").replace("Ask your", "• Frozen: for what the law keeps.\nAsk your")
    page = page_of(text)
    sentences, items = prose_of(page, page_rows(page)), items_of(page)
    first = "There are two classes of storage."
    place = read_with(text, sentences, Span(0, len(first)), 600, items)
    assert " ".join(text[place.start : place.end].split()).endswith("• Frozen: for what the law keeps.")
    long = text.replace("takes an hour", "takes " + "many an hour and " * 60 + "a day")  # half a list is as it was
    page = page_of(long)
    place = read_with(long, prose_of(page, page_rows(page)), Span(0, len(first)), 600, items_of(page))
    assert place.end - place.start <= 600


def test_half_of_the_items_before_one_are_not_read() -> None:
    rules = [f"{n}. Rule {n} of the house says what everybody who comes in has to do." for n in range(1, 30)]
    page = page_of("Rules\n" + "\n".join(rules) + "\n", "Rules")
    start = page.text.index(rules[-1])
    place = read_with(
        page.text, prose_of(page, page_rows(page)), Span(start, start + len(rules[-1])), 600, items_of(page)
    )
    assert page.text[place.start : place.end] == rules[-1]


def test_what_is_counted_in_prose_is_read_to_the_last_of_it() -> None:
    page = page_of(
        "The lessons were three. Firstly, the quay was too short for the boats of the north. Nobody had measured it. "
        "Secondly, the crane was weak. It broke. It was mended. Thirdly, the harbour silted up. Swans came in May.\n"
    )
    told = read(page, "The lessons were three.", longest=120)
    assert told.startswith("The lessons were three. Firstly,")
    assert told.endswith("Thirdly, the harbour silted up.")
    assert read(page, "Swans came in May.") == "Swans came in May."
