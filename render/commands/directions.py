"""``tapehead directions``: the user's own prompt or picture in the user's own diffusion model."""

from __future__ import annotations

import re
from math import isfinite, prod
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tapehead.analysis.errors import UsageError
from tapehead.render.commands.circuit import writable
from tapehead.render.commands.options import (
    LARGEST_SEED,
    Device,
    Download,
    Json,
    Model,
    Quality,
    Quiet,
    Tape,
    Voice,
    answer,
    tell_before,
)

if TYPE_CHECKING:
    from tapehead.analysis.diffusion.lab.start import Source
    from tapehead.analysis.diffusion.models.model import DiffusionModel

_SEEDS = re.compile(r"seed:(\d+(?:,\d+)*)")


def add_to(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("directions")(directions)


def directions(
    model: Model = "",
    device: Device = "cpu",
    download: Download = False,
    prompt: Annotated[str, typer.Option("--prompt", help="What the picture is of, for a model that takes words.")] = "",
    seed: Annotated[
        int, typer.Option("--seed", min=0, max=LARGEST_SEED, help="Of the picture (without --image) and of controls.")
    ] = 0,
    image: Annotated[Path | None, typer.Option("--image", help="A picture of yours, of any size and mode.")] = None,
    t: Annotated[
        list[float] | None,
        typer.Option("--t", help="Where in the noise, 0 to 1; several times: repeat it. The first is the main one."),
    ] = None,
    k: Annotated[int, typer.Option("--k", help="How many directions.")] = 4,
    steps: Annotated[int, typer.Option("--steps", help="Pictures along a walk, to each side.")] = 3,
    reach: Annotated[float, typer.Option("--reach", help="Length of a walk, as a share of |x_t|.")] = 0.19,
    walk: Annotated[
        str, typer.Option("--walk", help="direct (x + a v) or guidance (published x-space steps).")
    ] = "direct",
    gamma: Annotated[float, typer.Option("--gamma", help="With --walk guidance: its step.")] = 1.0,
    guidance: Annotated[
        float | None, typer.Option("--guidance", help="Classifier-free weight; 3 for a prompt, 1 for a picture.")
    ] = None,
    denoise: Annotated[int, typer.Option("--denoise", help="DDIM steps of the whole way from noise.")] = 12,
    layer: Annotated[str, typer.Option("--layer", help="Where h is read: mid, or down-1, down-2 …")] = "mid",
    mask: Annotated[str, typer.Option("--mask", help="A picture, light where local directions may act.")] = "",
    to: Annotated[
        list[str] | None,
        typer.Option("--to", help="Carry directions to seed:4,5,6 or to a picture file; none: nowhere."),
    ] = None,
    use: Annotated[Path | None, typer.Option("--use", help="Apply a basis.safetensors of another run.")] = None,
    direction: Annotated[int, typer.Option("--direction", min=0, help="The one to use, carry and remove, from 1.")] = 0,
    level: Annotated[
        float | None,
        typer.Option("--level", help="Remove to so many standard deviations from other pictures' mean."),
    ] = None,
    draws: Annotated[int, typer.Option("--draws", help="Random sets that the directions are compared with.")] = 19,
    out: Annotated[Path, typer.Option("--out", help="Where results, figures and the page go.")] = Path(
        "out/directions"
    ),
    jobs: Annotated[int, typer.Option(min=0, help="Threads, and workers of a film; 0: as many as are of use.")] = 0,
    film: Annotated[bool, typer.Option("--film", help="Also render the film that tells the result.")] = False,
    quality: Quality = "480p15",
    voice: Voice = "espeak",
    tape: Tape = "",
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Find, walk and carry the directions of your own picture in your own diffusion model, with controls."""
    from tapehead.render.progress import Reporter

    reporter = Reporter(quiet)
    writable(out)
    choices = None
    if film:
        from tapehead.render.lab import filming
        from tapehead.scenes.direction_report.of_run import film_of

        if to is not None and set(to) <= {"none"}:
            raise UsageError("the film tells what becomes of the directions elsewhere: with --film leave out --to none")
        choices = filming.asked(quality, voice, tape, jobs)
    from tapehead.analysis.diffusion.lab import bases
    from tapehead.analysis.diffusion.lab.advice import advice
    from tapehead.analysis.diffusion.lab.masks import read_mask
    from tapehead.analysis.diffusion.lab.run import GUIDED, PictureRun, Settings, run_picture, table_of
    from tapehead.analysis.diffusion.lab.start import Source
    from tapehead.analysis.diffusion.models.inversion import last_time
    from tapehead.analysis.diffusion.models.loading import EMBEDDED, load_model
    from tapehead.analysis.model_kinds import refuse_other_kind
    from tapehead.analysis.photographs import read_photograph
    from tapehead.analysis.store import Store
    from tapehead.render.lab.directions import beside, write_run
    from tapehead.render.lab.threads import threads

    # Mistakes that need no model show at once.
    if guidance is not None and not isfinite(guidance):
        raise UsageError(f"--guidance is the classifier-free weight, a number; asked for {guidance}")
    shares = tuple(t) if t else (0.6,)
    chosen = 0 if use is not None else direction
    Settings(shares, k, steps, denoise, reach, walk, gamma, draws, layer, chosen, level, seed)
    kept = bases.load_basis(use) if use is not None else None
    refuse_other_kind(model or EMBEDDED, "diffusion")
    found = load_model(model or EMBEDDED, device, download)
    if k > prod(found.shape):
        raise UsageError(f"'{found.name}' has {prod(found.shape)} dimensions and no more directions; asked for --k {k}")
    threads(jobs, found.unet)
    if kept is not None:
        last = last_time(found)
        if t:
            kept = bases.load_basis(use, round(shares[0] * last))  # type: ignore[arg-type]
        shares, layer = (kept.t / last,), kept.layer
        if direction:
            if direction > len(kept.v):
                raise UsageError(f"{use} holds {len(kept.v)} directions; asked for --direction {direction}")
            from dataclasses import replace

            at = slice(direction - 1, direction)
            kept = replace(kept, v=kept.v[at], u=kept.u[at], told=f"direction {direction} of {kept.told}")
        k = len(kept.v)
    settings = Settings(shares, k, steps, denoise, reach, walk, gamma, draws, layer, chosen, level, seed)
    photograph = read_photograph(image, found.size) if image is not None else None
    if prompt:
        found.read([prompt])  # too long, or for a model without words
    weight = (GUIDED if prompt and photograph is None else 1.0) if guidance is None else guidance
    source = Source(prompt, seed, photograph, weight)
    region = read_mask(mask, found.size, photograph.frame if photograph is not None else None) if mask else None
    targets = _targets(to, source, found)
    run = PictureRun(found, source, settings, targets, region, kept)
    for told in filter(None, (photograph and photograph.told, region and f"mask {region.told}")):
        reporter.say(str(told))
    tell_before(reporter, out)
    try:
        parts = run_picture(run, Store(report=reporter.warn), reporter)
    except KeyboardInterrupt:
        reporter.say("stopped; what is finished is kept, and the same command goes on from there")
        raise
    asked = {"t": ", ".join(f"{share:g}" for share in shares), "k": k, "steps": steps, "reach": reach, "walk": walk}
    asked |= {"denoise": denoise, "guidance": weight, "draws": draws, "layer": layer, "seed": seed}
    with reporter.stage("figures"):
        write_run(parts, out, asked)
    told_run: dict[str, Any] = {"folder": str(out), "report": str(out / "report.html"), **table_of(parts)}
    told_run["cautions"], told_run["next"] = dict(parts["cautions"].facts), advice(parts)
    if further := beside(parts["picture"]):
        told_run["channels"] = further.strip()
    if not json:
        _tell(parts, out)
    if choices is not None:
        made = filming.film(film_of(out), choices, out, Store(report=reporter.warn), reporter)
        told_run["film"] = str(made)
        if not json:
            typer.echo(str(made))
    if json:
        answer({"model": found.name, "picture": source.told, "run": told_run, "stages_s": reporter.stages_s})


def _targets(to: list[str] | None, source: Source, model: DiffusionModel) -> list[Source]:
    """Other pictures; the next seed if none is named."""
    from tapehead.analysis.diffusion.lab.start import Source
    from tapehead.analysis.outside_files import shown
    from tapehead.analysis.photographs import read_photograph

    if to is None:
        return [Source(source.prompt, source.seed + 1, None, source.guidance)]
    found = []
    for one in to:
        if one == "none":
            continue
        seeds = _SEEDS.fullmatch(one)
        if seeds is not None:
            numbers = [int(seed) for seed in seeds[1].split(",")]
            if max(numbers) > LARGEST_SEED:
                raise UsageError(f"--to: a seed is at most {LARGEST_SEED}; asked for {shown(max(numbers))}")
            found += [Source(source.prompt, seed, None, source.guidance) for seed in numbers]
        elif one.startswith("seed:"):
            raise UsageError(f"--to {one}: seeds are whole numbers with commas between them, as in seed:4,5,6")
        elif not Path(one).exists():
            raise UsageError(f"--to {one}: no such picture; give a file, or seed:4,5,6")
        else:
            found.append(Source(source.prompt, source.seed, read_photograph(Path(one), model.size), source.guidance))
    return found


def _tell(parts: Any, folder: Path) -> None:
    from tapehead.analysis.diffusion.lab.advice import advice
    from tapehead.render.lab.directions import beside, verdict

    typer.echo(verdict(parts) + beside(parts["picture"]))
    for text in parts["cautions"].facts.values():
        typer.echo(f"  caution: {text}")
    for text in advice(parts):
        typer.echo(f"  try next: {text}")
    typer.echo(str(folder / "report.html"))
