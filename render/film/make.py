"""From an episode's name to a finished film in its folder: the order of the stages, and nothing else.

analyze -> speak -> plan -> draw, tape and encode (workers) -> sound -> captions -> join -> provenance
"""

from __future__ import annotations

import contextlib
import json
import platform
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from tapehead.analysis.errors import OutputError, UsageError
from tapehead.analysis.registry import AnalysisCall, ModelChoice, load, obtain, with_inputs
from tapehead.analysis.store import Entry, Store, digest_file, digest_of, leasing, write_atomically
from tapehead.render.encoding.container import CHUNK, ENDING
from tapehead.render.film.ahead import Ahead
from tapehead.render.film.flashes import FilmFlash, allowed, flashes_of
from tapehead.render.film.layout import tell_layout
from tapehead.render.film.length import refuse_long, spoken_s
from tapehead.render.film.owner import check_owner, mark_owner
from tapehead.render.framing.rooms import WIDE, margins_of
from tapehead.render.framing.third import LATEST_S
from tapehead.render.planning.brand import Brand, BrandCard
from tapehead.render.planning.cards import CardText
from tapehead.render.planning.costs import Costs
from tapehead.render.planning.film_plan import Around, FilmPlan, ScenePlan, looked, plan_film
from tapehead.render.planning.sources import media_named
from tapehead.render.progress import Reporter
from tapehead.render.quality import Quality
from tapehead.render.tape import tape_named
from tapehead.render.tape.effects import tape_told
from tapehead.render.words.captions import chapters_text, srt, transcript, vtt
from tapehead.render.words.dubbing import dubbed, translation_in
from tapehead.render.words.narration import narrate
from tapehead.render.words.timeline import Timeline
from tapehead.render.words.translations import in_words_of
from tapehead.render.words.voice import AUTO, voice_for, voice_named
from tapehead.render.workers.logs import remove_logs
from tapehead.render.workers.pool import Limits, Watcher, default_jobs, run_scenes
from tapehead.render.workers.soundtrack import TRACK, sound_of, timeline_of
from tapehead.render.workers.warm import known_warm, remember, warm
from tapehead.render.workers.worker import SceneDone, look_of
from tapehead.render.workers.workshop import home
from tapehead.render.youtube_rules import on_one_line, tag_problems, title_problems
from tapehead.scenes.episode import Episode
from tapehead.scenes.filling import filled
from tapehead.scenes.script import DEFAULT, TimedLine
from tapehead.scenes.spoken_numbers import contradictions

PROVENANCE = "provenance.json"
TIMELINE = "timeline.json"
_SUFFIXES = {"chapters": "chapters.txt", "timeline": TIMELINE}


@dataclass(frozen=True)
class Choices:
    """What the user may choose for a render."""

    quality: Quality
    jobs: int = 0
    only: str = ""
    voice: str = AUTO
    tape: str = ""
    seed: int | None = None
    out: Path = Path("out")
    model: ModelChoice = field(default_factory=ModelChoice)
    allow_flashes: bool = False
    limits: Limits = field(default_factory=Limits)
    strict: bool = False
    """Whether anything that is found in the layout is an error."""
    bed: bool = True
    """Whether anything is heard below the voice."""
    burn: bool | None = None
    """Whether captions are part of the picture; ``None``: where its shape leaves room for them beside the stage."""
    burnt: str = ""
    """The language of these captions, where that is not the one that is spoken."""
    cut: str = ""
    """What a film of ``scenes`` is called; empty for the whole film or ``only`` one scene."""
    scenes: tuple[str, ...] = ()
    words: bool = False
    """Whether burned captions are large words, each marked as it is said."""
    end: str = ""
    """A line of a cut's end card."""
    brand: Brand | None = None
    """The channel's look and cards."""
    most_s: float = 0.0
    """Longest that the film may be; 0 for as long as it is."""
    title: str = ""
    """What stands over the stage where there is room; empty for the episode's title."""
    dub: str = ""
    """The language in which the film is spoken, where that is not the script's."""
    picture: Path | None = None
    """Where to keep a picture of what is being drawn; nobody's but a preview's."""
    on_picture: Callable[[str], None] = lambda _scene: None
    """Told which scene the picture shows for the first time."""
    on_tick: Callable[[], None] | None = None
    """Called all the time; it may raise to give up."""


