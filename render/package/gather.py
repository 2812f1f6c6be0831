"""Gathering a package: out of a finished film and its timeline, whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image

from tapehead.analysis.errors import EpisodeError, OutputError, TapeheadError
from tapehead.analysis.outside_files import OutsideFileError, read_bytes, read_json
from tapehead.analysis.registry import load
from tapehead.analysis.store import Entry, Store, digest_file, leasing
from tapehead.render.encoding.container import ENDING
from tapehead.render.film.make import PROVENANCE, Choices, analyze
from tapehead.render.film.make import render as render_film
from tapehead.render.film.owner import check_owner
from tapehead.render.package.crate import CRATE, crate
from tapehead.render.package.description import clock, describe, models_of
from tapehead.render.package.manifest import RECEIPT, Package, PackageError, Part
from tapehead.render.package.thumbnail import design, no_thumbnail, save
from tapehead.render.page.make import make_page
from tapehead.render.planning.brand import PLAIN, Brand
from tapehead.render.planning.film_plan import looked
from tapehead.render.progress import Reporter
from tapehead.render.tape import tape_named
from tapehead.render.words.captions import srt, transcript, vtt
from tapehead.render.words.chapters import chapter_complaints, chapters_of
from tapehead.render.words.timeline import Timeline
from tapehead.render.words.translations import translated, translations
from tapehead.render.words.voice.choose import AUTO, voice_for
from tapehead.render.youtube_rules import (
    DESCRIPTION,
    cleaned,
    description_problems,
    language_problems,
    on_one_line,
    tag_problems,
    thumbnail_problems,
    title_problems,
)
from tapehead.scenes.episode import Episode
from tapehead.scenes.filling import filled

CLEAN = "clean"
_ENDING_S, _STILL_S = 20.0, 0.5
_RECORD = 64 * 2**20
"""Bytes of a film's timeline: every word of an hour has a hundredth of it."""
_SAME, _EMPTY = 0.1, 3.0
"""Grey levels: mean difference below which two pictures are the same; spread below which one shows nothing."""


@dataclass(frozen=True)
class Finished:
    """A finished film as it lies in its folder."""

    folder: Path
    film: Path
    record: Mapping[str, Any]
    timeline: Timeline


def package_folder(out: Path, slug: str) -> Path:
    """Where an episode's package lies."""
    return out / slug / "package"


def finished_film(episode: Episode, out: Path, quality: str) -> Finished:
    """The film that ``tapehead render`` left.

    Raises:
        PackageError: there is none, or its files are not what its provenance says.
    """
    folder = out / episode.slug / quality
    check_owner(episode, folder)
    again = f"make it with `tapehead render {episode.slug} --quality {quality} --out {out}`"
    try:
        record = read_json(folder / PROVENANCE, _RECORD, dict)
        files = {kind: folder / Path(meta["name"]).name for kind, meta in record["files"].items()}
        timeline = Timeline.from_data(read_json(files["timeline"], _RECORD, dict))
    except OSError:
        raise PackageError(f"there is no finished film in {folder}; {again}") from None
    except (OutsideFileError, ValueError, KeyError, TypeError, AttributeError):
        raise PackageError(f"the film in {folder} was made by an older tapehead or is damaged; {again}") from None
    for kind, path in files.items():
        if not path.is_file() or digest_file(path) != record["digests"]["files"][kind]:
            raise PackageError(f"{path} is not what was rendered; {again}")
    return Finished(folder, files["film"], record, timeline)


@leasing
def gather(
    episode: Episode,
    choices: Choices,
    store: Store,
    reporter: Reporter,
    *,
    draft: bool = False,
    chapters: bool = True,
) -> Package:
    """Make the package anew.  With ``draft`` a missing film is noted as open instead of being an error.

    Without ``chapters`` it has none, for places that have other rules for them, or for none at all.

    Raises:
        PackageError: no film, or a rule of the platform is broken.
        OutputError: the folder cannot be written.
    """
    _check_words(episode)
    final = package_folder(choices.out, episode.slug)
    made: Finished | None = None
    missing: tuple[str, ...] = ()
    try:
        made = finished_film(episode, choices.out, choices.quality.name)
        _check_look(made, choices.brand or PLAIN)
    except PackageError as error:
        if not draft:
            raise
        missing = (f"the film: {error}", "the chapters, which come from the film")
    results = analyze(episode, store, reporter, model=choices.model)
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=".package-", dir=final.parent))
        work.chmod(0o755)
        try:
            package = _Gathering(episode, choices, store, reporter, work, results, made, missing, chapters).package()
            package.save()
            _swap(work, final)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    except OSError as error:
        raise OutputError(f"{final} cannot be written: {error.strerror or error}; free some space, or --out") from error
    return replace(package, folder=final)


