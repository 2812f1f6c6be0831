"""Texts of facts: every piece knows where it was read, what is put together from it does not."""

from __future__ import annotations

import copy

from tapehead.scenes.stage.facts import Told, facts_of

FACTS = facts_of("says", {"task": {"members": ["1", "2"], "text": " Ted born in 1. Dan born in 2 "}, "seed": 3})


def test_a_fact_knows_its_place_and_is_still_what_it_was() -> None:
    assert FACTS == {"task": {"members": ["1", "2"], "text": " Ted born in 1. Dan born in 2 "}, "seed": 3}
    assert FACTS["task"]["members"][1].source == "says:task/members[1]"
    assert FACTS["task"]["text"].source == "says:task/text"


def test_pieces_know_it_and_compositions_do_not() -> None:
    text = FACTS["task"]["text"]
    pieces = [text.strip(), text[3:5], *text.split(), *text.partition("1"), str(text), copy.deepcopy(text)]
    assert {piece.source for piece in pieces} == {"says:task/text"}
    assert text.split()[-1] == "2" and text.strip().split(". ")[1] == "Dan born in 2"
    assert not isinstance(text + "6", Told)