@dataclass(frozen=True)
class Film:
    """A finished film and the files that belong to it."""

    path: Path
    duration_s: float
    files: Mapping[str, Path]
    digests: Mapping[str, Any]
    stages_s: Mapping[str, float] = field(default_factory=dict)
    fresh: bool = True
    flashes: tuple[FilmFlash, ...] = ()
    drawn: tuple[str, ...] = ()
    """The scenes that had to be drawn for it now."""

    def to_data(self) -> dict[str, Any]:
        """What ``--json`` prints."""
        return {
            "film": str(self.path),
            "duration_s": round(self.duration_s, 3),
            "files": {name: str(path) for name, path in self.files.items()},
            "digests": self.digests,
            "stages_s": dict(self.stages_s),
            "drawn": list(self.drawn),
            **({"flashes": [str(flash) for flash in self.flashes]} if self.flashes else {}),
        }


@leasing
def prepare(
    episode: Episode,
    choices: Choices,
    store: Store,
    reporter: Reporter,
    elsewhere: Callable[[AnalysisCall], None] | None = None,
    ahead: Ahead | None = None,
) -> FilmPlan:
    """Everything before the first frame: results, spoken lines, plan; ``elsewhere`` as :func:`obtain` has it.

    ``ahead`` draws scenes whose lines are all spoken while others are not.
    """
    tape_name = tape_told(choices.tape or episode.tape)
    tape = tape_named(tape_name)
    if choices.only:
        episode.scene(choices.only)  # a misspelt scene must not cost an analysis first
    else:
        _warn_of_rules(episode, reporter)
    script = episode.script()
    translation = translation_in(episode, choices.dub) if choices.dub else None
    if choices.voice != AUTO:
        voice_named(choices.voice)  # nor must a misspelt voice
    seed = episode.seed if choices.seed is None else choices.seed
    results = analyze(episode, store, reporter, seed, choices.model, elsewhere=elsewhere)
    script = filled(script, lambda name: load(store, results[name], name))
    for complaint in contradictions(script, lambda name: load(store, results[name], name)):
        reporter.warn(f"the narration and the results disagree: {complaint}")
    if choices.scenes:
        script = replace(script, lines=tuple(line for line in script.lines if line.scene in choices.scenes))
    if translation:
        script = dubbed(script, translation, choices.only)
    voice = voice_for(choices.voice, script, reporter.warn)

    def planned(lines: Mapping[str, TimedLine], only: str) -> FilmPlan:
        return plan_film(
            episode,
            choices.quality,
            results,
            script.placed(lines),
            tape=tape_name,
            tape_identity=tape.identity(),
            voice=voice.identity(),
            seed=seed,
            language=script.language,
            only=only,
            bed=choices.bed,
            around=around_of(episode, choices, lines),
            cut=choices.cut,
            wanted=choices.scenes,
            **({} if only and not choices.only else cards_of(episode, choices)),
        )

    with reporter.stage("speak", len(script.scene(choices.only) if choices.only else script.lines)) as track:
        spoken = narrate(
            script,
            voice,
            store,
            lambda done, total: track.to(done),
            scene=choices.only,
            jobs=choices.jobs or default_jobs(),
            meanwhile=ahead.by(planned) if ahead else None,
        )
    if ahead:
        ahead.all_spoken()
    return planned(spoken, choices.only)


def _warn_of_rules(episode: Episode, reporter: Reporter) -> None:
    """Say before the work what the platform would refuse after it; a film for other places is in order as it is."""
    tags = tuple(on_one_line(tag) for tag in episode.tags)
    for problem in (*title_problems(on_one_line(episode.title)), *tag_problems(tags)):
        reporter.warn(f"YouTube would refuse this film: {problem}; the film itself is made all the same")


