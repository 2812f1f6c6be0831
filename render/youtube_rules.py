"""What YouTube accepts.  Every function returns complaints, each one sentence; an empty list means that all is well.

The platform reports hardly any of this: it cuts, drops or refuses without saying why.  Numbers were checked in
November 2026 against the API's description (https://developers.google.com/youtube/v3/docs) and its help pages.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

TITLE, DESCRIPTION, TAGS = 100, 5000, 500
"""Characters of a title; UTF-8 bytes of a description; characters of all tags together."""
CHAPTERS, CHAPTER_S = 3, 10
"""Least number of chapters, and the least length of each in seconds."""
THUMBNAIL_BYTES, THUMBNAIL_SIZE = 50_000_000, (1280, 720)
CAPTION_BYTES = 100_000_000
FILM_BYTES = 256 * 2**30
PRIVACIES = ("private", "unlisted", "public")

_LANGUAGES = """
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el
    en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu
    ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na
    nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so
    sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
    fil
"""
"""ISO 639-1, and Filipino, which has no two letters of its own."""
_LANGUAGE = re.compile(r"([a-z]{2,3})(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")


def cleaned(text: str) -> str:
    """``text`` without what the platform refuses and nobody sees: control characters, halves of surrogate pairs,
    numbers that stand for no character.  Line breaks of every kind become ``\\n``, tabs become spaces."""
    text = re.sub("\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]", "\n", text).replace("\t", " ")
    return "".join(sign for sign in text if sign == "\n" or not _unseen(sign))


def _unseen(sign: str) -> bool:
    number = ord(sign)
    return unicodedata.category(sign) in ("Cc", "Cs") or 0xFDD0 <= number <= 0xFDEF or number & 0xFFFE == 0xFFFE


def on_one_line(text: str) -> str:
    """:func:`cleaned`, and spaces instead of line breaks: for titles and tags."""
    return " ".join(cleaned(text).split())


def _unseen_problems(what: str, text: str) -> list[str]:
    if not any(_unseen(sign) for sign in text if sign not in "\n\r\t"):
        return []
    return [f"{what} holds control characters, which YouTube refuses; `tapehead package` removes them"]


def title_problems(title: str) -> list[str]:
    """A title has 1 to 100 characters, on one line, without ``<`` and ``>``."""
    found = []
    if not title.strip():
        found.append("the title is empty")
    if len(title) > TITLE:
        found.append(f"the title has {len(title)} characters, {TITLE} are allowed")
    if any(c in title for c in "<>\n"):
        found.append("the title holds '<', '>' or a line break")
    return found + _unseen_problems("the title", title)


def description_problems(text: str) -> list[str]:
    """A description has at most 5,000 bytes in UTF-8 and neither ``<`` nor ``>``."""
    found = []
    if (size := len(text.encode(errors="replace"))) > DESCRIPTION:
        found.append(f"the description has {size} bytes, {DESCRIPTION} are allowed")
    if "<" in text or ">" in text:
        found.append("the description holds '<' or '>'")
    return found + _unseen_problems("the description", text)


def tags_size(tags: Sequence[str]) -> int:
    """Characters as the API counts them: commas between tags, and quotes around each one that has a space."""
    return sum(len(tag) + 2 * (" " in tag) for tag in tags) + max(0, len(tags) - 1)


def tag_problems(tags: Sequence[str]) -> list[str]:
    """All tags together have at most 500 characters; none is empty or holds ``<``, ``>`` or a comma."""
    found = []
    if (size := tags_size(tags)) > TAGS:
        found.append(f"the tags have {size} characters together, {TAGS} are allowed")
    found += [f"the tag '{tag}' is empty or holds '<', '>' or ','" for tag in tags if _bad_tag(tag)]
    return found + _unseen_problems("a tag", " ".join(tags))


def _bad_tag(tag: str) -> bool:
    return not tag.strip() or any(c in tag for c in "<>,")


def chapter_problems(chapters: Sequence[tuple[int, str]], duration_s: float) -> list[str]:
    """Chapters as (whole second, title): three or more, the first at 0, ascending, 10 s or longer, inside the film.

    One mistake makes the platform drop all of them without a word.
    """
    if not chapters:
        return ["there are no chapters"]
    found = []
    if len(chapters) < CHAPTERS:
        found.append(f"there are {len(chapters)} chapters, YouTube shows none below {CHAPTERS}")
    if chapters[0][0] != 0:
        found.append(f"the first chapter starts at {chapters[0][0]} s and has to start at 0:00")
    ends = [start for start, _ in chapters[1:]] + [duration_s]
    for (start, title), end in zip(chapters, ends, strict=True):
        if not title.strip():
            found.append(f"the chapter at {start} s has no title")
        if any(c in title for c in "<>\n"):
            found.append(f"the chapter title '{title}' holds '<', '>' or a line break")
        if end <= start:
            found.append(f"the chapter '{title}' starts at {start} s and the next, or the end, is at {end:g} s")
        elif end - start < CHAPTER_S:
            found.append(f"the chapter '{title}' lasts {end - start:g} s, {CHAPTER_S} s are the least")
    return found


def language_problems(code: str) -> list[str]:
    """A language is a BCP-47 code: ``en``, ``pt-BR``, ``zh-Hant``."""
    match = _LANGUAGE.fullmatch(code)
    if not match or match[1] not in _LANGUAGES.split():
        return [f"'{code}' is no language code; it reads like en, de, pt-BR or zh-Hant"]
    return []


def thumbnail_problems(path: Path) -> list[str]:
    """A thumbnail is a JPEG or PNG of 16:9, at least 1280×720, at most 50 MB."""
    from PIL import Image, UnidentifiedImageError

    if (size := path.stat().st_size) > THUMBNAIL_BYTES:
        return [f"the thumbnail {path.name} has {size / 1e6:.1f} MB, {THUMBNAIL_BYTES / 1e6:.0f} are allowed"]
    try:
        with Image.open(path) as picture:
            kind, (width, height) = picture.format, picture.size
    except (UnidentifiedImageError, OSError):
        return [f"the thumbnail {path.name} is no picture that can be read"]
    found = []
    if kind not in ("PNG", "JPEG"):
        found.append(f"the thumbnail {path.name} is {kind}; PNG and JPEG are taken")
    if width < THUMBNAIL_SIZE[0] or height < THUMBNAIL_SIZE[1]:
        found.append(f"the thumbnail {path.name} has {width}×{height} pixels; 1280×720 are the least")
    if width * 9 != height * 16:
        found.append(f"the thumbnail {path.name} has {width}×{height} pixels, which is not 16:9")
    return found


def schedule_problems(at: datetime, now: datetime, privacy: str) -> list[str]:
    """A film is scheduled with a time zone, in the future, and while it is private."""
    if at.tzinfo is None:
        return [f"--at {at.isoformat()} has no time zone; write 2027-01-31T18:00+01:00, or Z at the end for UTC"]
    found = []
    if at <= now:
        found.append(f"--at {at.isoformat()} has passed; it is {now.astimezone(UTC):%Y-%m-%dT%H:%MZ}")
    if privacy != "private":
        found.append(f"--at goes with --privacy private only, not with {privacy}: YouTube makes it public at that time")
    return found
