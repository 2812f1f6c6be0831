"""``import tapehead``: one episode in hand, and the five things that are done with it.

Every function takes an episode's slug or its folder, as the command line does; an :class:`OpenEpisode` that is kept
reads its declaration once.  Whatever takes long says so on stderr, unless ``quiet``.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.registry import ModelChoice
from tapehead.analysis.store import Store
from tapehead.render.notebook.results import Results
from tapehead.render.notebook.shown import ShownFigure, ShownFilm, ShownSheets
from tapehead.render.progress import Reporter
from tapehead.scenes.episode import Episode, find_episode

if TYPE_CHECKING:
    from tapehead.render.film.make import Choices


@dataclass(frozen=True)
class OpenEpisode:
    """An episode: what it declares, and what can be had of it."""

    declared: Episode
    quiet: bool = True

    @property
    def title(self) -> str:
        """The film's title."""
        return self.declared.title

    @property
    def scenes(self) -> tuple[str, ...]:
        """Names of its scenes, in order."""
        return tuple(scene.name for scene in self.declared.scenes)

    @property
    def figures(self) -> tuple[str, ...]:
        """Names of all its figures; their analyses are imported for it."""
        from tapehead.render.figures.make import declared

        return tuple(one.name for one in declared(self.declared))

    def results(
        self, *, seed: int | None = None, model: str = "", device: str = "cpu", download: bool = False
    ) -> Results:
        """Its results by name; each is computed, or found in the store, when it is asked for."""
        return Results(self.declared, self._store(), self._reporter(), seed, ModelChoice(model, device, download))

    def figure(
        self,
        name: str = "",
        *,
        style: str = "light",
        width: float = 120.0,
        dpi: int = 150,
        font: str = "",
        lang: str = "",
        seed: int | None = None,
    ) -> ShownFigure:
        """One of its figures, as ``tapehead figures`` draws it; without a name the first that the episode chose.

        Raises:
            UnknownNameError: there is no figure, style or language of that name.
            UsageError: it declares no figures.
        """
        from tapehead.analysis.registry import with_inputs
        from tapehead.render.figures.language import language_of
        from tapehead.render.figures.make import FORMATS, Wanted, captioned, chosen, drawn, results_for
        from tapehead.render.figures.own_style import style_given
        from tapehead.render.film.make import analyze as compute

        one = chosen(self.declared, [name] if name else [])[0]
        language, look = language_of(self.declared.folder, lang), style_given(style, font)
        store = self._store()
        needed = {series for each in one.figure.series for series in (each.source, each.x_source) if series}
        only = () if needed else [call.id for call in with_inputs(self.declared.analyses, [one.result])]
        with store.leased():
            entries = compute(self.declared, store, self._reporter(), seed, only=only)
            results = results_for(self.declared, entries, store, one.result)
            pictures = drawn(one.figure, results, look, Wanted(FORMATS, style, width, dpi, language))
            told = captioned(one, results, self.declared, entries[one.result], language)
        return ShownFigure(one.name, told, pictures)

    def stills(self, only: str = "", *, voice: str = "none", quality: str = "480p15", **choices: Any) -> ShownSheets:
        """Contact sheets of all scenes or of one: a picture per cue, and one from the middle of each animation."""
        from tapehead.render.film.stills import make_stills

        made = make_stills(self.declared, self._choices(only, voice, quality, choices), self._store(), self._reporter())
        return ShownSheets(made.sheets, made.folder)

    def render(self, only: str = "", *, voice: str = "auto", quality: str = "480p15", **choices: Any) -> ShownFilm:
        """The film, or one scene of it.  ``choices`` are those of ``tapehead render``: ``tape``, ``seed``, ``jobs``, …

        Raises:
            EpisodeError: its files have faults; all of them are named.
        """
        from tapehead.render.check.declared import declared_problems, look_at_files
        from tapehead.render.check.problems import ERROR
        from tapehead.render.film.make import render as make

        episode, script, problems = look_at_files(self.declared.folder)
        if episode:
            problems += declared_problems(episode, script)
        if wrong := list(dict.fromkeys(each.what for each in problems if each.kind == ERROR)):
            raise EpisodeError("\n".join(wrong))
        film = make(self.declared, self._choices(only, voice, quality, choices), self._store(), self._reporter())
        return ShownFilm(film.path, film.duration_s, film.files)

    def _choices(self, only: str, voice: str, quality: str, given: dict[str, Any]) -> Choices:
        from dataclasses import fields

        from tapehead.analysis.errors import UnknownNameError
        from tapehead.render.film.make import Choices
        from tapehead.render.planning.brand import Brand, brand_for
        from tapehead.render.quality import quality_named

        known = {each.name for each in fields(Choices)}
        for name in given:
            if name not in known:
                raise UnknownNameError("choice", name, sorted(known))
        brand = given.get("brand", "")
        if not isinstance(brand, Brand):  # a file, "none", or what lies beside the episode
            brand = brand_for(self.declared.folder, "none" if brand is None else str(brand))
        given = given | {"out": Path(given.get("out", "out")), "brand": brand}
        return Choices(quality_named(quality), only=only, voice=voice, **given)

    def _store(self) -> Store:
        return Store(report=self._reporter().warn)

    def _reporter(self) -> Reporter:
        return Reporter(self.quiet)

    def __repr__(self) -> str:
        return f"<episode {self.declared.slug}: {self.title!r}, scenes {', '.join(self.scenes)}>"

    def _repr_html_(self) -> str:
        scenes = "".join(
            f"<tr><td><code>{html.escape(scene.name)}</code></td><td>{html.escape(scene.title)}</td>"
            f"<td>{html.escape(', '.join(scene.uses))}</td></tr>"
            for scene in self.declared.scenes
        )
        head = "<thead><tr><th>scene</th><th>title</th><th>reads the results</th></tr></thead>"
        title = f"<caption><b>{html.escape(self.title)}</b> <code>{html.escape(self.declared.slug)}</code></caption>"
        return f"<table>{title}{head}<tbody>{scenes}</tbody></table>"


def episode(name: str | Path, *, quiet: bool = True) -> OpenEpisode:
    """An episode by its slug (``tapehead.episodes()`` lists them) or its folder.

    Raises:
        UnknownNameError: there is none of that name.
        EpisodeError: its declaration cannot be loaded.
    """
    return OpenEpisode(find_episode(str(name)), quiet)


def episodes() -> dict[str, Path]:
    """Slugs and folders of the episodes that are found without naming their folder."""
    from tapehead.scenes.episode import folders

    return dict(folders())


def analyze(name: str | Path, only: Sequence[str] = (), *, quiet: bool = True, **choices: Any) -> Results:
    """Compute an episode's results now, or those of ``only`` and what they need; kept ones are read."""
    return episode(name, quiet=quiet).results(**choices).compute(*only)


def figure(name: str | Path, which: str = "", *, quiet: bool = True, **choices: Any) -> ShownFigure:
    """A figure of an episode, see :meth:`OpenEpisode.figure`."""
    return episode(name, quiet=quiet).figure(which, **choices)


def stills(name: str | Path, only: str = "", *, quiet: bool = True, **choices: Any) -> ShownSheets:
    """Contact sheets of an episode, see :meth:`OpenEpisode.stills`."""
    return episode(name, quiet=quiet).stills(only, **choices)


def render(name: str | Path, only: str = "", *, quiet: bool = True, **choices: Any) -> ShownFilm:
    """An episode's film, see :meth:`OpenEpisode.render`."""
    return episode(name, quiet=quiet).render(only, **choices)