@leasing
def analyze(
    episode: Episode,
    store: Store,
    reporter: Reporter,
    seed: int | None = None,
    model: ModelChoice = ModelChoice(),  # noqa: B008  (frozen)
    only: Sequence[str] = (),
    elsewhere: Callable[[AnalysisCall], None] | None = None,
) -> dict[str, Entry]:
    """All results of an episode, or those named in ``only`` and what they need, computed or kept.

    Raises:
        UsageError: a model was named and none of the episode's analyses leaves one to choose; no such result.
    """
    calls = with_inputs(episode.analyses, only) if only else episode.analyses
    if model.name and not any(call.model and call.family == call.model for call in episode.analyses):
        raise UsageError(f"the episode '{episode.slug}' uses no model that can be chosen; omit --model")
    with reporter.stage("analyze", len(calls)) as track:
        count = iter(range(len(calls)))

        def progress(name: str, kept: bool) -> None:
            track.to(next(count), name)
            if not kept:
                reporter.say(f"analyze: computing {name}")

        chosen = episode.seed if seed is None else seed
        return obtain(calls, episode.package, store, chosen, model, progress, elsewhere)


def folder_for(episode: str, choices: Choices) -> Path:
    """Where a film lies: ``out/<episode>/<quality>``, below it in a folder by its language if it is dubbed.

    What was asked about its captions has a folder of its own, so that a film with them leaves the one without alone.

    Single scenes are in ``scenes/`` below that.
    """
    folder = choices.out / episode / choices.quality.name / choices.dub
    if choices.cut:
        return folder / choices.cut
    if burns(choices) != has_room(choices.quality) or (burns(choices) and choices.burnt):
        folder /= f"captions-{choices.burnt}".rstrip("-") if burns(choices) else "without-captions"
    return folder / "scenes" if choices.only else folder


def cards_of(episode: Episode, choices: Choices) -> dict[str, CardText]:
    """The cards that a film has before and after its scenes."""
    cards, brand = dict[str, CardText](), choices.brand or Brand()
    title = choices.title or episode.title
    if choices.cut:  # what it is a part of
        ending = brand.ending or BrandCard()
        credits_ = tuple(reference.credit for reference in episode.references)
        told = ending.title or title, choices.end or ending.line or brand.name, brand.logo, credits_, ending.seconds
        cards["ending"] = CardText("end-card", *told)
    elif choices.only:
        return {}
    else:
        for place, card in (("opening", brand.opening), ("ending", brand.ending)):
            if card is not None:
                own = title if place == "opening" else ""
                cards[place] = CardText(f"{place}-card", card.title or own, card.line, brand.logo, seconds=card.seconds)
    return cards


def has_room(quality: Quality) -> bool:
    """Whether a picture of this shape has room beside a stage of 16:9."""
    return margins_of(quality.width, quality.height) is not WIDE


def burns(choices: Choices) -> bool:
    """Whether captions are part of the picture."""
    return has_room(choices.quality) if choices.burn is None else choices.burn


def around_of(episode: Episode, choices: Choices, lines: Mapping[str, TimedLine]) -> Around:
    """What stands round the stage, as far as the film's shape has room for it.

    Raises:
        UnknownNameError: there are no captions in the language that was asked for.
    """
    burn = burns(choices)
    read: dict[str, TimedLine] | None = None
    if burn and choices.burnt and choices.burnt != (choices.dub or episode.script().language):
        translation = translation_in(episode, choices.burnt)
        read = {key: in_words_of(line, translation) for key, line in lines.items()}
    brand = choices.brand or Brand()
    captions = ("words" if choices.words else "lines") if burn else ""
    third = None if choices.cut or brand.third is None else brand.third
    return Around(choices.title or episode.title, captions, read, brand.pen, brand.look, third)