def _check_look(made: Finished, brand: Brand) -> None:
    """See that the film has the colours and the font of the brand that its package is to have.

    Raises:
        PackageError: it was rendered with others.
    """
    if made.record.get("look", {}) != looked(brand.look).get("look", {}):
        whose = f"the brand '{brand.name or 'brand.toml'}'" if brand.look != PLAIN.look else "no brand"
        raise PackageError(
            f"the film in {made.folder} was rendered in other colours or another font than those of {whose}: render it "
            "again with the same --brand, or give --brand here as it was given there (none for no brand)"
        )


def _check_words(episode: Episode) -> None:
    """What an episode says by itself, before anything is computed or rendered.

    Raises:
        PackageError: the title, a tag or the description breaks a rule.
    """
    found = [*title_problems(on_one_line(episode.title)), *tag_problems(_tags(episode))]
    if (size := len(cleaned(episode.description).encode())) > DESCRIPTION:
        found.append(f"the description has {size} bytes before anything is added to it, {DESCRIPTION} are allowed")
    if found:
        raise PackageError(f"YouTube's rules are broken: {'; '.join(found)}; change {episode.folder / 'episode.py'}")


def _tags(episode: Episode) -> tuple[str, ...]:
    return tuple(on_one_line(tag) for tag in episode.tags)


def _swap(work: Path, final: Path) -> None:
    """Put the new package in the place of the old one; a receipt stays with the episode."""
    if (final / RECEIPT).exists():
        shutil.copy2(final / RECEIPT, work / RECEIPT)
    if final.exists():
        old = Path(tempfile.mkdtemp(prefix=".old-", dir=final.parent))
        final.rename(old / "package")
        work.rename(final)
        shutil.rmtree(old, ignore_errors=True)
    else:
        work.rename(final)


