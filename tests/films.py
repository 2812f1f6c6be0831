"""The films that ship: found, not listed, so that a new one is looked at by every test that looks at films.

A test that some film cannot pass names it, with the reason; a name that is no film, or no longer has to be named where
the test can know, is a mistake.
"""

from __future__ import annotations

from pathlib import Path

from tapehead.scenes.episode import BUILT_IN

FOLDERS: tuple[Path, ...] = tuple(sorted(path.parent.resolve() for path in BUILT_IN.glob("*/episode.py")))
PACKAGES: tuple[str, ...] = tuple(folder.name for folder in FOLDERS)
SLUGS: tuple[str, ...] = tuple(name.replace("_", "-") for name in PACKAGES)
REPORTS = ("circuit-report", "direction-report")
"""Films of somebody's own run: what they say and show depends on it."""


def films(*without: str) -> list[str]:
    """The slugs of all films but some."""
    assert set(without) <= set(SLUGS), f"there is no film {sorted(set(without) - set(SLUGS))}"
    return [slug for slug in SLUGS if slug not in without]
