"""Patterns from text: what is read, what is written again, what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from tapehead.analysis.errors import UsageError
from tapehead.analysis.graphs.patterns import CHILD, DESCENDANT, Pattern, PatternEdge, parse_pattern

from .small_graphs import patterns


def test_statements_chains_and_comments() -> None:
    found = parse_pattern('who:breed -> home@Japan; who => c:"big class"  # a comment; x\nhome -> c\nz')
    assert found.names == ("who", "home", "c", "z")
    assert found.labels == ("breed", "", "big class", "")
    assert found.tied == ("", "Japan", "", "")
    assert found.edges == (PatternEdge(0, 1, CHILD), PatternEdge(0, 2, DESCENDANT), PatternEdge(1, 2, CHILD))
    assert found.parts() == [[0, 1, 2], [3]]


def test_names_with_dashes_and_without_spaces() -> None:
    assert parse_pattern("a-b:x-y->c=d=>e").names == ("a-b", "c=d", "e")


@settings(max_examples=100, deadline=None)
@given(patterns(most=6, labels=3))
def test_what_is_written_is_read_again(pattern: Pattern) -> None:
    assert parse_pattern(str(pattern)).edges_by_name() == pattern.edges_by_name()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("  # nothing", "empty"),
        ("a ->", "leads nowhere"),
        ("-> a", "node's name was expected"),
        ("a b", "arrow was expected"),
        ("a:", "no label behind it"),
        ("a@ -> b", "no node behind it"),
        ("a:x\na:y", "line 2.*label 'x' already"),
        ("a > b", "'>' is not understood"),
        ('a:"open', "is not understood"),
        ("; ".join(f"n{k}" for k in range(65)), "at most 64"),
    ],
)
def test_what_is_not_understood_is_said_with_its_line(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        parse_pattern(text)


def test_trees_and_orders() -> None:
    assert parse_pattern("a -> b; a -> c").is_tree()
    assert not parse_pattern("a -> b; a -> c; b -> c").is_tree()
    assert not parse_pattern("a -> b; b -> a").is_tree()
    assert not parse_pattern("a -> a").is_tree()
    assert parse_pattern("a -> b; b -> a").topological() is None
    assert parse_pattern("b -> c; a -> b").topological() == [2, 0, 1]
    assert parse_pattern("a -> b; b => c").closure() == {(0, 1), (1, 2), (0, 2)}
    assert str(parse_pattern("a:x -> b:y; b => c").sub([1])) == "b:y => c"
