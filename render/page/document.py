"""The page itself, as text.  Without a script it is whole; the script makes it follow the film."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tapehead.render.page.cards import Cards, with_unit
from tapehead.render.page.declared import Toy
from tapehead.render.page.html import Html, join, tag
from tapehead.render.page.look import PageLook
from tapehead.render.page.narration import Spoken
from tapehead.render.page.sources import Origin, Place
from tapehead.render.page.svg import address, recoloured, size_of
from tapehead.render.page.toys import WEB, scripts, table
from tapehead.scenes.episode import Episode

_BESIDE = "'self' file:"
"""Where a film may come from: what lies beside a page that was opened from a disk has no origin that 'self' names."""


@dataclass(frozen=True)
class Picture:
    """A still picture after the line ``key``; ``seconds`` is where in the film, if there is one."""

    key: str
    data: bytes
    seconds: float | None = None


@dataclass(frozen=True)
class Drawn:
    """A figure in both looks, with its caption and the result that it shows."""

    name: str
    scene: str
    result: str
    caption: str
    light: bytes
    dark: bytes


@dataclass(frozen=True)
class SceneStart:
    """A scene's place in the film, in seconds."""

    start: float
    end: float


@dataclass(frozen=True)
class Page:
    """All that a page is made of."""

    episode: Episode
    language: str
    lines: tuple[Spoken, ...]
    cards: Cards
    origins: Mapping[str, Origin]
    pictures: tuple[Picture, ...] = ()
    figures: tuple[Drawn, ...] = ()
    toys: tuple[tuple[Toy, Mapping[str, Any]], ...] = ()
    film: str = ""
    """The film's address, relative to the page."""
    duration: float = 0.0
    captions: str = ""
    """WebVTT."""
    spans: Mapping[str, SceneStart] = field(default_factory=dict)
    shown: Mapping[str, Sequence[tuple[str, Place]]] = field(default_factory=dict)
    """By scene: what its pictures show of results."""
    notes: tuple[str, ...] = ()
    """What a reader has to know before trusting the page: it was made from another film, say."""
    index: str = ""
    """Where the list of all films is, relative to the page."""
    look: PageLook = field(default_factory=PageLook)


def clock(seconds: float) -> str:
    """``4:07``, or ``1:04:07``."""
    whole = int(seconds + 1e-6)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02d}:{whole % 60:02d}" if hours else f"{minutes}:{whole % 60:02d}"


def document(page: Page) -> str:
    """The whole file."""
    names = _speakers(page.lines)
    numbered = list(enumerate(page.episode.scenes, 1))
    places: dict[str, Place] = {}
    for line in page.lines:
        places |= {spot.place.source: spot.place for spot in line.spots if spot.place}
    main = [_scene(page, number, scene.name, scene.title, names) for number, scene in numbered]
    data = {
        "slug": page.episode.slug,
        "toys": [toy.id for toy, _made in page.toys],
        "lines": [[line.key, line.scene, line.start, line.end] for line in page.lines if line.start is not None],
    }
    body = join(
        tag("a", "Skip to the first scene", href=f"#{page.episode.scenes[0].name}", class_="skip"),
        _header(page),
        tag("div", tag("aside", _player(page), _chapters(page), class_="side"), tag("main", main), class_="columns"),
        tag("footer", _about(page), page.look.foot(), id="sources"),
        [page.cards.drawn(place) for place in places.values()],
        _data("data", data),
        [_data(f"data/{toy.id}", made) for toy, made in page.toys],  # each is read when its toy is looked at
    )
    script = scripts([toy.kind for toy, _made in page.toys])
    return whole(page.episode.title, page.language, body, script, page.film, page.look)


_OWN = PageLook()


