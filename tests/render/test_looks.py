"""Work in a channel's look: in a process that has it, with what it returns and what it raises."""

from __future__ import annotations

import os

import pytest

from tapehead.analysis.errors import EpisodeError
from tapehead.render.workers.looks import in_look, looking
from tapehead.scenes.stage.branding import LOOK, VARIABLE, Look

GREEN = Look({"ground": "#103010"})


def test_it_is_done_in_another_process_with_the_look() -> None:
    assert in_look(GREEN, Look.from_environment) == GREEN
    assert in_look(GREEN, os.getpid) != os.getpid() == in_look(LOOK, os.getpid)
    assert VARIABLE not in os.environ
    with pytest.raises(EpisodeError, match="no x"):
        in_look(GREEN, fails, "x")


def fails(what: str) -> None:
    raise EpisodeError(f"no {what}")


def test_the_environment_is_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "before")
    with looking(GREEN):
        assert Look.from_environment() == GREEN
    with looking(Look()):
        assert VARIABLE not in os.environ
    assert os.environ[VARIABLE] == "before"
