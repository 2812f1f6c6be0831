"""Everything before the first frame: results, spoken lines, plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from tapehead.analysis.errors import UsageError
from tapehead.analysis.registry import AnalysisCall, ModelChoice, load, obtain, with_inputs
from tapehead.analysis.store import Entry, Store, leasing
from tapehead.render.film.ahead import Ahead
from tapehead.render.film.choices import Choices, around_of, cards_of
from tapehead.render.film.computing import compute_beside, worth_it
from tapehead.render.planning.film_plan import FilmPlan, plan_film
from tapehead.render.progress import Reporter
from tapehead.render.tape import tape_named
from tapehead.render.tape.effects import tape_told
from tapehead.render.words.dubbing import dubbed, translation_in
from tapehead.render.words.narration import narrate
from tapehead.render.words.voice.choose import AUTO, voice_for, voice_named
from tapehead.render.workers.pool import default_jobs
from tapehead.render.youtube_rules import on_one_line, tag_problems, title_problems
from tapehead.scenes.episode import Episode
from tapehead.scenes.filling import filled
from tapehead.scenes.script import TimedLine
from tapehead.scenes.spoken_numbers import contradictions


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
    results = analyze(episode, store, reporter, seed, choices.model, elsewhere=elsewhere, jobs=choices.jobs)
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
    jobs: int = 0,
) -> dict[str, Entry]:
    """All results of an episode, or those named in ``only`` and what they need, computed or kept.

    Where several run on a model, ``jobs`` of them are computed at once (0: one for each core).

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
        at_once = jobs or default_jobs()

        def beside(missing: tuple[AnalysisCall, ...]) -> None:
            if worth_it(missing, model, at_once):
                done = len(calls) - len(missing)
                started = iter(range(done, len(calls)))

                def begun(name: str) -> None:
                    track.to(next(started), name)
                    reporter.say(f"analyze: computing {name}")

                compute_beside(episode, missing, store, chosen, model, at_once, begun)

        return obtain(calls, episode.package, store, chosen, model, progress, elsewhere, beside)