def whole(title: str, language: str, body: Html, script: str, film: str = "", look: PageLook = _OWN) -> str:
    """A file that asks nobody for anything: its style and script are known by their digests, all else is refused."""
    style = (WEB / "page.css").read_text(encoding="utf-8") + look.css()
    policy = "; ".join(
        (
            "default-src 'none'",
            "img-src data:",
            f"media-src data: {_BESIDE}" if film else "media-src 'none'",
            f"style-src {_digest(style)}",
            *(["font-src data:"] if look.brand.look.font else []),
            f"script-src {_digest(script)}" if script else "script-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    head = join(
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="generator", content="tapehead"),
        tag("title", title),
        Html(f"<style>{style}</style>"),
    )
    code = Html(f"<script>{script}</script>") if script else Html("")
    return (
        "<!doctype html>\n"
        + tag("html", tag("head", head), tag("body", body, code), lang=language, data_look=look.opens or None)
        + "\n"
    )


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def embedded(data: Any) -> str:
    """JSON that may stand inside a script element: nothing in it can end that element or begin another."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _data(name: str, data: Any) -> Html:
    return Html(f'<script type="application/json" id="{name}">{embedded(data)}</script>')


def _uri(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def _header(page: Page) -> Html:
    minutes = f"{max(1, round(page.duration / 60))} minutes" if page.duration else ""
    # Not a button without a script: it could do nothing.
    look = tag("button", "Dark", type="button", id="look", hidden=True)
    back = tag("a", "all films", href=page.index) if page.index else None
    line = [part for part in (minutes, f"{len(page.episode.scenes)} scenes", f"{len(page.origins)} results") if part]
    return tag(
        "header",
        page.look.head(),
        tag("div", tag("p", " · ".join(line), class_="facts"), tag("p", back, look, class_="tools"), class_="top"),
        tag("h1", page.episode.title),
        tag("p", page.episode.description, class_="lead") if page.episode.description else None,
        tag(
            "p",
            "Every number that is ",
            tag("span", "underlined", class_="num like"),
            " was read from a result: open it to see which, how it was computed, on how many, and beside which "
            "control.",
            class_="how",
        ),
        [tag("p", note, class_="note", role="note") for note in page.notes],
    )


def _player(page: Page) -> Html | None:
    if not page.film:
        return None
    track = tag(
        "track", kind="captions", srclang=page.language, label="Captions", default=True,
        src=_uri("text/vtt", page.captions.encode()),
    ) if page.captions else None  # fmt: skip
    poster = _uri("image/webp", page.pictures[0].data) if page.pictures else None
    return tag(
        "div",
        tag("video", track, controls=True, preload="metadata", playsinline=True, id="film", src=page.film,
            poster=poster, aria_label=f"The film: {page.episode.title}"),
        tag("p", tag("label", tag("input", type="checkbox", id="follow", checked=True), " the words follow the film"),
            class_="follow", hidden=True),
        class_="player",
    )  # fmt: skip


def _chapters(page: Page) -> Html:
    items = []
    for scene in page.episode.scenes:
        span = page.spans.get(scene.name)
        at = tag("time", clock(span.start)) if span else None
        items.append(tag("li", tag("a", tag("span", scene.title), at, href=f"#{scene.name}")))
    return tag("nav", tag("h2", "Chapters"), tag("ol", items), aria_label="Chapters", class_="chapters")


def _speakers(lines: Sequence[Spoken]) -> bool:
    """Whether several people speak, so that names are needed."""
    return len({line.speaker for line in lines}) > 1


def _scene(page: Page, number: int, name: str, title: str, names: bool) -> Html:
    lines = [line for line in page.lines if line.scene == name]
    span = page.spans.get(name)
    when = tag("a", clock(span.start), href=f"#t={span.start:.2f}", class_="when") if span else None
    read = [(line.text[spot.start : spot.end], spot.place) for line in lines for spot in line.spots if spot.place]
    loose = [f"{number} ({line.key})" for line in lines for number in line.loose]
    parts: list[Html | None] = [
        tag("h2", tag("span", str(number), class_="number"), " ", title, " ", when, id=f"h-{name}"),
        _told(page, lines, names),
        *(_toy(toy, made, page.figures) for toy, made in page.toys if toy.scene == name),
        tag("div", [_figure(one, page.look) for one in page.figures if one.scene == name], class_="figures"),
    ]
    if read:
        parts.append(_folded(f"The numbers that are said here ({len(read)})", page.cards.table(read), "numbers"))
    if shown := page.shown.get(name):
        parts.append(
            _folded(f"The numbers that are seen here ({len(shown)})", page.cards.table(list(shown)), "numbers")
        )
    if loose:
        note = tag("p", "Said in words, and tied to no result: they count, name or recall. ", ", ".join(loose))
        parts.append(_folded(f"Other numbers in these words ({len(loose)})", note, "numbers"))
    return tag("section", parts, class_="scene", id=name, aria_labelledby=f"h-{name}")


def _folded(summary: str, content: Html, class_: str) -> Html:
    return tag("details", tag("summary", summary), content, class_=class_)


def _told(page: Page, lines: Sequence[Spoken], names: bool) -> Html:
    """A scene's words, each picture beside the lines that lead to it."""
    pictures = {picture.key: picture for picture in page.pictures}
    groups: list[Html] = []
    waiting: list[Spoken] = []
    for line in lines:
        waiting.append(line)
        if line.key in pictures:
            groups.append(_group(page, waiting, pictures[line.key], names))
            waiting = []
    if waiting:
        groups.append(_group(page, waiting, None, names))
    return tag("div", groups, class_="told")


