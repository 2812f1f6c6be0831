"""The commands for many machines: plan, segment, gather, and `render --plan`.

They are added to the command line by :func:`add_to`; heavy imports happen inside the command that needs them.
"""

from __future__ import annotations

import os
import shlex
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tapehead.analysis.errors import StoreError, UsageError
from tapehead.render.commands.options import (
    AllowFlashes,
    BrandFile,
    Device,
    Download,
    Json,
    Memory,
    Model,
    Out,
    Quality,
    Quiet,
    Rate,
    Seed,
    Size,
    Tape,
    Timeout,
    Voice,
    answer,
    tell_film,
)

if TYPE_CHECKING:
    from tapehead.render.cluster.plan_file import PlanFile
    from tapehead.render.cluster.shared_store import SharedStore
    from tapehead.render.film.make import Choices, Film
    from tapehead.render.progress import Reporter
    from tapehead.render.workers.pool import Limits
    from tapehead.scenes.episode import Episode

PlanPath = Annotated[str, typer.Option("--plan", metavar="PLAN", help="A file or URL that `tapehead plan` wrote.")]
StoreUrl = Annotated[
    str,
    typer.Option(
        "--store", metavar="URL", help="Where all workers meet: a directory, or s3://…, file:///…; else yours."
    ),
]

INDEX_VARIABLES = ("SLURM_ARRAY_TASK_ID", "JOB_COMPLETION_INDEX", "AWS_BATCH_JOB_ARRAY_INDEX")
_POLL_S = 5.0


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module to the command line."""
    for command in (plan, segment, gather):
        app.command(command.__name__)(command)


def plan(
    context: typer.Context,
    episode: Annotated[str, typer.Argument(metavar="EPISODE", help="A slug from `tapehead list`, or a folder.")] = "",
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="Where the plan goes.")] = Path("plan.json"),
    file: Annotated[
        str, typer.Option("--plan", metavar="PLAN", help="Instead of an episode: a plan made before.")
    ] = "",
    quality: Quality = "480p15",
    size: Size = "",
    rate: Rate = 0,
    brand: BrandFile = "",
    only: Annotated[str, typer.Option(help="One scene only.")] = "",
    voice: Voice = "auto",
    tape: Tape = "",
    seed: Seed = None,
    model: Model = "",
    device: Device = "cpu",
    download: Download = False,
    executor: Annotated[
        str, typer.Option(metavar="NAME", help="ray:ADDRESS has results for --device cuda made where there is a GPU.")
    ] = "local",
    store: StoreUrl = "",
    emit: Annotated[str, typer.Option(help="Write ready-to-use jobs beside the plan: slurm or k8s.")] = "",
    image: Annotated[
        str, typer.Option(help="The container image of the k8s jobs.")
    ] = "registry.example/tapehead:latest",
    claim: Annotated[
        str, typer.Option(help="The volume claim that holds the store of the k8s jobs.")
    ] = "tapehead-store",
    memory: Memory = 4,
    simulate: Annotated[bool, typer.Option("--simulate", help="Say how long 1 to 256 workers would take.")] = False,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Freeze a film into one file that any machine can render from; results and lines are made now."""
    from tapehead.analysis.registry import ModelChoice
    from tapehead.render.cluster.executors import executor_named
    from tapehead.render.cluster.job_files import check_kind, emitted
    from tapehead.render.cluster.plan_file import freeze
    from tapehead.render.cluster.segments import push_inputs
    from tapehead.render.cluster.shared_store import open_shared
    from tapehead.render.film.make import Choices, prepare
    from tapehead.render.planning.brand import brand_for
    from tapehead.render.progress import Reporter
    from tapehead.render.quality import chosen
    from tapehead.scenes.episode import find_episode

    if bool(episode) == bool(file):
        raise UsageError("`tapehead plan` takes an EPISODE, or a plan made before with --plan; give one of them")
    if file:
        frozen_by_plan(context)
    check_kind(emit)
    reporter = Reporter(quiet)
    shared = open_shared(store, reporter.warn)
    if file:
        plan_file, target = _read(file), out if "://" in file else Path(file)
    else:
        found = find_episode(episode)
        choices = Choices(
            chosen(quality, size, rate),
            only=only,
            voice=voice,
            tape=tape,
            seed=seed,
            model=ModelChoice(model, device, download),
            brand=brand_for(found.folder, brand),
        )
        logs = shared.local.root / "logs" / f"{found.slug}-results"
        with shared.local.leased():
            with executor_named(executor).analyses(_analyze_options(found, choices), shared, logs) as elsewhere:
                plan_file = freeze(prepare(found, choices, shared.local, reporter, elsewhere), shared.local)
            with shared.local.leased(plan_file.digest):  # all of it waits for the jobs now
                push_inputs(plan_file, shared)
        target = out / "plan.json" if out.is_dir() else out
        _written(target, plan_file.text())
    files = [
        _written(target.parent / name, text)
        for name, text in emitted(
            emit, plan_file, target.resolve(), shared, image=image, claim=claim, memory_gb=memory
        ).items()
    ]
    said: dict[str, Any] = {
        "plan": str(target),
        "segments": len(plan_file.segments),
        "digest": plan_file.digest,
        "measured": plan_file.measured,
        "files": [str(path) for path in files],
    }
    if simulate:
        from tapehead.render.cluster.simulate import simulated, table

        said["simulation"] = simulated(plan_file)
        if not json:
            typer.echo(table(said["simulation"]))
    if json or simulate:
        answer(said)
        return
    typer.echo(f"{target}  ({len(plan_file.segments)} segments)")
    for path in files:
        typer.echo(str(path))


