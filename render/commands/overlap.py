"""``tapehead overlap``: how alike the user's own pairs of pictures are inside an image classifier."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Any

import typer

from tapehead.analysis.errors import UsageError
from tapehead.render.commands.circuit import writable
from tapehead.render.commands.options import LARGEST_SEED, Device, Download, Json, Model, Quiet, answer, tell_before


def add_to(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("overlap")(overlap)


def overlap(
    places: Annotated[
        list[Path],
        typer.Argument(metavar="TABLE | FOLDER FOLDER", help="A .csv with first,second,group, or two folders."),
    ],
    model: Model = "",
    layer: Annotated[str, typer.Option("--layer", help="By its module's name; the last that has places.")] = "",
    share: Annotated[float, typer.Option("--share", help="Of the most active values, 0 to 1.")] = 0.1,
    out: Annotated[Path, typer.Option("--out", help="Where results, figures and the page go.")] = Path("out/overlap"),
    device: Device = "cpu",
    download: Download = False,
    seed: Annotated[
        int, typer.Option("--seed", min=0, max=LARGEST_SEED, help="Of pairs from folders, deals and intervals.")
    ] = 0,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Compare your own pairs of pictures inside an image classifier, beside what chance and the pixels would give."""
    from tapehead.render.progress import Reporter

    reporter = Reporter(quiet)
    writable(out)
    from tapehead.analysis.model_kinds import refuse_other_kind
    from tapehead.analysis.pretrained import check_device
    from tapehead.analysis.vision import own_overlap
    from tapehead.analysis.vision.models import EMBEDDED, load_model, side_of
    from tapehead.analysis.vision.overlap import set_size
    from tapehead.analysis.vision.own_pairs import pairs_of_folders, photographs, read_pairs
    from tapehead.render.lab.overlap import verdict, write_run

    # Mistakes that need no model show at once.
    check_device(device)
    set_size(1, share)
    if len(places) == 1 and not places[0].is_dir():
        pairs = read_pairs(places[0])
    elif len(places) == 2:
        pairs = pairs_of_folders(places[0], places[1], seed)
    else:
        raise UsageError("which pairs? give one table (.csv with first,second,group), or two folders of pictures")
    if (model or EMBEDDED) != EMBEDDED:
        refuse_other_kind(model, "classifier")
    eyes = load_model(model or EMBEDDED, device, download)
    shots = photographs(pairs, side_of(eyes))
    for told in what_was_made({shot.told for both in shots for shot in both}):
        reporter.say(told)
    import torch

    pictures = torch.stack([torch.stack([shot.pixels for shot in both]) for both in shots]).numpy()
    tell_before(reporter, out, resumed=False)
    with reporter.stage("overlap", 1.0) as track:
        parts = own_overlap.run(eyes, pairs, pictures, layer, share, seed=seed, tick=track.to)
    asked = {"pairs": ", ".join(map(str, places)), "layer": parts["pairs"].facts["layer"], "share": share, "seed": seed}
    with reporter.stage("figures"):
        write_run(parts, pictures, out, asked)
    if json:
        answer({"model": eyes.name, "run": _table(parts, out), "stages_s": reporter.stages_s})
        return
    typer.echo(verdict(parts))
    for text in parts["cautions"].facts.values():
        typer.echo(f"  caution: {text}")
    typer.echo(str(out / "report.html"))


def what_was_made(told: Collection[str]) -> list[str]:
    """One line for each way in which pictures were brought to size: hundreds of pictures have few sizes."""
    ways: dict[str, list[str]] = {}
    for one in sorted(told):
        name, _, way = one.partition(": ")
        ways.setdefault(way, []).append(name)
    return [f"{names[0] if len(names) == 1 else f'{len(names)} pictures'}: {way}" for way, names in ways.items()]


def _table(parts: Any, out: Path) -> dict[str, Any]:
    wanted = {
        "near_pairs": ("pairs", "near_pairs"),
        "far_pairs": ("pairs", "far_pairs"),
        "near_mean": ("pairs", "near_mean"),
        "chance": ("pairs", "chance"),
        "dealt": ("dealt", "average"),
        "p": ("dealt", "p"),
        "auc": ("apart", "overlap"),
        "pixels_auc": ("apart", "pixels"),
        "cautions": ("cautions", "count"),
        "found": ("cautions", "found"),
    }
    numbers = {
        name: float(parts[part][value]) if value in parts[part].quantities else None
        for name, (part, value) in wanted.items()
    }
    told = {"folder": str(out), "report": str(out / "report.html"), **numbers}
    return told | {"caution_notes": dict(parts["cautions"].facts)}