@leasing
def render(episode: Episode, choices: Choices, store: Store, reporter: Reporter) -> Film:
    """Make a film, or find that it is there already.

    Raises:
        TapeheadError: see the stages; nothing partial is left under a final name.
    """
    folder = folder_for(episode.slug, choices)
    check_owner(episode, folder)
    with _drawing_ahead(choices, folder, store, reporter) as ahead:
        plan = prepare(episode, choices, store, reporter, ahead=ahead)
        if there := finished(folder, plan.name, plan):
            allowed(there.flashes, choices.allow_flashes, reporter.warn)
            tell_layout(plan, store, folder, reporter, choices.strict)
            return replace(there, stages_s=dict(reporter.stages_s))
        refuse_long(plan, spoken_s(plan), choices.most_s)
        begin(plan, folder, store, reporter)
        total = sum(scene.expected_frames for scene in plan.scenes)
        with reporter.stage("draw", total) as track:
            done = run_scenes(
                plan,
                store.root,
                choices.jobs or default_jobs(),
                folder / "logs",
                lambda frames, note: track.to(sum(frames.values()), note),
                reporter.warn,
                choices.limits,
                watcher=Watcher(choices.picture, choices.on_picture, choices.on_tick),
            )
    refuse_long(plan, {name: each.frames / plan.quality.fps for name, each in done.items()}, choices.most_s)
    _tell_third(plan, store, reporter)
    tell_layout(plan, store, folder, reporter, choices.strict)
    done = {name: replace(scene, drawn=scene.drawn or name in ahead.drawn) for name, scene in done.items()}
    return finish(episode, plan, done, folder, store, reporter, choices.allow_flashes)


def _tell_third(plan: FilmPlan, store: Store, reporter: Reporter) -> None:
    """Say that a lower third has no place in its scene; it is left out then."""
    for scene in plan.scenes:
        if scene.framing is None or scene.framing.third is None or (master := store.peek("master", scene.key)) is None:
            continue
        if getattr(look_of(plan, scene, master), "third", None) is None:
            reporter.warn(
                f"the lower third is left out: nowhere in the first {LATEST_S:g} s of scene '{scene.name}' is its "
                f"place free for {scene.framing.third.seconds:g} s"
            )


def _drawing_ahead(choices: Choices, folder: Path, store: Store, reporter: Reporter) -> Ahead:
    """Draws scenes while lines are spoken, with one process fewer than there are: that one speaks."""

    def ready() -> None:
        home()
        _writable(folder)

    def draw(plan: FilmPlan, still_wanted: Callable[[], None]) -> Mapping[str, SceneDone]:
        return run_scenes(
            plan,
            store.root,
            1,
            folder / "logs",
            warn=reporter.warn,
            limits=choices.limits,
            encode=False,
            watcher=Watcher(choices.picture, choices.on_picture, still_wanted),
        )

    return Ahead(draw, (choices.jobs or default_jobs()) - 1, ready, choices.on_tick or (lambda: None))


def begin(plan: FilmPlan, folder: Path, store: Store, reporter: Reporter) -> None:
    """What comes before the first frame on this machine: the place can be written, the tape is compiled.

    Raises:
        OutputError: ``folder`` cannot be written.
    """
    _writable(folder)
    store.sweep()
    if plan.on_tape and not known_warm(store.root):
        # Once for all workers, and before any of them could be taken for stuck.
        reporter.say("the tape is compiled for this processor, once; that takes half a minute or so")
        with reporter.stage("compile"):
            warm()
        remember(store.root)


