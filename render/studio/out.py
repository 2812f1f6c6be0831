"""What a film can be made into, and the command for each: only what is on these lists can be asked for.

Publishing is two steps.  A dry run says what would be sent; only that very wish can be sent then, only while the
package is the one that was looked at, and only by somebody who writes the film's title.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tapehead.analysis.errors import UsageError
from tapehead.analysis.store import digest_file
from tapehead.render.package.gather import package_folder
from tapehead.render.package.manifest import MANIFEST
from tapehead.render.quality import QUALITIES, quality_named
from tapehead.render.studio.bench import Bench
from tapehead.render.studio.captions_file import Captions
from tapehead.render.studio.jobs import DONE, Job
from tapehead.render.youtube_rules import PRIVACIES
from tapehead.scenes.episode import Episode

RENDER, DRY_RUN, PUBLISH = "render", "dry run", "publish"
PICTURES, NUMBERS = ("pdf", "svg", "png"), ("csv", "npz", "xlsx")
DECKS = ("html", "pptx", "pdf")
TIMELINES, CODECS = ("otio", "fcpxml", "edl"), ("prores", "ffv1")
SHORTEST, LONGEST = 10, 180
"""Seconds of a short."""


@dataclass(frozen=True)
class Wanted:
    """A job to be: its kind, what it is called, and the command's words after ``tapehead``."""

    kind: str
    title: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Workshop:
    """The film that something is made of: how it is named on the command line, its voice, and where films lie."""

    name: str
    episode: Episode
    voice: str
    out: Path
    bench: Bench
    """The presets that there are."""

    def wanted(self, kind: str, asked: Mapping[str, Any]) -> Wanted:
        """The command for something that a tab asks for.

        Raises:
            TapeheadError: there is no such kind, or a choice that it does not have.
        """
        if kind not in KINDS:
            raise UsageError(f"'{kind}' cannot be made here; {', '.join(KINDS)} can")
        made = KINDS[kind](self, asked)
        where = () if "--out" in made.words else ("--out", str(self.out))
        return Wanted(made.kind, made.title, (*made.words, *where, "--json"))

    def package_stamp(self) -> str:
        """A digest of the package that lies there; empty if there is none."""
        path = package_folder(self.out, self.episode.slug) / MANIFEST
        return digest_file(path) if path.is_file() else ""

    def publishing(self, dry: Job | None, seen: str, sure: str) -> Wanted:
        """The command that sends what a dry run has shown.

        Args:
            dry: the job of the dry run.
            seen: the package's stamp when that ended.
            sure: what was written by hand, to be sure.

        Raises:
            UsageError: it was not shown, it is another package by now, or nobody is sure.
        """
        if dry is None or dry.kind != DRY_RUN or dry.state != DONE:
            raise UsageError("look at the dry run first: it says what would be sent")
        if not seen:
            raise UsageError("there is no package yet; make it, and look at a dry run of it")
        if self.package_stamp() != seen:
            raise UsageError("the package is another one than the dry run has shown; look at a new dry run")
        if " ".join(sure.split()) != " ".join(self.episode.title.split()):
            raise UsageError("nothing was sent: write the film's title, letter by letter, to publish it")
        words = tuple(word for word in dry.arguments[1:] if word != "--dry-run")
        return Wanted(PUBLISH, "publish the film", words)


def _quality(asked: Mapping[str, Any]) -> tuple[str, ...]:
    """The quality of a film that is there; empty for the largest."""
    quality = _text(asked, "quality", "")
    if quality:
        quality_named(quality)
    return ("--quality", quality) if quality else ()


def _render(shop: Workshop, asked: Mapping[str, Any]) -> Wanted:
    quality, tape = _text(asked, "quality"), shop.bench.argument(_text(asked, "tape"))
    quality_named(quality)
    words = ("render", shop.name, "--quality", quality, "--tape", tape, "--voice", shop.voice)
    return Wanted(RENDER, f"render at {quality}", words)


def _package(shop: Workshop, asked: Mapping[str, Any]) -> Wanted:
    return Wanted("package", "package", ("package", shop.name, *_quality(asked), "--voice", shop.voice))


def _figures(shop: Workshop, asked: Mapping[str, Any]) -> Wanted:
    formats = _texts(asked, "formats", (*PICTURES, *NUMBERS))
    style = _one(asked, "style", ("light", "dark", "print"))
    words = ("figures", shop.name, "--format", ",".join(formats), "--style", style)
    everything = ("--all",) if asked.get("all") is True else ()
    return Wanted("figures", f"figures as {', '.join(formats)}", (*words, *everything))


