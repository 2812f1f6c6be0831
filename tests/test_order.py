"""Side by side, the group that takes longest begins first: what `tests/conftest.py` knows of long and usual tests."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.conftest import TIMES, Times, kinds_of, weights


def order(found: dict[str, float]) -> list[str]:
    return sorted(found, key=lambda name: -found[name])


def test_a_group_weighs_what_will_be_run_of_it() -> None:
    known = {"default": {"a": 50.0, "b": 20.0}, "long": {"a": 10.0, "b": 900.0, "c": 300.0}}
    usual, long = [("a", "default"), ("b", "default")], [("a", "long"), ("b", "long"), ("c", "long")]
    assert weights(usual, known) == {"a": 50.0, "b": 20.0}
    assert order(weights(long, known)) == ["b", "c", "a"]
    assert weights([*usual, *long], known) == {"a": 60.0, "b": 920.0, "c": 300.0}
    assert weights([("new", "default")], known) == {"new": 0.0}


def test_without_times_whole_films_begin_before_anything_usual() -> None:
    asked = [("test_cli.py", "default"), ("test_logs.py", "default"), ("quick scenes of friends", "default")]
    films = [("whole film editing", "long"), ("layout of editing", "long")]
    found = weights([*asked, *films], {"default": None, "long": None})
    assert order(found)[:2] == ["whole film editing", "layout of editing"]
    assert order(found)[2:] == ["test_cli.py", "quick scenes of friends", "test_logs.py"]


@pytest.mark.parametrize(
    ("expression", "kinds"),
    [
        ("not long", ("default",)),
        ("long", ("long",)),
        ("long or not long", ("default", "long")),
        ("", ("default", "long")),
        ("slow and not long", ()),
    ],
)
def test_a_run_tells_of_what_it_asked_for(expression: str, kinds: tuple[str, ...]) -> None:
    assert kinds_of(expression) == kinds


class Kept(dict[str, Any]):
    """Stands for pytest's cache."""

    set = dict.__setitem__


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({}, True),
        ({"keyword": "some"}, False),
        ({"shouldstop": "stopped"}, False),
        ({"source": pytest.Config.ArgsSource.ARGS}, False),
        ({"status": pytest.ExitCode.INTERRUPTED}, False),
        ({"status": pytest.ExitCode.TESTS_FAILED}, True),
    ],
)
def test_only_a_whole_run_leaves_times(more: dict[str, Any], told: bool) -> None:
    times, cache = Times(), Kept({TIMES["default"]: {"before": 3.0}})
    for name, keywords, seconds in (
        ("tests/x.py::test_a@group one", {"test_a": 1}, 1.0),
        ("tests/x.py::test_b@group one", {"long": 1}, 60.0),
        ("tests/y.py::test_c@y.py", {"long": 1}, 5.0),
        ("tests/y.py::test_c@y.py", {"long": 1}, 2.0),
    ):
        times.pytest_runtest_logreport(SimpleNamespace(nodeid=name, keywords=keywords, duration=seconds))  # type: ignore[arg-type]
    option = SimpleNamespace(keyword=more.get("keyword", ""), markexpr="long")
    source = more.get("source", pytest.Config.ArgsSource.TESTPATHS)
    config = SimpleNamespace(args_source=source, option=option, cache=cache)
    session = SimpleNamespace(config=config, shouldstop=more.get("shouldstop", False), shouldfail=False)
    times.pytest_sessionfinish(session, more.get("status", pytest.ExitCode.OK))  # type: ignore[arg-type]
    assert cache[TIMES["default"]] == {"before": 3.0}, "what was not asked for keeps its times"
    assert cache.get(TIMES["long"]) == ({"group one": 60.0, "y.py": 7.0} if told else None)
