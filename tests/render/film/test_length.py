"""A cut that is too long: how long, and which scenes to leave out."""

from __future__ import annotations

from itertools import combinations
from types import SimpleNamespace
from typing import Any

import pytest

from tapehead.analysis.errors import UsageError
from tapehead.render.film.length import refuse_long, spoken_s, to_leave_out


def plan(**seconds: float) -> Any:
    scenes = [
        SimpleNamespace(name=name, expected_frames=int(length * 10), package="x" * (name == "card"))
        for name, length in seconds.items()
    ]
    return SimpleNamespace(scenes=scenes, quality=SimpleNamespace(fps=10))


def test_what_fits_passes() -> None:
    made = plan(a=20, b=30, card=2.5)
    refuse_long(made, spoken_s(made), 60)
    refuse_long(made, {"a": 500.0, "b": 1.0, "card": 1.0}, 0)


def test_the_message_has_the_duration_and_what_to_leave_out() -> None:
    made = plan(hook=30, map=25, end=28, card=2.5)
    with pytest.raises(UsageError) as failed:
        refuse_long(made, spoken_s(made), 60)
    said = str(failed.value)
    assert "lasts 85.5 s, and 60 s are the most" in said
    assert "(hook 30.0 s, map 25.0 s, end 28.0 s, end card 2.5 s)" in said
    assert said.endswith("leave out end, and 57.5 s are left"), "without map, 60.5 s are left"
    made = plan(hook=70, card=2.5)
    with pytest.raises(UsageError, match="choose shorter scenes, or allow 180 s"):
        refuse_long(made, spoken_s(made), 60)


def test_no_fewer_and_no_shorter_scenes_would_do() -> None:
    """Against every subset."""
    seconds = {"a": 31.0, "b": 17.0, "c": 24.0, "d": 9.0, "e": 12.0}
    for most in (20, 40, 60, 80):
        out = to_leave_out(seconds, most)
        enough = [
            each
            for count in range(6)
            for each in combinations(seconds, count)
            if sum(seconds.values()) - sum(seconds[name] for name in each) <= most
        ]
        best = min(enough, key=lambda each: (len(each), sum(seconds[name] for name in each)))
        assert sum(seconds[name] for name in out) == sum(seconds[name] for name in best)
        assert len(out) == len(best)
    many = {f"s{number}": 5.0 + number for number in range(15)}
    kept = sum(many.values()) - sum(many[name] for name in to_leave_out(many, 60))
    assert 0 < kept <= 60
