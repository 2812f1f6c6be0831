"""Sizes and rates: what is taken, and one line for what is not."""

from __future__ import annotations

import pytest

from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.render.quality import QUALITIES, chosen, quality_named, sized


@pytest.mark.parametrize(
    ("size", "rate", "expected"),
    [
        ("1080x1920", 0, ("1080x1920p30", 1080, 1920, 30)),
        ("1080x1080", 25, ("1080x1080p25", 1080, 1080, 25)),
        ("640X360p12", 0, ("640x360p12", 640, 360, 12)),
        ("3840×2160p120", 120, ("3840x2160p120", 3840, 2160, 120)),
    ],
)
def test_any_size_and_rate(size: str, rate: int, expected: tuple[str, int, int, int]) -> None:
    found = sized(size, rate)
    assert (found.name, found.width, found.height, found.fps) == expected
    assert quality_named(found.name) == found, "its name says all of it"


@pytest.mark.parametrize(
    ("size", "rate", "said"),
    [
        ("1081x1920", 0, "try 1082x1920"),
        ("100x1920", 0, "144 to 4096"),
        ("5000x200", 0, "144 to 4096"),
        ("4096x4096", 0, "8294400"),
        ("1080", 0, "WIDTHxHEIGHT"),
        ("-2x4", 0, "WIDTHxHEIGHT"),
        ("1080x1920", 121, "1 to 120 frames per second, not 121"),
        ("1080x1920p25", 30, "two rates"),
    ],
)
def test_what_no_film_can_have_is_one_line(size: str, rate: int, said: str) -> None:
    with pytest.raises(UsageError, match=said) as failed:
        sized(size, rate)
    assert "\n" not in str(failed.value)


def test_a_quality_a_size_and_a_rate_together() -> None:
    assert chosen("720p30") is QUALITIES["720p30"]
    assert chosen("480p15", "", 15) is QUALITIES["480p15"]
    assert chosen("720p30", "", 24).name == "1280x720p24"
    assert chosen("480p15", "540x960").name == "540x960p30", "the default is no choice"
    with pytest.raises(UsageError, match="two sizes"):
        chosen("720p30", "540x960")
    with pytest.raises(UnknownNameError, match="quality"):
        chosen("720p31")