def _slides(shop: Workshop, asked: Mapping[str, Any]) -> Wanted:
    to, stops = _one(asked, "to", DECKS), _one(asked, "stops", ("cues", "marks"))
    words = ("slides", shop.name, "--to", to, "--stops", stops, "--voice", shop.voice, *_quality(asked))
    more = tuple(f"--{name}" for name in ("titles", "numbers") if asked.get(name) is True)
    return Wanted("slides", f"slides as {to}", (*words, *more))


def _short(shop: Workshop, asked: Mapping[str, Any]) -> Wanted:
    scenes = _texts(asked, "scenes", tuple(scene.name for scene in shop.episode.scenes))
    most = asked.get("most", 60)
    if not isinstance(most, int) or isinstance(most, bool) or not SHORTEST <= most <= LONGEST:
        raise UsageError(f"a short has {SHORTEST} to {LONGEST} seconds; got {most!r}")
    words = ("short", shop.name, "--scenes", ",".join(scenes), "--max", str(most), "--voice", shop.voice)
    return Wanted("short", f"short of {', '.join(scenes)}", words)


def _page(shop: Workshop, asked: Mapping[str, Any]) -> Wanted:
    place = shop.out / shop.episode.slug / "page" / "index.html"
    quality = _one(asked, "quality", tuple(QUALITIES))
    words = ("page", shop.name, "--films", str(shop.out), "--voice", shop.voice, "--quality", quality)
    return Wanted("page", "page for readers", (*words, "--out", str(place)))


def _export(shop: Workshop, asked: Mapping[str, Any]) -> Wanted:
    to, codec = _texts(asked, "to", TIMELINES), _one(asked, "codec", CODECS)
    quality, tape = _text(asked, "quality"), shop.bench.argument(_text(asked, "tape"))
    quality_named(quality)
    words = ("export", shop.name, "--to", ",".join(to), "--codec", codec, "--quality", quality, "--tape", tape)
    alpha = ("--alpha",) if asked.get("alpha") is True else ()
    return Wanted("export", f"for an editing program, {quality}", (*words, "--voice", shop.voice, *alpha))


def _dub(shop: Workshop, asked: Mapping[str, Any]) -> Wanted:
    language = _text(asked, "language")
    known = Captions(shop.episode).languages()
    if language not in known:
        raise UsageError(
            f"there are no captions in '{language[:40]}' to be spoken; there are {', '.join(known) or 'none'}"
        )
    quality, tape = _text(asked, "quality"), shop.bench.argument(_text(asked, "tape"))
    quality_named(quality)
    words = ("dub", shop.name, language, "--quality", quality, "--tape", tape, "--voice", shop.voice)
    return Wanted("dub", f"dub in '{language}' at {quality}", words)


def _dry_run(shop: Workshop, asked: Mapping[str, Any]) -> Wanted:
    privacy = _one(asked, "privacy", tuple(PRIVACIES))
    captions = "--captions" if asked.get("captions", True) is True else "--no-captions"
    words = ("publish", shop.name, "--dry-run", "--privacy", privacy, captions, *_quality(asked))
    return Wanted(DRY_RUN, f"dry run of publishing as {privacy}", words)


KINDS: dict[str, Callable[[Workshop, Mapping[str, Any]], Wanted]] = {
    RENDER: _render,
    "package": _package,
    "figures": _figures,
    "slides": _slides,
    "short": _short,
    "page": _page,
    "export": _export,
    "dub": _dub,
    DRY_RUN: _dry_run,
}


def _text(asked: Mapping[str, Any], name: str, otherwise: str | None = None) -> str:
    value = asked.get(name, otherwise)
    if not isinstance(value, str):
        raise UsageError(f"'{name}' is missing")
    return value


def _one(asked: Mapping[str, Any], name: str, known: tuple[str, ...]) -> str:
    """One of a list; the first unless something is said."""
    value = _text(asked, name, known[0])
    if value not in known:
        raise UsageError(f"'{name}' is {', '.join(known)}; not '{value[:60]}'")
    return value


def _texts(asked: Mapping[str, Any], name: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """Some of a list, each once, in the order in which they were asked for."""
    value = asked.get(name)
    if not isinstance(value, list) or not value or not all(isinstance(each, str) for each in value):
        raise UsageError(f"'{name}': choose some of {', '.join(known)}")
    if strange := next((each for each in value if each not in known), None):
        raise UsageError(f"'{name}' are some of {', '.join(known)}; not '{strange[:60]}'")
    return tuple(dict.fromkeys(value))