@leasing
def finish(
    episode: Episode,
    plan: FilmPlan,
    done: Mapping[str, SceneDone],
    folder: Path,
    store: Store,
    reporter: Reporter,
    allow_flashes: bool = False,
) -> Film:
    """From finished scenes, wherever they were made, to the film: flashes, sound, join, captions, provenance.

    Raises:
        TapeheadError: see the stages; nothing partial is left under a final name.
    """
    name, costs = plan.name, Costs(store.root, plan)
    began = time.perf_counter()
    check_owner(episode, folder)
    drawn = tuple(scene.name for scene in done.values() if scene.drawn)
    with reporter.stage("flashes"):
        flashes = flashes_of(plan, done, store)
    allowed(flashes, allow_flashes, reporter.warn)
    lengths = {name: scene.frames for name, scene in done.items()}
    timeline = timeline_of(plan, lengths, store)
    with reporter.stage("sound"):  # where a worker has made it, this finds it
        before = time.perf_counter()
        sound = sound_of(plan, lengths, store, costs.mixed if plan.whole else lambda _seconds: None)
        began += time.perf_counter() - before
    # Two renders into the same folder take turns here; the second finds the first one's film.
    with reporter.stage("join"), store.lock("film", digest_of(str(folder.resolve() / name))):
        if there := finished(folder, name, plan):
            return replace(there, stages_s=dict(reporter.stages_s), drawn=drawn)
        with _writing(folder):
            for left in folder.glob(f".{name}.*.part"):  # of a run that was killed while it joined
                left.unlink(missing_ok=True)
        film = _deliver(episode, plan, done, timeline, sound, flashes, folder, name, store)
    if plan.whole:
        costs.joined(time.perf_counter() - began)
        costs.keep()
    return replace(film, stages_s=dict(reporter.stages_s), drawn=drawn)


def _deliver(
    episode: Episode,
    plan: FilmPlan,
    done: Mapping[str, SceneDone],
    timeline: Timeline,
    sound: Entry,
    flashes: tuple[FilmFlash, ...],
    folder: Path,
    name: str,
    store: Store,
) -> Film:
    from tapehead.render.encoding.joining import join

    chunks = [store.place("chunk", key) / CHUNK for scene in plan.scenes for key in done[scene.name].chunks]
    words = {
        "timeline": json.dumps(timeline.to_data(), indent=1),
        "srt": srt(timeline),
        "vtt": vtt(timeline),
        "txt": transcript(timeline),
        "chapters": chapters_text(timeline),
    }
    files = {"film": folder / f"{name}{ENDING}"}
    with _writing(folder):
        metadata = {"title": plan.title, "comment": f"tapehead {episode.slug} {plan.quality.name}"}
        join(chunks, sound.file(TRACK), files["film"], plan.quality.fps, metadata)
        for kind, text in ((kind, text) for kind, text in words.items() if text):
            files[kind] = folder / f"{name}.{_SUFFIXES.get(kind, kind)}"
            write_atomically(files[kind], text)
        digests = {
            "files": {kind: digest_file(path) for kind, path in files.items()},
            "frames": {scene.name: done[scene.name].frames_digest for scene in plan.scenes},
            "results": {result: ref.digest for result, ref in plan.results.items()},
        }
        record = provenance(episode, plan, done, timeline, sound, flashes, digests, files, store)
        files["provenance"] = folder / (PROVENANCE if plan.whole else f"{name}.{PROVENANCE}")
        write_atomically(files["provenance"], json.dumps(record, indent=1, sort_keys=True))
        remove_logs(folder / "logs")
        mark_owner(episode, folder)
    store.remember_film(files["provenance"], record["store"])
    return Film(files["film"], timeline.duration, files, digests, flashes=flashes)


def media_of(scene: ScenePlan, episode: Episode) -> dict[str, str]:
    """Digests of the pictures, sounds and clips in the episode's folder that a scene names."""
    if scene.package:  # a card, which is from elsewhere
        return {}
    module = episode.folder / f"{scene.target.partition(':')[0].lstrip('.').replace('.', '/')}.py"
    return {name: digest_file(episode.folder / name) for name in media_named(module, episode.folder)}


