"""From an episode to its page: results, words, pictures, figures, one file."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tapehead.analysis.errors import OutputError, ResultError, TapeheadError
from tapehead.analysis.registry import load
from tapehead.analysis.results import Result
from tapehead.analysis.store import Entry, Store, leasing, write_atomically
from tapehead.render.encoding.container import ENDING
from tapehead.render.figures.make import Wanted, chosen, declared, drawn, results_for
from tapehead.render.figures.words import caption
from tapehead.render.film.make import Choices, analyze
from tapehead.render.page.cards import Cards
from tapehead.render.page.declared import PageFile, page_file
from tapehead.render.page.document import Drawn, Page, Picture, SceneStart, document
from tapehead.render.page.film import FilmFile, film_file, pictures_at, put_beside, webp
from tapehead.render.page.look import PageLook
from tapehead.render.page.narration import Spoken, spoken
from tapehead.render.page.sources import Place, origins, place_of
from tapehead.render.page.svg import slim
from tapehead.render.page.toys import toy_data
from tapehead.render.planning.brand import PLAIN
from tapehead.render.progress import Reporter
from tapehead.render.words.captions import vtt
from tapehead.scenes.episode import Episode
from tapehead.scenes.filling import filled

LINES_PER_PICTURE = 2
MOST = 6_000_000
"""Bytes of a page without its film: more is said."""
_BEFORE_S = 0.1
"""How long before a line ends its picture is taken: whatever it built up stands, and nothing has left yet."""


@dataclass(frozen=True)
class Made:
    """A page on disk, the film beside it, and how many bytes the page has."""

    path: Path
    film: Path | None
    size: int
    notes: tuple[str, ...]


@leasing
def make_page(
    episode: Episode,
    choices: Choices,
    store: Store,
    reporter: Reporter,
    out: Path,
    film: Path | None = None,
    *,
    pictures: bool = True,
    index: str = "",
) -> Made:
    """Make the page at ``out``; ``film`` is put beside it.  Without a film its pictures are drawn, if wanted.

    Raises:
        EpisodeError: ``page.toml`` or the script does not fit the results.
        OutputError: the page cannot be written.
    """
    wanted, look = page_file(episode), PageLook(choices.brand or PLAIN)
    there = film_file(film) if film else None
    entries = analyze(episode, store, reporter, choices.seed, choices.model)
    kept: dict[str, Result] = {}

    def result(name: str) -> Result:
        if name not in kept:
            if name not in entries:
                raise ResultError(f"the episode has no result '{name}'; it has {', '.join(entries)}")
            kept[name] = load(store, entries[name], name)
        return kept[name]

    script = filled(episode.script(), result)
    timeline = there.timeline if there else None
    lines = spoken(episode, script, result, wanted.numbers, timeline)
    known = origins(episode, entries, result)
    notes = _notes(there, lines, entries)
    with reporter.stage("figures"):
        figures = _figures(episode, entries, store, wanted, look, reporter.warn)
    with reporter.stage("pictures"):
        stills = _pictures(episode, choices, store, reporter, there, lines) if pictures else ()
    toys = tuple((toy, toy_data(toy, episode, result, known)) for toy in wanted.toy)
    page = Page(
        episode=episode,
        language=script.language,
        lines=lines,
        cards=Cards(known, wanted.controls, result),
        origins=known,
        pictures=stills,
        figures=figures,
        toys=toys,
        film=f"{out.stem}{ENDING}" if there else "",
        duration=timeline.duration if timeline else 0.0,
        captions=vtt(timeline) if timeline else "",
        spans={one.name: SceneStart(one.start, one.start + one.duration) for one in timeline.scenes}
        if timeline
        else {},
        shown=_shown(there, entries, result) if there else {},
        notes=notes,
        index=index,
        look=look,
    )
    text = document(page)
    for note in notes:
        reporter.warn(note)
    if (size := len(text.encode())) > MOST and stills:
        fewer = thinned(stills, size - MOST)
        reporter.warn(
            f"the page has {len(fewer)} of {len(stills)} still pictures: with all of them it would have "
            f"{size / 1e6:.1f} MB, and {MOST / 1e6:.0f} MB are most"
        )
        text = document(replace(page, pictures=fewer))
        size = len(text.encode())
    if size > MOST:
        reporter.warn(
            f"the page has {size / 1e6:.1f} MB without still pictures; {MOST / 1e6:.0f} MB are meant to be the most: "
            "give its toys fewer numbers (page.toml), or choose fewer figures (`figures` of the episode)"
        )
    beside = None
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        if there:
            beside = put_beside(there.path, out.parent, page.film)
        write_atomically(out, text)
    except OSError as error:
        raise OutputError(f"{out} cannot be written: {error.strerror or error}; choose another --out") from error
    return Made(out, beside, size, notes)


def _notes(there: FilmFile | None, lines: Sequence[Spoken], entries: Mapping[str, Entry]) -> tuple[str, ...]:
    """What a page has to say about the film beside it."""
    if there is None:
        return ()
    if there.timeline is None:
        return (f"there is no timeline beside {there.path.name}: the words do not follow the film",)
    notes = []
    other = [line.key for line in lines if not line.as_filmed]
    if other:
        few = ", ".join(other[:3]) + (" …" if len(other) > 3 else "")
        notes.append(f"the film was made with other words in {len(other)} of {len(lines)} lines ({few})")
    moved = [name for name, digest in there.results.items() if name in entries and entries[name].digest != digest]
    if moved:
        notes.append(f"the film was made from other numbers of {', '.join(moved)}: its pictures show those")
    return tuple(notes)


def _figures(
    episode: Episode,
    entries: Mapping[str, Entry],
    store: Store,
    wanted: PageFile,
    look: PageLook,
    warn: Callable[[str], None],
) -> tuple[Drawn, ...]:
    """Every figure that the results of this episode hold enough for; what is left out is told."""
    if not declared(episode):
        return ()
    looks = {name: look.figures(name) for name in ("light", "dark")}
    made: list[Drawn] = []
    for one in chosen(episode, ()):
        users = [scene.name for scene in episode.scenes if one.result in scene.uses]
        scene = wanted.figures.get(one.name) or (users[0] if users else episode.scenes[-1].name)
        results, entry = results_for(episode, entries, store, one.result), entries[one.result]
        try:
            files = {name: drawn(one.figure, results, own, Wanted(("svg",)))["svg"] for name, own in looks.items()}
            text = caption(one.figure, results, episode.title, entry.record["facts"], entry.digest)
        except ResultError as error:
            # An analysis declares figures for all that it can compute; an episode may have asked it for less.
            warn(f"the figure '{one.name}' is left out: {str(error)[:160]}")
            continue
        made.append(Drawn(one.name, scene, one.result, text, slim(files["light"]), slim(files["dark"])))
    return tuple(made)


def _pictures(
    episode: Episode,
    choices: Choices,
    store: Store,
    reporter: Reporter,
    there: FilmFile | None,
    lines: Sequence[Spoken],
) -> tuple[Picture, ...]:
    """A picture for every few lines, out of the film or else drawn for the page."""
    keys = [key for scene in episode.scenes for key in illustrated([li.key for li in lines if li.scene == scene.name])]
    if there is None:
        return _drawn_pictures(episode, choices, store, reporter, keys)
    if there.timeline is None:
        return ()
    ends = {each.line.key: each.start + each.line.duration for each in there.timeline.lines}
    at = [(key, max(0.0, ends[key] - _BEFORE_S)) for key in keys if key in ends]
    packed = pictures_at(there.path, [second for _key, second in at])
    return tuple(Picture(key, data, second) for (key, second), data in zip(at, packed, strict=True))


def illustrated(keys: Sequence[str]) -> list[str]:
    """Of a scene's lines those after which a picture stands: every second one, and the last."""
    return [key for number, key in enumerate(keys, 1) if number % LINES_PER_PICTURE == 0 or number == len(keys)]