def _group(page: Page, lines: Sequence[Spoken], picture: Picture | None, names: bool) -> Html:
    image = None
    if picture is not None:
        about = f"Picture of the film while is said: {lines[-1].text}"
        inner: Html = tag(
            "img", src=_uri("image/webp", picture.data), alt=about, loading="lazy", decoding="async",
            width="640", height="360",
        )  # fmt: skip
        if picture.seconds is not None:
            inner = tag("a", inner, href=f"#t={lines[0].start or picture.seconds:.2f}", tabindex="-1")
        image = tag("figure", inner, class_="still")
    said = tag("div", [_line(page, line, names) for line in lines], class_="said")
    return tag("div", image, said, class_="group" if image else "group bare")


def _line(page: Page, line: Spoken, names: bool) -> Html:
    anchor = f"{line.scene}/{line.key.partition('.')[2]}"
    at = None
    if line.start is not None:
        at = tag("a", clock(line.start), href=f"#t={line.start:.2f}", class_="when", title="Play from here")
    else:
        at = tag("a", "¶", href=f"#{anchor}", class_="when", aria_label="Link to this line")
    who = tag("b", f"{line.speaker}: ", class_="who") if names else None
    return tag("p", at, " ", who, _words(page, line), id=anchor, class_="line")


def _words(page: Page, line: Spoken) -> Html:
    """The text, with its numbers as buttons and its words as what one can go to."""
    edges = sorted({0, len(line.text), *(e for spot in line.spots for e in (spot.start, spot.end))})
    made = []
    by_start = {spot.start: spot for spot in line.spots}
    for start, end in itertools.pairwise(edges):
        inside = _timed(line, start, end)
        spot = by_start.get(start)
        if spot is None:
            made.append(inside)
        elif spot.place is not None:
            made.append(page.cards.button(spot.place, inside))
        else:
            made.append(tag("span", inside, class_="fact", title=f"read from {spot.fact}"))
    return join(made)


def _timed(line: Spoken, start: int, end: int) -> Html:
    made: list[Html | str] = []
    at = start
    for word in line.words:
        if word.end <= start or word.start >= end:
            continue
        first, last = max(word.start, start), min(word.end, end)
        made += [line.text[at:first], tag("span", line.text[first:last], class_="w", data_t=f"{word.at:.2f}")]
        at = last
    made.append(line.text[at:end])
    return join(made)


def _figure(one: Drawn, look: PageLook) -> Html:
    """A figure as readers without a script have it; with one it becomes a picture when it is near.

    An outlined picture is work for a browser before anybody has scrolled to it, and ``loading="lazy"`` changes nothing
    for what an address holds; a ``noscript`` is text to a browser that runs scripts.
    """
    first, _, rest = _first_and_rest(one)
    named = {"light": one.light, "dark": one.dark}
    base = "dark" if look.opens == "dark" else "light"
    other = "light" if base == "dark" else "dark"
    colours = recoloured(named[base], named[other])
    width, height = size_of(named[base])

    def image(name: str, class_: str) -> Html:
        head = tag("img", alt=first, width=width or None, height=height or None, class_=class_)
        return Html(f'{head.removesuffix(">")} src="{address(named[name])}">')

    # Where more than colours differ it is both of them.
    still = join(image("light", "light"), image("dark", "dark")) if colours is None else image(base, "either")
    swaps = None if colours is None else " ".join(f"{key}={value}" for key, value in colours.items())
    # The script gives the link its address, which is the picture's: nothing stands in the file twice.
    tools = tag("p", tag("a", "SVG", download=f"{one.name}.svg", hidden=True), class_="tools")
    more = tag("details", tag("summary", "units, n, origin"), tag("p", rest, class_="pre"))
    return tag(
        "figure", tag("noscript", still), tag("figcaption", first, more, tools),
        class_="figure", id=f"figure-{one.name}", data_base=base, data_colours=swaps,
    )  # fmt: skip