def provenance(
    episode: Episode,
    plan: FilmPlan,
    done: Mapping[str, SceneDone],
    timeline: Timeline,
    sound: Entry,
    flashes: tuple[FilmFlash, ...],
    digests: Mapping[str, Any],
    files: Mapping[str, Path],
    store: Store,
) -> dict[str, Any]:
    """What the film was made from.  No dates and no paths of this machine: equal films, equal provenance."""
    from tapehead.render.drawing.cues import CUES, CueList
    from tapehead.render.planning.sources import drawing_versions

    scenes = {}
    for scene in plan.scenes:
        cues = CueList.load(store.place("master", scene.key) / CUES)
        scenes[scene.name] = {
            "frames": done[scene.name].frames,
            "frames_digest": done[scene.name].frames_digest,
            "origins": cues.origins,
            "numbers": cues.numbers,
            "typed": cues.typed,
            "taped": scene.taped,
            "tape": cues.tape,
            "results": list(scene.context.results),
            **({"plain": True, "sections": cues.sections} if scene.plain else {}),
            **({"media": media} if (media := media_of(scene, episode)) else {}),
        }
    facts = {}
    for result, ref in plan.results.items():
        entry = store.peek("result", ref.key)
        kept = dict(entry.record["facts"]) if entry else {}
        kept.pop("wall_s", None)
        facts[result] = {**asdict(ref), **kept, **(cited(store, entry) if entry else {})}
    keys = plan.voices
    voices = sorted({keys[placed.line.key] for placed in timeline.lines if placed.line.audio})
    return {
        "plan": plan.key,
        "episode": episode.slug,
        "title": plan.title,
        "quality": plan.quality.name,
        "duration_s": round(timeline.duration, 3),
        "seed": plan.seed,
        "tape": plan.tape_identity,
        "voice": plan.voice,
        "sound": {"lufs": sound.record["facts"]["lufs"], "true_peak_db": sound.record["facts"]["true_peak_db"]},
        "flashes": [asdict(flash) for flash in flashes],
        **looked(plan.look),
        "results": facts,
        "scenes": scenes,
        "spoken": spoken_of(timeline),
        "references": [[r.text, r.url, r.licence] for r in episode.references],
        "versions": drawing_versions() | {"python": platform.python_version()},
        "digests": dict(digests),
        "files": {kind: {"name": path.name, "size": path.stat().st_size} for kind, path in files.items()},
        "store": {
            "result": sorted(ref.key for ref in plan.results.values()),
            "voice": voices,
            "master": sorted(scene.key for scene in plan.scenes),
            "chunk": sorted({key for scene in plan.scenes for key in done[scene.name].chunks}),
            "sound": [sound.key],
        },
    }


def spoken_of(timeline: Timeline) -> dict[str, Any]:
    """By line: which of its variants was said, and each number in it with the place that it was read from."""
    return {
        placed.line.key: {
            **({} if placed.line.variant == DEFAULT else {"variant": placed.line.variant}),
            "numbers": [asdict(number) for number in placed.line.numbers],
        }
        for placed in timeline.lines
        if placed.line.numbers or placed.line.variant != DEFAULT
    }


def cited(store: Store, entry: Entry) -> dict[str, str]:
    """For whom a result holds and whom it cites, where it says so."""
    result = store.read_result(entry.path)
    return {"cites": result.citation} if result.citation else {}


def finished(folder: Path, name: str, plan: FilmPlan) -> Film | None:
    """The film, if it lies there whole and was made from an equal plan: keys and sizes are read, no contents."""
    path = folder / (PROVENANCE if plan.whole else f"{name}.{PROVENANCE}")
    try:
        record = json.loads(path.read_text())
        files = {kind: folder / meta["name"] for kind, meta in record["files"].items()}
        whole = (
            record["plan"] == plan.key
            and all(
                file.parent == folder and file.name == record["files"][kind]["name"] for kind, file in files.items()
            )
            and "timeline" in record["files"]
            and all(files[kind].stat().st_size == meta["size"] for kind, meta in record["files"].items())
        )
        if not whole:
            return None
        files["provenance"] = path
        flashes = tuple(FilmFlash(**flash) for flash in record["flashes"])
        return Film(files["film"], record["duration_s"], files, record["digests"], fresh=False, flashes=flashes)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


@contextlib.contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"{folder} cannot be written: {error.strerror or error}; free some space or choose another place with --out"
        ) from error


def _writable(folder: Path) -> None:
    """Find out before the work, not after it, that nothing can be written there."""
    with _writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".tapehead-probe"
        try:
            probe.write_bytes(b"x")
        finally:
            probe.unlink(missing_ok=True)
