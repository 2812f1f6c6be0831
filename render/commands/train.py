"""``tapehead train``: an embedded model from generated data."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.render.commands.options import Quiet


def add_to(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("train")(train)


def train(
    model: Annotated[
        str,
        typer.Argument(help="Which: mini, puppet-32, puppet-64, puppet-32-…, looker, spotter-few, spotter-many or xor"),
    ],
    seed: Annotated[
        list[int] | None, typer.Option("--seed", min=0, help="Which seeds; may be given several times.")
    ] = None,
    steps: Annotated[int | None, typer.Option(min=1, help="Length of the schedule; each model has its own.")] = None,
    jobs: Annotated[int, typer.Option(min=1, help="Seeds at a time, one thread each.")] = 1,
    out: Annotated[Path | None, typer.Option(help="Put the model, scored, and its card here.")] = None,
    quiet: Quiet = False,
) -> None:
    """Train an embedded model from generated data; goes on from its last checkpoint."""
    from tapehead.render.progress import Reporter

    say = Reporter(quiet).say
    if model == "mini":
        from tapehead.analysis.language.training.train import train_mini

        train_mini(tuple(seed) if seed else (0, 1, 2, 3, 4), steps or 2000, report=say, out=out, jobs=jobs)
    elif model.startswith("puppet-"):
        from tapehead.analysis.diffusion.training.train import MODELS, train_puppet

        if model not in MODELS:
            raise UnknownNameError("model to train", model, ["mini", *MODELS])
        train_puppet(model, _one_seed(model, seed, jobs), steps, report=say, out=out)
    elif model.startswith(("looker", "spotter")):
        from tapehead.analysis.vision.training import train as train_eyes

        train_eyes(model, _one_seed(model, seed, jobs), steps, out, say)
    elif model == "xor":
        from tapehead.analysis.vision.xor_training import train as train_xor

        train_xor(_one_seed(model, seed, jobs), steps, out, say)
    else:
        known = ["mini", "puppet-32", "puppet-64", "puppet-32-two", "looker", "spotter-few", "spotter-many", "xor"]
        raise UnknownNameError("model to train", model, known)


def _one_seed(model: str, seeds: Sequence[int] | None, jobs: int) -> int:
    """The seed of a model of which one is trained at a time."""
    seeds = list(seeds or [0])
    if len(seeds) > 1 or jobs > 1:
        raise UsageError(f"{model} trains one seed at a time; asked for seeds {seeds} and {jobs} jobs")
    return seeds[0]
