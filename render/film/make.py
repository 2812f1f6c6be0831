"""From an episode's name to a finished film in its folder: the order of the stages, and nothing else.

analyze -> speak -> plan -> draw, tape and encode (workers) -> sound -> captions -> join -> provenance

Other packages import a film's stages from here: what :data:`__all__` names, each from the module of its subject.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from tapehead.analysis.store import Store, leasing
from tapehead.render.film.ahead import Ahead
from tapehead.render.film.choices import Choices, around_of, folder_for
from tapehead.render.film.finish import TIMELINE, Film, finish, finished
from tapehead.render.film.flashes import allowed
from tapehead.render.film.layout import tell_layout
from tapehead.render.film.length import refuse_long, spoken_s
from tapehead.render.film.owner import check_owner
from tapehead.render.film.prepare import analyze, prepare
from tapehead.render.film.provenance import PROVENANCE
from tapehead.render.film.writable import ensure_writable
from tapehead.render.framing.third import LATEST_S
from tapehead.render.planning.film_plan import FilmPlan
from tapehead.render.progress import Reporter
from tapehead.render.workers.pool import Watcher, default_jobs, run_scenes
from tapehead.render.workers.tapes import look_of
from tapehead.render.workers.warm import known_warm, remember, warm
from tapehead.render.workers.worker import SceneDone
from tapehead.render.workers.workshop import home
from tapehead.scenes.episode import Episode

__all__ = [
    "PROVENANCE", "TIMELINE", "Choices", "Film", "analyze", "around_of", "begin", "finish", "finished", "folder_for",
    "prepare", "render",
]  # fmt: skip


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
            seconds = scene.framing.third.seconds
            reporter.warn(
                f"the lower third is left out: its place, at the left above the badge, is never free for {seconds:g} s "
                f"in the first {LATEST_S:g} s of scene '{scene.name}'; give it fewer `seconds` in brand.toml, or move "
                "what is there"
            )


def _drawing_ahead(choices: Choices, folder: Path, store: Store, reporter: Reporter) -> Ahead:
    """Draws scenes while lines are spoken, with one process fewer than there are: that one speaks."""

    def ready() -> None:
        home()
        ensure_writable(folder)

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
    ensure_writable(folder)
    store.sweep()
    if plan.on_tape and not known_warm(store.root):
        # Once for all workers, and before any of them could be taken for stuck.
        reporter.say("the tape is compiled for this processor, once; that takes half a minute or so")
        with reporter.stage("compile"):
            warm()
        remember(store.root)
