"""The commands that come before or after a film: speak, package, publish, sign-in, figures, slides.

They are added to the command line by :func:`add_to`; heavy imports happen inside the command that needs them.
"""

from __future__ import annotations

import json as json_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tapehead.analysis.errors import UsageError
from tapehead.render.commands.options import BrandFile, EpisodeArgument, Json, Quiet, Voice, answer

if TYPE_CHECKING:
    from tapehead.analysis.store import Store
    from tapehead.render.film.make import Choices
    from tapehead.render.package.manifest import Package
    from tapehead.render.progress import Reporter
    from tapehead.scenes.episode import Episode

Out = Annotated[Path, typer.Option("--out", help="Where films lie and packages go.")]
FilmQuality = Annotated[str, typer.Option("--quality", help="Which film; empty: the largest one that is there.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module to the command line."""
    for command, name in (
        (figures, "figures"),
        (package, "package"),
        (publish, "publish"),
        (sign_in, "sign-in"),
        (slides, "slides"),
        (speak, "speak"),
    ):
        app.command(name)(command)


def figures(
    episode: EpisodeArgument,
    format: Annotated[
        str, typer.Option(help="Which files: pdf,svg,png for pictures, csv,npz,xlsx for their numbers.")
    ] = "pdf,svg,png",
    only: Annotated[list[str] | None, typer.Option(help="One figure; may be given several times.")] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Every figure that the results have, not only those that the episode chose.")
    ] = False,
    style: Annotated[str, typer.Option(help="light, dark or print, or a style sheet my.mplstyle.")] = "light",
    font: Annotated[str, typer.Option(help="Another font: an installed family, or a .ttf or .otf file.")] = "",
    lang: Annotated[str, typer.Option(help="Another language: its words are in figures.LANG.toml.")] = "",
    width: Annotated[float, typer.Option(min=30, max=1000, help="Width in millimetres.")] = 120.0,
    dpi: Annotated[int, typer.Option(min=30, max=2400, help="Resolution of pictures.")] = 300,
    stills: Annotated[
        bool, typer.Option("--stills", help="Stills of the scenes instead, at any width and dpi.")
    ] = False,
    seed: Annotated[int | None, typer.Option(min=0, help="Instead of the episode's own seed.")] = None,
    out: Out = Path("out"),
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Draw the episode's results as figures for print and slides, with their captions, or write their numbers."""
    found, _, store, reporter = _start(episode, "", 0, out, quiet)
    from tapehead.render.figures.language import language_of
    from tapehead.render.figures.make import Wanted, checked, chosen, make_figures
    from tapehead.render.figures.own_style import style_given
    from tapehead.render.film.make import analyze
    from tapehead.render.film.owner import check_owner, mark_owner

    language = language_of(found.folder, lang)
    wanted = Wanted(checked(format), style, width, dpi, language)
    folder = out / found.slug / "figures" / ("" if not language.other else language.name)
    check_owner(found, folder)
    if stills:
        from tapehead.render.figures.film_frames import scene_stills

        paths = scene_stills(found, only or [], width, dpi, store, reporter, folder / "stills")
    else:
        look, ones = style_given(style, font), chosen(found, only or [], everything)
        if missing := language.missing([one.figure for one in ones]):
            reporter.warn(f"no words in '{lang}' for: {'; '.join(missing)}")
        with store.leased():
            paths = make_figures(found, ones, analyze(found, store, reporter, seed), store, look, wanted, folder)
    mark_owner(found, folder)
    if json:
        answer({"figures": [str(path) for path in paths]})
        return
    for path in paths:
        typer.echo(str(path))


def package(
    episode: EpisodeArgument,
    quality: FilmQuality = "",
    voice: Annotated[str, typer.Option(help="How a film with recorded voices was voiced: recorded:DIR.")] = "auto",
    jobs: Annotated[int, typer.Option(min=0, help="Worker processes for the version without tape.")] = 0,
    chapters: Annotated[
        bool, typer.Option("--chapters/--no-chapters", help="Without: for places that have no rules for chapters.")
    ] = True,
    brand: BrandFile = "",
    out: Out = Path("out"),
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Gather what a publisher needs: film, captions, transcript, description, thumbnail, provenance."""
    found, choices, store, reporter = _start(episode, quality, jobs, out, quiet, brand)
    from dataclasses import replace

    from tapehead.render.package.gather import gather

    made = gather(found, replace(choices, voice=voice), store, reporter, chapters=chapters)
    if json:
        answer({"package": str(made.folder), "files": {part.file: part.sha256 for part in made.parts}})
        return
    for part in made.parts:
        typer.echo(f"{part.role:<22} {part.file:<34} {part.size / 1e3:>12,.1f} kB")
    typer.echo(str(made.folder))


def speak(
    episode: EpisodeArgument,
    voice: Voice = "auto",
    only: Annotated[str, typer.Option(help="Speak one scene only.")] = "",
    jobs: Annotated[int, typer.Option(min=0, help="Lines at once; 0 means one per core.")] = 0,
    ship: Annotated[
        bool, typer.Option("--ship", help="Write a built-in episode's lines into assets/voices/lines.")
    ] = False,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Speak an episode's lines into the store, and say how they are spoken."""
    found, _choices, store, reporter = _start(episode, "", jobs, Path("out"), quiet)
    from tapehead.render.film.speak import speak as speak_episode
    from tapehead.render.workers.pool import default_jobs

    made = speak_episode(found, voice, store, reporter, scene=only, jobs=jobs or default_jobs(), to_ship=ship)
    if json:
        answer(made.to_data())
        return
    for name, pace in made.paces.items():
        typer.echo(f"{name}: {pace:.0f} words a minute")
    if made.guessed:
        typer.echo(f"in no dictionary, said by rules: {', '.join(made.guessed)}")
    typer.echo(f"{len(made.lines)} lines, {made.seconds / 60:.1f} min, in the voice '{made.voice}'")
    if made.shipped:
        typer.echo(f"{made.shipped}  {made.shipped_bytes / 1e6:.1f} MB")


def slides(
    episode: EpisodeArgument,
    to: Annotated[str, typer.Option("--to", help="html (one file, offline), pptx or pdf.")] = "html",
    stops: Annotated[
        str, typer.Option(help="Stop at the end of each line (cues), or at each mark too (marks).")
    ] = "cues",
    tape: Annotated[str, typer.Option(help="A tape preset; a lecture has none unless you ask for it.")] = "clean",
    voice: Annotated[
        str, typer.Option(help="Whose timing the pictures follow: natural, espeak, none or recorded:DIR.")
    ] = "auto",
    opening: Annotated[
        bool, typer.Option("--opening/--no-opening", help="Begin with a card: the title, and what it is about.")
    ] = True,
    titles: Annotated[bool, typer.Option("--titles", help="The scene's title above each picture.")] = False,
    numbers: Annotated[bool, typer.Option("--numbers", help="The slide's number above each picture.")] = False,
    quality: FilmQuality = "",
    only: Annotated[str, typer.Option(help="A lecture of one scene only.")] = "",
    brand: BrandFile = "",
    jobs: Annotated[int, typer.Option(min=0, help="Worker processes; 0 means one per core.")] = 0,
    out: Out = Path("out"),
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Make a lecture of an episode: a slide per spoken line, the narration as speaker notes."""
    from dataclasses import replace

    from tapehead.render.commands.check import refuse_errors

    refuse_errors(episode, _reporter(quiet).warn, [only] if only else [])
    found, choices, store, reporter = _start(episode, quality, jobs, out, quiet, brand)
    from tapehead.render.slides.make import Additions, make_slides

    chosen, added = replace(choices, only=only, tape=tape, voice=voice), Additions(opening, titles, numbers)
    made = make_slides(found, chosen, store, reporter, to, stops, added)
    if json:
        answer({"slides": str(made.path), "deck": str(made.deck), "count": len(made.slides)})
    else:
        typer.echo(f"{made.path}  ({len(made.slides)} slides)")


def publish(
    episode: EpisodeArgument,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what would be sent; send nothing.")] = False,
    privacy: Annotated[str, typer.Option(help="private, unlisted or public.")] = "",
    at: Annotated[str, typer.Option(help="Make it public then: 2027-01-31T18:00+01:00.")] = "",
    playlist: Annotated[str, typer.Option(help="Put it into this playlist of yours; made if it is not there.")] = "",
    captions: Annotated[bool, typer.Option("--captions/--no-captions", help="Send the captions.")] = True,
    notify: Annotated[bool, typer.Option("--notify/--no-notify", help="Tell subscribers.")] = False,
    update: Annotated[
        bool, typer.Option("--update", help="Change an uploaded film's words, captions, privacy.")
    ] = False,
    again: Annotated[bool, typer.Option("--again", help="Upload a second copy of a film that is there.")] = False,
    quality: FilmQuality = "",
    brand: BrandFile = "",
    out: Out = Path("out"),
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Upload a package to YouTube: once, as private first, with a receipt."""
    if update and again:
        raise UsageError("--update changes the film that is there, --again uploads another one; choose one of them")
    from tapehead.render.publish import run
    from tapehead.render.publish.calls import Wish
    from tapehead.render.publish.retry import Patience
    from tapehead.render.publish.signin import moment
    from tapehead.render.youtube_rules import PRIVACIES

    if privacy and privacy not in PRIVACIES:
        raise UsageError(f"--privacy is {', '.join(PRIVACIES)}; not '{privacy}'")
    wish = Wish(privacy or "private", moment(at) if at else None, playlist, notify, captions)
    reporter = _reporter(quiet)
    patience = Patience(say=reporter.say)
    if dry_run:
        made = _package_now(episode, quality, out, quiet, brand)
        _show(run.dry_run(made, wish, patience.now()), json)
        return
    made = _package_there(episode, out)
    if update:
        receipt = run.update(made, wish, patience, privacy=privacy)
    else:
        with reporter.stage("upload", max(1, sum(part.size for part in made.each("film")))) as track:
            receipt = run.publish(made, wish, patience, again=again, tell=lambda sent, _size: track.to(sent))
    if json:
        answer({"video": receipt.video, "url": receipt.url, "receipt": str(made.folder / "publish.json")})
        return
    for name in receipt.differences:
        typer.echo(f"YouTube has something else than was sent: {name}")
    typer.echo(receipt.url)


def sign_in(
    client: Annotated[Path | None, typer.Option(help="The client file that Google's console gave you.")] = None,
    headless: Annotated[bool, typer.Option("--headless", help="Without a browser on this machine.")] = False,
    renew: Annotated[bool, typer.Option("--renew", help="Only renew a sign-in that is there.")] = False,
    upload_only: Annotated[
        bool, typer.Option("--upload-only", help="Ask for uploads only: no captions, playlists or changes.")
    ] = False,
) -> None:
    """Sign in to YouTube; the token stays in your configuration folder, readable by you only."""
    from tapehead.render.publish import signin

    if client:
        signin.adopt_client(client)
    if renew:
        signin.renew(typer.echo)
        return
    signin.sign_in(signin.scopes_named(upload_only), headless, typer.echo, lambda text: str(typer.prompt(text)))
    typer.echo(f"signed in; the token is in {signin.token_path()}")


def _start(
    name: str, quality: str, jobs: int, out: Path, quiet: bool, brand: str | None = None
) -> tuple[Episode, Choices, Store, Reporter]:
    """What every command begins with; ``brand`` is what ``--brand`` says, ``None`` where there is no such option."""
    from tapehead.analysis.store import Store
    from tapehead.render.film.make import Choices
    from tapehead.render.planning.brand import brand_for
    from tapehead.render.quality import QUALITIES, quality_named
    from tapehead.scenes.episode import find_episode

    episode = find_episode(name)
    there = [known for known in QUALITIES if (out / episode.slug / known / "provenance.json").is_file()]
    chosen = quality_named(quality or (there[-1] if there else "1080p60"))
    reporter = _reporter(quiet)
    look = None if brand is None else brand_for(episode.folder, brand)
    return episode, Choices(chosen, jobs, out=out, brand=look), Store(report=reporter.warn), reporter


def _reporter(quiet: bool) -> Reporter:
    from tapehead.render.progress import Reporter

    return Reporter(quiet)


def _package_now(name: str, quality: str, out: Path, quiet: bool, brand: str) -> Package:
    """The package as it would be made now; without a film with that left open."""
    episode, choices, store, reporter = _start(name, quality, 0, out, quiet, brand)
    from tapehead.render.package.gather import gather, package_folder
    from tapehead.render.package.manifest import Package, PackageError

    try:
        before = Package.load(package_folder(out, episode.slug))
        left_out = before.part("film") is not None and not before.chapters  # it was asked for without
    except PackageError:
        left_out = False
    return gather(episode, choices, store, reporter, draft=True, chapters=not left_out)


def _package_there(name: str, out: Path) -> Package:
    """The package that was made before."""
    from tapehead.render.package.gather import package_folder
    from tapehead.render.package.manifest import Package
    from tapehead.scenes.episode import find_episode

    return Package.load(package_folder(out, find_episode(name).slug))


def _show(plan: dict[str, Any], json: bool) -> None:
    if json:
        answer(plan)
        return
    for number, request in enumerate(plan["requests"], 1):
        typer.echo(f"{number}. {request['http']} {request['url']}")
        for part in ("body", "media"):
            if part in request:
                typer.echo(json_module.dumps({part: request[part]}, indent=2, ensure_ascii=False))
    typer.echo(f"scopes: {' '.join(plan['scopes'])}")
    typer.echo(f"quota: {plan['quota']['units']} units and {plan['quota']['uploads']} upload")
    for item in plan["open"]:
        typer.echo(f"open: {item}")
    typer.echo("nothing was sent")
