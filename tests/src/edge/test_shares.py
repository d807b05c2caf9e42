"""Nobody gets everything, and what is taken can be given back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from src.edge.shares import Shares


@given(st.integers(1, 200), st.integers(1, 200), st.lists(st.sampled_from("abcdef"), max_size=400))
def test_something_is_left_for_a_newcomer_as_long_as_few_want_all(in_all: int, each: int, wants: list[str]) -> None:
    shares = Shares(in_all, each)
    for name in wants:
        shares.take(name)
    held = {name: shares.held(name) for name in set(wants)}
    assert shares.free == in_all - sum(held.values()) >= 0
    assert all(number <= each for number in held.values())
    if in_all >= 2 ** len(held):
        assert shares.take("newcomer")


def test_one_has_at_most_their_own_and_never_more_than_is_left() -> None:
    shares = Shares(in_all=100, each=30)
    assert sum(shares.take("a") for _ in range(99)) == 30
    assert not shares.take("b", 31)
    assert shares.take("b", 30)
    assert shares.take("c", 30)
    assert not shares.take("d", 11)
    assert shares.take("d", 10)


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(1, 9)), max_size=40))
def test_what_is_given_back_is_free_again(wants: list[tuple[str, int]]) -> None:
    shares = Shares(in_all=50, each=40)
    taken = [want for want in wants if shares.take(*want)]
    for want in taken:
        shares.give_back(*want)
    assert shares.free == 50
    assert shares.held("a") == shares.held("b") == 0