def segment(
    file: PlanPath,
    index: Annotated[int | None, typer.Option(help=f"Which segment; else from ${', $'.join(INDEX_VARIABLES)}.")] = None,
    store: StoreUrl = "",
    part: Annotated[
        str, typer.Option(help="Only 'draw', only the frames FIRST:LAST of what is drawn, or the film's 'sound'.")
    ] = "",
    jobs: Annotated[int, typer.Option(min=1, help="Worker processes.")] = 1,
    timeout: Timeout = 600,
    memory: Memory = 4,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Draw and encode one segment of a plan into the store, unless it is there: what an array job runs."""
    from tapehead.render.cluster.segments import (
        Work,
        chunk_part,
        described,
        draw_part,
        run_segment,
        segment_index,
        sound_part,
    )
    from tapehead.render.cluster.shared_store import open_shared
    from tapehead.render.progress import Reporter
    from tapehead.render.workers.pool import Limits

    plan_file = _read(file)
    at = segment_index(plan_file, _index(index))
    reporter = Reporter(quiet)
    shared = open_shared(store, reporter.warn)
    work = Work(_logs(plan_file, shared), jobs, Limits(timeout, memory), reporter)
    if part == "draw":
        answer(asdict(draw_part(plan_file, at, shared, work)))
        return
    if part == "sound":
        answer({"sound": sound_part(plan_file, shared)})
        return
    if part:
        answer(asdict(chunk_part(plan_file, at, *_stretch(part), shared, work)))
        return
    said = described(*run_segment(plan_file, at, shared, work), shared)
    if json:
        answer({"index": at, **said})
    else:
        typer.echo(f"{said['path']}  {said['digest'][:12]}  {said['scene']}, {said['frames']} frames")


def gather(
    file: PlanPath,
    store: StoreUrl = "",
    out: Out = Path("out"),
    wait: Annotated[float, typer.Option(min=0, metavar="SECONDS", help="Wait so long for missing segments.")] = 0,
    allow_flashes: AllowFlashes = False,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Join the segments of a plan to the film: sound, captions, provenance; the same film as `render` makes."""
    from tapehead.render.cluster.segments import gathered
    from tapehead.render.cluster.shared_store import open_shared
    from tapehead.render.progress import Reporter

    plan_file = _read(file)
    reporter = Reporter(quiet)
    shared = open_shared(store, reporter.warn)
    place = ["--store", store] if store else []
    ends = time.monotonic() + wait
    while True:
        try:
            done = gathered(
                plan_file,
                shared,
                lambda at: shlex.join(["tapehead", "segment", "--plan", file, *place, "--index", str(at)]),
            )
            break
        except StoreError:
            if time.monotonic() >= ends:
                raise
            time.sleep(min(_POLL_S, max(0.0, ends - time.monotonic())))
    tell_film(_finished(plan_file, shared, done, out, reporter, allow_flashes), reporter, json)


def frozen_by_plan(context: typer.Context) -> None:
    """Refuse what a plan has fixed already.

    Raises:
        UsageError: an episode, or an option that would change the plan, was given beside ``--plan``.
    """
    fixed = (
        "episode",
        "quality",
        "size",
        "rate",
        "burn_captions",
        "caption_language",
        "brand",
        "only",
        "voice",
        "tape",
        "seed",
        "model",
        "device",
        "download",
    )
    given = [name for name in fixed if str(getattr(context.get_parameter_source(name), "name", "")) == "COMMANDLINE"]
    if given:
        what = ", ".join("EPISODE" if name == "episode" else f"--{name.replace('_', '-')}" for name in given)
        raise UsageError(f"a plan has fixed {what} already; omit it, or make another plan")


def render_plan(
    file: str,
    executor: str,
    store: str,
    jobs: int,
    out: Path,
    limits: Limits,
    allow_flashes: bool,
    reporter: Reporter,
    json: bool,
) -> None:
    """What `tapehead render --plan` does."""
    from tapehead.render.cluster.executors import executor_named
    from tapehead.render.cluster.segments import Work
    from tapehead.render.cluster.shared_store import open_shared
    from tapehead.render.workers.pool import default_jobs

    chosen = executor_named(executor)
    plan_file = _read(file)
    shared = open_shared(store, reporter.warn)
    if film := _there(plan_file, shared, out):
        tell_film(film, reporter, json)
        return
    total = sum(each.expected_frames for each in plan_file.segments)
    with reporter.stage("draw", total) as track:
        work = Work(
            _folder(plan_file, out) / "logs",
            jobs or default_jobs(),
            limits,
            reporter,
            lambda frames, note: track.to(sum(frames.values()), note),
        )
        with shared.local.leased(plan_file.digest):
            done = chosen.run(plan_file, shared, work)
    tell_film(_finished(plan_file, shared, done, out, reporter, allow_flashes), reporter, json)


def _finished(
    plan_file: PlanFile, shared: SharedStore, done: Any, out: Path, reporter: Reporter, allow_flashes: bool
) -> Film:
    from tapehead.analysis.leases import release_plan
    from tapehead.render.film.make import begin, finish
    from tapehead.scenes.episode import load_episode

    there = _there(plan_file, shared, out)
    if there:
        return there
    plan, folder = plan_file.plan(shared.local.root), _folder(plan_file, out)
    episode = load_episode(Path(plan.folder))
    if episode.slug != plan.episode:
        raise UsageError(f"the plan is of the episode '{plan.episode}', the one in {plan.folder} is '{episode.slug}'")
    begin(plan, folder, shared.local, reporter)
    film = finish(episode, plan, done, folder, shared.local, reporter, allow_flashes)
    release_plan(shared.local.root, plan_file.digest)
    return film


def _there(plan_file: PlanFile, shared: SharedStore, out: Path) -> Film | None:
    from tapehead.render.film.make import finished

    plan = plan_file.plan(shared.local.root)
    return finished(_folder(plan_file, out), plan.episode if plan.whole else plan.scenes[0].name, plan)


def _folder(plan_file: PlanFile, out: Path) -> Path:
    film = plan_file.film
    folder = out / film.episode / film.quality.name
    return folder if film.whole else folder / "scenes"


def _logs(plan_file: PlanFile, shared: SharedStore) -> Path:
    return shared.local.root / "logs" / f"{plan_file.film.episode}-{plan_file.film.quality.name}"


def _analyze_options(episode: Episode, choices: Choices) -> list[str]:
    """What `tapehead analyze` is told on a machine of a cluster, the result's name left out."""
    from tapehead.analysis.sources import ROOT

    inside = episode.folder.is_relative_to(ROOT)
    chosen = choices.model
    options = [episode.slug if inside else str(episode.folder), "--device", chosen.device.partition(":")[0]]
    options += ["--model", chosen.name] if chosen.name else []
    options += ["--seed", str(choices.seed)] if choices.seed is not None else []
    return [*options, "--download"] if chosen.download else options


def _read(file: str) -> PlanFile:
    from tapehead.render.cluster.plan_file import parse_plan, read_plan
    from tapehead.render.cluster.plan_records import MOST_BYTES

    if "://" not in file:
        return read_plan(Path(file))
    import fsspec

    try:
        with fsspec.open(file, "rb") as source:
            text = source.read(MOST_BYTES + 1)
    except Exception as error:  # whatever a file system behind a URL raises
        raise UsageError(f"the plan {file} cannot be read: {type(error).__name__}: {error}") from None
    return parse_plan(text, file)


def _index(given: int | None) -> int:
    """The index given, or that of the array job that runs us."""
    if given is not None:
        return given
    for name in INDEX_VARIABLES:
        if value := os.environ.get(name):
            try:
                return int(value)
            except ValueError:
                raise UsageError(f"${name} is '{value}', which is no index of a segment; give --index") from None
    raise UsageError(f"which segment? give --index, or run it as an array job (${', $'.join(INDEX_VARIABLES)})")


def _stretch(part: str) -> tuple[int, int]:
    first, colon, last = part.partition(":")
    if not (colon and first.isdigit() and last.isdigit() and int(first) < int(last)):
        raise UsageError(f"--part is 'draw', 'sound' or FIRST:LAST, two frames of the scene; got '{part}'")
    return int(first), int(last)


def _written(path: Path, text: str) -> Path:
    from tapehead.analysis.errors import OutputError
    from tapehead.analysis.store import write_atomically

    try:
        write_atomically(path, text)
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written: {error.strerror or error}; choose another place with -o"
        ) from None
    return path