@dataclass
class _Gathering:
    episode: Episode
    choices: Choices
    store: Store
    reporter: Reporter
    work: Path
    results: Mapping[str, Entry]
    made: Finished | None
    missing: tuple[str, ...]
    with_chapters: bool = True

    @property
    def brand(self) -> Brand:
        """The channel's look; tapehead's own where there is none."""
        return self.choices.brand or PLAIN

    def package(self) -> Package:
        """Write all files and put them together."""
        episode, script = self.episode, self.episode.script()
        chapters = chapters_of(self.made.timeline) if self.made and self.with_chapters else ()
        facts = self.made.record["results"] if self.made else {n: e.record["facts"] for n, e in self.results.items()}
        voice = self.made.record["voice"] if self.made else {"voice": self.choices.voice.partition(":")[0]}
        if voice["voice"] == AUTO:
            spoken = filled(script, lambda name: load(self.store, self.results[name], name))
            voice = voice_for(AUTO, spoken, self.reporter.warn).identity()
        description = describe(episode, chapters, facts, voice, self.brand)
        duration = self.made.timeline.duration if self.made else 0.0
        self.check(description, script.language)
        parts: list[Part] = []
        if self.made:
            parts += self.films(self.made) + self.words(self.made, script.language)
        parts += self.pictures()
        parts += self.texts(description, chapters, models_of(facts))
        if self.made:
            parts.append(self.page(self.made, script.language))
            parts.append(self.provenance(self.made, parts))
            about = crate(episode, parts, self.made.record, script.language)
            parts.append(self.write("crate", CRATE, json.dumps(about, indent=1, ensure_ascii=False) + "\n"))
        return Package(
            folder=self.work,
            episode=episode.slug,
            title=on_one_line(episode.title),
            description=description,
            tags=_tags(episode),
            language=script.language,
            made_for_kids=episode.made_for_kids,
            synthetic_media=episode.synthetic_media,
            licence=episode.licence,
            quality=self.choices.quality.name,
            duration_s=duration,
            chapters=chapters,
            parts=tuple(parts),
            open=self.missing,
        )

    def check(self, description: str, language: str) -> None:
        """The platform's rules, before anything is made."""
        found = [*description_problems(description), *language_problems(language)]
        if self.made and self.with_chapters and (complaints := chapter_complaints(self.made.timeline)):
            found += complaints
            found[-1] += ", and render again (no scene is drawn anew)"
            found[-1] += "; or leave chapters out of this package with --no-chapters"
        told = [f"YouTube's rules are broken: {'; '.join(found)}"] if found else []
        if self.made and self.episode.thumbnail is None:  # a draft says that it is missing
            told.append(no_thumbnail(self.episode))
        if told:
            raise PackageError("\n".join(told))

    def write(self, role: str, name: str, text: str, language: str = "") -> Part:
        """One text file."""
        path = self.work / name
        path.write_text(text, encoding="utf-8", newline="\n")
        return Part.of(role, path, language)

    def films(self, made: Finished) -> list[Part]:
        """The film, and the one without tape for those whom the tape's unrest harms."""
        slug = self.episode.slug
        parts = [self.take("film", made.film, f"{slug}{ENDING}")]
        if made.record["tape"] == tape_named(CLEAN).identity():
            return parts  # it has no tape on it: the same file serves both
        voice = made.record["voice"]["voice"]
        choices = replace(
            self.choices,
            tape=CLEAN,
            only="",
            seed=made.record["seed"],
            voice=self.choices.voice if voice == "recorded" else voice,
            out=self.choices.out / slug / CLEAN,
        )
        clean = render_film(self.episode, choices, self.store, self.reporter)
        if abs(clean.duration_s - made.timeline.duration) > 1 / made.timeline.fps:
            raise PackageError(
                f"the version without tape would last {clean.duration_s:.1f} s and the film lasts "
                f"{made.timeline.duration:.1f} s: say with --voice how the film was voiced"
            )
        return [*parts, self.take("clean film", clean.path, f"{slug}.clean{ENDING}")]

    def take(self, role: str, source: Path, name: str) -> Part:
        """A file of the film: a second name for it where the disk allows that, a copy elsewhere."""
        path = self.work / name
        try:
            os.link(source, path)
        except OSError:
            shutil.copyfile(source, path)
        return Part.of(role, path, self.episode.script().language)

    def words(self, made: Finished, language: str) -> list[Part]:
        """Captions in every language, and the transcript."""
        slug = self.episode.slug
        tracks = [(language, made.timeline)]
        for translation in translations(self.episode):
            if problems := language_problems(translation.language):
                raise EpisodeError(f"{translation.path}: {problems[0]}")
            if translation.missing:
                listed = ", ".join(translation.missing)
                self.reporter.warn(f"captions in {translation.language} show these as spoken: {listed}")
            tracks.append((translation.language, translated(made.timeline, translation)))
        parts = []
        for code, timeline in tracks:
            if text := srt(timeline):
                parts.append(self.write("captions", f"{slug}.{code}.srt", text, code))
                parts.append(self.write("captions for the web", f"{slug}.{code}.vtt", vtt(timeline), code))
                parts.append(self.write("transcript", f"{slug}.{code}.txt", transcript(timeline), code))
        return parts

    def pictures(self) -> list[Part]:
        """Thumbnail and end card."""
        parts = []
        try:
            small, large = save(design(self.episode, self.results, self.episode.seed, self.brand.look), self.work)
        except EpisodeError as error:
            if self.made:
                raise
            self.missing += (f"the thumbnail: {error}",)
        else:
            if found := thumbnail_problems(small):
                raise PackageError("; ".join(found))
            parts += [Part.of("thumbnail", small), Part.of("large thumbnail", large)]
        if self.made:
            path = self.work / "end-card.png"
            end_card(self.made).save(path, optimize=True)
            parts.append(Part.of("end card", path))
        return parts

    def texts(self, description: str, chapters: tuple[tuple[int, str], ...], models: Mapping[str, str]) -> list[Part]:
        """What is pasted into forms, and the cards of the models."""
        parts = [
            self.write("description", "description.txt", description),
            self.write("tags", "tags.txt", ", ".join(_tags(self.episode)) + "\n"),
        ]
        if chapters:
            lines = "".join(f"{clock(second)} {title}\n" for second, title in chapters)
            parts.append(self.write("chapters", "chapters.txt", lines))
        if self.brand.look.font:  # the page holds the font itself
            terms = read_bytes(Path(self.brand.licence)).decode("utf-8", "replace")
            parts.append(self.write("font licence", "font-licence.txt", terms))
        for name in models:
            if (card := _card(name)) is not None:
                parts.append(self.write("model card", f"model-card.{name}.md", card))
        return parts

    def page(self, made: Finished, language: str) -> Part:
        """The film for readers; it plays the package's own film, which lies beside it."""
        path = self.work / f"{self.episode.slug}.html"
        choices = replace(self.choices, seed=made.record["seed"])
        make_page(self.episode, choices, self.store, self.reporter, path, made.film)
        return Part.of("page", path, language)

    def provenance(self, made: Finished, parts: list[Part]) -> Part:
        """The film's own record, and the digests of what the package adds to it."""
        record = dict(made.record) | {"package": {part.file: part.sha256 for part in parts}}
        return self.write("provenance", PROVENANCE, json.dumps(record, indent=1, sort_keys=True) + "\n")


def _card(model: str) -> str | None:
    from tapehead.render.assets import asset

    try:
        return asset(f"models/{model}/MODEL_CARD.md").read_text(encoding="utf-8")
    except (TapeheadError, OSError):
        return None


def end_card(made: Finished) -> Image.Image:
    """The last picture that stands still for a moment and shows something; the film may fade out after it."""
    fps = made.timeline.fps
    kept, still, before = None, 0, None
    with av.open(str(made.film)) as container:
        stream = container.streams.video[0]
        assert stream.time_base is not None
        container.seek(int(max(0.0, made.timeline.duration - _ENDING_S) / stream.time_base), stream=stream)
        for frame in container.decode(stream):
            grey = frame.to_ndarray(format="gray").astype(np.int16)
            same = before is not None and np.abs(grey - before).mean() < _SAME
            still, before = still + 1 if same else 0, grey
            if kept is None or (still >= fps * _STILL_S and grey.std() > _EMPTY):
                kept = frame
    if kept is None:
        raise PackageError(f"{made.film} has no picture at its end; render it again")
    return kept.to_image()