def _first_and_rest(one: Drawn) -> tuple[str, str, str]:
    """A caption's first line, which says what is shown, and the others."""
    return one.caption.strip().partition("\n")


def _toy(toy: Toy, made: Mapping[str, Any], figures: Sequence[Drawn]) -> Html:
    rows = [tag("tr", [tag("td", cell) for cell in row]) for row in table(made)]
    results = {str(one["source"]).partition("/")[0] for one in made["data"].values()}
    shown = [
        tag("li", tag("a", _first_and_rest(one)[0], href=f"#figure-{one.name}"))
        for one in figures
        if one.result in results
    ]
    still = tag(
        "noscript",
        tag("p", "With JavaScript this can be moved. Its numbers:"),
        tag("div", tag("table", rows), class_="scroll", tabindex="0"),
        [tag("p", "Figures of the same results:"), tag("ul", shown)] if shown else None,
    )
    return tag(
        "section",
        tag("h3", toy.title, id=f"toy-{toy.id}-title"),
        tag("p", toy.text) if toy.text else None,
        still,
        tag("div", class_="play", data_toy=toy.id),
        class_="toy",
        id=f"toy/{toy.id}",
        aria_labelledby=f"toy-{toy.id}-title",
    )


def _about(page: Page) -> list[Html]:
    """Every result: what computed it, with what, and what it holds."""
    made = [
        tag("h2", "Where the numbers come from"),
        tag(
            "p",
            "Each result was computed by the function that is named with it, from the parameters that stand there; "
            "its digest says whether you have the same one.",
        ),
    ]
    made += [_result(origin) for origin in page.origins.values()]
    if page.episode.references:
        items = []
        for one in page.episode.references:
            # Only what is a web address becomes one to follow: a reference is text of an episode.
            safe = one.url if one.url.startswith(("https://", "http://")) else ""
            items.append(tag("li", tag("a", one.credit, href=safe, rel="noreferrer") if safe else one.credit))
        made += [tag("h2", "References"), tag("ul", items)]
    return made


def _result(origin: Origin) -> Html:
    facts = origin.facts
    parameters = ", ".join(f"{name} = {value}" for name, value in facts["parameters"].items()) or "none"
    rows = [
        ("code", tag("code", origin.code.function)),
        ("analysis", f"{facts['analysis']}, version {facts['version']}"),
        ("seed", str(facts["seed"])),
        ("parameters", parameters if len(parameters) < 1500 else f"{parameters[:1500]} …"),
        ("origin", str(origin.own.origin) + (f", model {origin.own.model}" if origin.own.model else "")),
        *([("cites", origin.own.citation)] if origin.own.citation else []),
        *((name, text) for name, text in origin.told.items()),
        ("digest", tag("code", origin.digest)),
    ]
    body = []
    for name, one in origin.own.quantities.items():
        size = " × ".join(map(str, one.values.shape)) or "one number"
        value = with_unit(float(one.values), one.unit) if one.values.ndim == 0 else ""
        cells = [tag("code", name), value, size, ", ".join(one.axes), "" if one.unit == "1" else one.unit]
        body.append(tag("tr", [tag("td", cell) for cell in cells]))
    head = tag("tr", [tag("th", each, scope="col") for each in ("quantity", "value", "size", "axes", "unit")])
    code = origin.code
    return tag(
        "details",
        tag("summary", tag("b", origin.result), " ", code.sentence),
        tag("dl", [join(tag("dt", key), tag("dd", content)) for key, content in rows]),
        tag("div", tag("table", tag("thead", head), tag("tbody", body)), class_="scroll", tabindex="0"),
        _folded("Source", tag("pre", tag("code", code.source), tabindex="0"), "source") if code.source else None,
        id=f"result-{origin.result}",
        class_="result",
    )