def thinned(pictures: Sequence[Picture], bytes_less: int) -> tuple[Picture, ...]:
    """As many pictures, evenly over the film, as leave their page so many bytes less; none if that is too few."""
    weights = [len(base64.b64encode(picture.data)) for picture in pictures]
    for left in range(len(pictures) - 1, 0, -1):
        kept = [number * len(pictures) // left for number in range(left)]
        if sum(weights) - sum(weights[number] for number in kept) >= bytes_less:
            return tuple(pictures[number] for number in kept)
    return ()


def _drawn_pictures(
    episode: Episode, choices: Choices, store: Store, reporter: Reporter, keys: Sequence[str]
) -> tuple[Picture, ...]:
    from tapehead.render.drawing.cues import CUES, MASTER, CueList
    from tapehead.render.drawing.master import MasterReader
    from tapehead.render.film.make import prepare
    from tapehead.render.workers.pool import default_jobs, run_scenes

    plan = prepare(episode, replace(choices, brand=(choices.brand or PLAIN).on_stage), store, reporter)
    with reporter.stage("draw", sum(scene.expected_frames for scene in plan.scenes)) as track:
        run_scenes(
            plan, store.root, choices.jobs or default_jobs(), choices.out / episode.slug / "page-logs",
            lambda frames, note: track.to(sum(frames.values()), note), reporter.warn, choices.limits, encode=False,
        )  # fmt: skip
    made = []
    for scene in plan.scenes:
        place = store.place("master", scene.key)
        cues, reader = CueList.load(place / CUES), MasterReader(place / MASTER)
        ends = {moment.key: moment.frame for moment in cues.moments if moment.moment == "end"}
        for key in keys:
            if key in ends and key.partition(".")[0] == scene.name:
                made.append(Picture(key, webp(reader.frame(min(cues.frames - 1, max(0, ends[key] - 1))))))
    return tuple(made)


def _shown(
    there: FilmFile, entries: Mapping[str, Entry], result: Callable[[str], Result]
) -> dict[str, list[tuple[str, Place]]]:
    """By scene, each number of its pictures once; none of a result that is another one now."""
    found: dict[str, list[tuple[str, Place]]] = {}
    for scene, numbers in there.shown.items():
        rows: dict[tuple[str, str], Place] = {}
        for number in numbers:
            name = str(number["source"]).partition("/")[0]
            if name not in entries or there.results.get(name) != entries[name].digest:
                continue
            try:
                rows.setdefault((str(number["shown"]), str(number["source"])), place_of(str(number["source"]), result))
            except TapeheadError:
                continue  # a fact, which is a word
        found[scene] = [(said, place) for (said, _source), place in rows.items()]
    return found
