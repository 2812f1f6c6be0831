"""``tapehead analyze``: an episode's results, computed or found in the store."""

from __future__ import annotations

from typing import Annotated

import typer

from tapehead.render.commands.options import Device, Download, EpisodeArgument, Jobs, Json, Model, Quiet, Seed, answer


def add_to(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("analyze")(analyze)


def analyze(
    episode: EpisodeArgument,
    only: Annotated[list[str] | None, typer.Option(help="This result and what it needs; may be repeated.")] = None,
    seed: Seed = None,
    model: Model = "",
    device: Device = "cpu",
    download: Download = False,
    jobs: Jobs = 0,
    again: Annotated[
        bool, typer.Option("--again", help="Compute all of them a second time, and say which come out otherwise.")
    ] = False,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Compute an episode's results, or find them in the store."""
    from tapehead.analysis.errors import ResultError
    from tapehead.analysis.registry import ModelChoice
    from tapehead.analysis.store import Store
    from tapehead.render.film.again import Differing, computed_again
    from tapehead.render.film.make import analyze as compute
    from tapehead.render.progress import Reporter
    from tapehead.scenes.episode import find_episode

    reporter = Reporter(quiet)
    found = find_episode(episode)
    choice = ModelChoice(model, device, download)
    store = Store(report=reporter.warn)
    differing: list[Differing] = []
    if again:
        entries, differing = computed_again(found, store, reporter, seed, choice, only or (), jobs)
    else:
        entries = compute(found, store, reporter, seed, choice, only or (), jobs=jobs)
    if json:
        results = {
            name: {"key": entry.key, "digest": entry.digest, "path": str(entry.path)} for name, entry in entries.items()
        }
        checked = {"differing": [each.to_data() for each in differing]} if again else {}
        answer({"episode": found.slug, "results": results, **checked, "stages_s": reporter.stages_s})
    else:
        for name, entry in entries.items():
            facts = entry.record["facts"]
            typer.echo(f"{name:<18} {facts['origin']:<12} {facts['analysis']} v{facts['version']}  {entry.digest[:12]}")
    if differing:
        told = "; ".join(f"'{each.name}': {each.what}" for each in differing)
        raise ResultError(
            f"computed again, {len(differing)} of {len(entries)} results came out otherwise: {told}. An analysis may "
            "ask neither the clock nor the system for randomness: use its `seed`"
        )
