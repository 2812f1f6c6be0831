"""`tapehead page`: a film for readers, in one file that needs no network."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tapehead.analysis.errors import UsageError
from tapehead.render.commands.options import BrandFile, Jobs, Json, Quality, Quiet, Seed, Voice, answer


def add_to(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("page")(page)


def page(
    episode: Annotated[
        str, typer.Argument(metavar="[EPISODE]", help="A slug from `tapehead list`, or a folder; or --all.")
    ] = "",
    film: Annotated[
        Path | None,
        typer.Option("--film", help="A film's file, which is put beside the page; else the one in --films."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="The page, or with --all the folder of all pages and their index."),
    ] = None,
    films: Annotated[Path, typer.Option("--films", help="Where films lie that were rendered.")] = Path("out"),
    everything: Annotated[
        bool, typer.Option("--all", help="A page for every film that lies there, and an index.")
    ] = False,
    pictures: Annotated[
        bool, typer.Option("--pictures/--no-pictures", help="Still pictures; without a film they are drawn.")
    ] = True,
    quality: Quality = "480p15",
    voice: Voice = "none",
    brand: BrandFile = "",
    seed: Seed = None,
    jobs: Jobs = 0,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Make a page for readers: film, words, figures to touch, and where every number came from."""
    if everything == bool(episode):
        raise UsageError("name one film, as in `tapehead page linear-algebra`, or say --all")
    if everything and film:
        raise UsageError("--film is the film of one page; with --all the films are looked for in --films")
    from dataclasses import replace

    from tapehead.analysis.store import Store
    from tapehead.render.film.make import Choices
    from tapehead.render.page.index import make_all, rendered
    from tapehead.render.page.make import make_page
    from tapehead.render.planning.brand import brand_for
    from tapehead.render.progress import Reporter
    from tapehead.render.quality import quality_named
    from tapehead.scenes.episode import find_episode

    reporter = Reporter(quiet)
    store = Store(report=reporter.warn)
    choices = Choices(quality_named(quality), jobs, voice=voice, seed=seed, out=films)
    if everything:
        made = make_all(choices, store, reporter, out or films / "pages", pictures=pictures, brand=brand)
        if json:
            answer({"index": str(made.index), "pages": [str(one.path) for one in made.pages]})
        else:
            typer.echo(f"{made.index}  ({len(made.pages)} films)")
        return
    found = find_episode(episode)
    choices = replace(choices, brand=brand_for(found.folder, brand))
    target = out or films / found.slug / "page" / "index.html"
    if target.is_dir():
        target = target / "index.html"
    one = make_page(found, choices, store, reporter, target, film or rendered(found.slug, films), pictures=pictures)
    if json:
        answer({"page": str(one.path), "film": str(one.film) if one.film else None, "bytes": one.size})
    else:
        typer.echo(f"{one.path}  ({one.size / 1e6:.1f} MB{f', beside {one.film.name}' if one.film else ''})")
