"""All pages of a channel, and one that leads to them."""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from pathlib import Path

from tapehead.analysis.errors import OutputError, UsageError
from tapehead.analysis.store import Store, write_atomically
from tapehead.render.encoding.container import ENDING
from tapehead.render.film.make import Choices
from tapehead.render.page.document import clock, whole
from tapehead.render.page.film import film_file, pictures_at
from tapehead.render.page.html import Html, join, tag
from tapehead.render.page.look import PageLook
from tapehead.render.page.make import Made, make_page
from tapehead.render.planning.brand import NONE, PLAIN, brand_for, read_brand
from tapehead.render.progress import Reporter
from tapehead.render.quality import QUALITIES
from tapehead.scenes.episode import Episode, folders, load_episode

INDEX = "index.html"
_SHOWN_AT = 0.4
"""Where in a film the picture lies that stands for it: its first act is over and nothing is settled yet."""


@dataclass(frozen=True)
class Channel:
    """The index and the pages that it leads to."""

    index: Path
    pages: tuple[Made, ...]


def rendered(slug: str, films: Path) -> Path | None:
    """The largest film of an episode that lies in ``films``, if there is one."""
    for quality in reversed(tuple(QUALITIES)):
        if (path := films / slug / quality / f"{slug}{ENDING}").is_file():
            return path
    return None


def make_all(
    choices: Choices, store: Store, reporter: Reporter, out: Path, *, pictures: bool = True, brand: str = ""
) -> Channel:
    """A page for each film that was rendered into ``choices.out``, and the index.

    ``brand`` is the file of a channel's look; without one each film has that of its folder, and the index has none.

    Raises:
        UsageError: there is no film at all.
    """
    there = [(folder, film) for slug, folder in folders() if (film := rendered(slug, choices.out)) is not None]
    found = [(load_episode(folder), film) for folder, film in there]  # only what has a film is run
    if not found:
        raise UsageError(f"there is no film in {choices.out}: `tapehead render` makes one, --films says where they lie")
    channel = read_brand(Path(brand).expanduser()) if brand not in ("", NONE) else None
    pages: list[Made] = []
    entries: list[Html] = []
    for episode, film in found:
        target = out / episode.slug / INDEX
        own = replace(choices, brand=brand_for(episode.folder, brand))
        pages.append(make_page(episode, own, store, reporter, target, film, pictures=pictures, index=f"../{INDEX}"))
        entries.append(_entry(episode, film, pictures))
    try:
        write_atomically(out / INDEX, _index(entries, PageLook(channel or PLAIN)))
    except OSError as error:
        raise OutputError(f"{out} cannot be written: {error.strerror or error}; choose another --out") from error
    return Channel(out / INDEX, tuple(pages))


def _entry(episode: Episode, film: Path, pictures: bool) -> Html:
    timeline = film_file(film).timeline
    image = None
    if pictures and timeline is not None:
        data = base64.b64encode(pictures_at(film, [timeline.duration * _SHOWN_AT])[0]).decode()
        image = tag("img", src=f"data:image/webp;base64,{data}", alt="", width="640", height="360", loading="lazy")
    time = tag("p", clock(timeline.duration), class_="facts") if timeline else None
    return tag(
        "li",
        tag("a", image, tag("h2", episode.title), href=f"{episode.slug}/{INDEX}"),
        time,
        tag("p", episode.description) if episode.description else None,
    )


def _index(entries: list[Html], look: PageLook) -> str:
    body = join(
        tag("header", look.head(), tag("h1", "Films in which every number was computed")),
        tag("main", tag("ul", entries, class_="films"), class_="columns"),
        tag("footer", foot) if (foot := look.foot()) else None,
    )
    return whole(f"{look.brand.name or 'tapehead'}: all films", "en", body, "", look=look)
