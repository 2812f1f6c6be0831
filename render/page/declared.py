"""``page.toml`` beside an episode: what its page has beyond the film, as data.

Everything in it is optional, and an episode without it has a page all the same::

    [figures]                       # in which scene a figure stands; else: the first one that uses its result
    map = "two_rows"

    [numbers."adding.orders"]       # what a line says in words, and where that was read
    "two and three quarters" = "map/a[cat=Tom,output=nap]"

    [controls."fit/rms"]            # beside which number a number has to be seen
    text = "the luckiest of a thousand shuffles of the ears"
    number = "fit/null_rms_best"
    n = "fit/cats"

    [[toy]]                         # a figure that can be touched
    id = "map"
    kind = "plane-map"
    scene = "two_rows"
    title = "Drag the cat, drag the rows"
    text = "…"
    [toy.data]
    W = "map/W"
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from tapehead.analysis.errors import EpisodeError, UnknownNameError
from tapehead.analysis.outside_files import OutsideFileError, read_toml
from tapehead.scenes.episode import Episode

FILE = "page.toml"
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class Control(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a number is compared with: words, the number itself, and how many were looked at."""

    text: str = ""
    number: str = ""
    n: str = ""


class Toy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One figure that can be touched.

    ``data`` names quantities of results, ``facts`` lists of words in their facts (``clues:names``); ``options`` are
    settings of its kind.
    """

    id: str
    kind: str
    scene: str
    title: str
    text: str = ""
    data: dict[str, str] = {}
    facts: dict[str, str] = {}
    options: dict[str, Any] = {}


class PageFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    figures: dict[str, str] = {}
    numbers: dict[str, dict[str, str]] = {}
    controls: dict[str, Control] = {}
    toy: list[Toy] = []


def page_file(episode: Episode) -> PageFile:
    """What an episode declares for its page; nothing if it has no such file.

    Raises:
        EpisodeError: it has not the form of one, or names a scene or a line that the episode does not have.
    """
    path = episode.folder / FILE
    try:
        declared = msgspec.convert(read_toml(path), PageFile)
    except FileNotFoundError:
        return PageFile()
    except OSError as error:
        raise EpisodeError(f"{path} cannot be read: {error.strerror}") from error
    except OutsideFileError as error:
        raise EpisodeError(str(error)) from None
    except msgspec.ValidationError as error:
        raise EpisodeError(f"{path}: {error}; docs/page.md says what may stand there") from None
    try:
        for name in (*declared.figures.values(), *(toy.scene for toy in declared.toy)):
            episode.scene(name)
        lines = {line.key for line in episode.script().lines}
        for key in declared.numbers:
            if key not in lines:
                raise UnknownNameError("line", key, sorted(lines))
    except UnknownNameError as error:
        raise EpisodeError(f"{path}: {error}") from None
    ids = [toy.id for toy in declared.toy]
    for one in ids:
        if not _ID.fullmatch(one) or ids.count(one) > 1:
            raise EpisodeError(f"{path}: '{one}' names a toy: small letters, digits and dashes, and each only once")
    return declared
