"""The command line.  Heavy imports happen inside the command that needs them: ``--help`` is instant."""

from __future__ import annotations

import errno
import os
import re
import shlex
import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from tapehead.analysis.errors import Interrupted, TapeheadError, UsageError, cause_of
from tapehead.render.commands import tape as tape_commands
from tapehead.render.commands.check import add_to as add_check
from tapehead.render.commands.check import refuse_errors
from tapehead.render.commands.circuit import add_to as add_circuit
from tapehead.render.commands.cluster import add_to as add_planning
from tapehead.render.commands.deliver import add_to as add_delivery
from tapehead.render.commands.directions import add_to as add_directions
from tapehead.render.commands.examples import add_examples
from tapehead.render.commands.export import add_to as add_export
from tapehead.render.commands.friends import friends
from tapehead.render.commands.new import add_to as add_new
from tapehead.render.commands.options import (
    AllowFlashes,
    BrandFile,
    BurnCaptions,
    CaptionLanguage,
    Device,
    Download,
    EpisodeArgument,
    Jobs,
    Json,
    Memory,
    Model,
    Out,
    Quality,
    Quiet,
    Rate,
    Seed,
    Size,
    Strict,
    Tape,
    Timeout,
    Voice,
    answer,
    tell_film,
)
from tapehead.render.commands.overlap import add_to as add_overlap
from tapehead.render.commands.page import add_to as add_page
from tapehead.render.commands.patterns import add_to as add_patterns
from tapehead.render.commands.quick import WIDTH, Commands, only_what_is_asked_for
from tapehead.render.commands.sales import sales
from tapehead.render.commands.short import add_to as add_short
from tapehead.render.commands.spoken import add_to as add_spoken
from tapehead.render.commands.studio import add_to as add_studio
from tapehead.render.commands.verify import verify_app
from tapehead.render.room import is_lack, lack, too_little

app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    # plain text: what draws boxes around it takes as long to be imported as all the rest of a help text takes
    rich_markup_mode=None,
    context_settings={"max_content_width": WIDTH},
    help="Render explainer videos in which every number on screen was computed.",
)
store_app = typer.Typer(
    cls=Commands, no_args_is_help=True, help="What is kept between runs: results, spoken lines, drawn scenes."
)
app.add_typer(store_app, name="store")
app.add_typer(verify_app, name="verify")
app.add_typer(tape_commands.app, name="tape")


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"tapehead {version('tapehead')}")
        raise typer.Exit


@app.callback()
def _start(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    pass


def main() -> NoReturn:
    """Run the command; a user's mistake becomes one message and an exit code, never a traceback."""
    if narrow := "" if _is_light(sys.argv[1:]) else too_little():
        _complain(narrow)
        sys.exit(1)
    try:
        asked = app if _completes() else only_what_is_asked_for(app, sys.argv[1:])
        # typer hands the code of typer.Exit back as the value
        code = asked(standalone_mode=False, prog_name="tapehead") or 0
    except TapeheadError as error:
        _complain(str(error))
        code = error.exit_code
    except KeyboardInterrupt:
        _complain(str(Interrupted("stopped")))
        code = Interrupted.exit_code
    except ImportError as error:
        if is_lack(error):
            _complain(lack("a library cannot be loaded"))
            sys.exit(1)
        _complain(f"a library is missing or broken: {error}; `tapehead doctor` says what to do")
        code = 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    except Exception as error:
        code = _usage_or_raise(error)
    sys.exit(code)


def _completes() -> bool:
    """Whether a shell asks for completions: these may be of any command."""
    return any(name.startswith("_TAPEHEAD_COMPLETE") for name in os.environ)


def _usage_or_raise(error: Exception) -> int:
    """Click's own complaints (unknown option, missing argument) in our form; anything else is a bug of ours."""
    if type(error).__name__ == "NoArgsIsHelpError":
        sys.stderr.write(f"{error}\n")
        return 2
    if hasattr(error, "format_message") and hasattr(error, "exit_code"):
        _complain(_in_our_words(error))
        return int(error.exit_code)
    if type(error).__name__ == "Abort":
        return 130
    if isinstance(error, OSError) and error.errno in _OUTSIDE:
        _complain(f"{error.filename or 'a file'}: {error.strerror}; free some space, or choose places that can be used")
        return 1
    if isinstance(error, OSError) and error.errno in _TRANSIENT:
        _complain(cause_of(error))
        return 1
    if is_lack(error):
        _complain(lack("stopped"))
        return 1
    raise error


_KINDS = {"integer": "a whole number", "number": "a number", "float": "a number", "boolean": "yes or no"}
_KIND = re.compile(r"\ba? ?valid (integer|number|float|boolean)\b")
_LIMIT = re.compile(r"(greater|less) than( or equal to)? (-?[\d.]+)")
_RANGE = re.compile(r"is not in the range (?:(-?[\d.]+)<=)?x(?:(<=|>=)(-?[\d.]+))?")


def _in_our_words(error: Any) -> str:
    """What click and typer say of a value, as a sentence: ``--jobs takes a whole number, not 'two'``.

    Their releases word it differently, so it is the words that count which are looked for; what is not understood is
    passed on as it is.
    """
    names = list(getattr(getattr(error, "param", None), "opts", ()))
    said = str(getattr(error, "message", ""))
    if names and names[0].startswith("-"):
        wanted = ""
        if kind := _KIND.search(said):
            wanted = _KINDS[kind[1]]
        elif limit := _LIMIT.search(said):
            wanted = f"{limit[3]} or {'more' if limit[1] == 'greater' else 'less'}" if limit[2] else limit[0]
        elif span := _RANGE.search(said):
            low, sign, high = span.groups()
            low, high = (high, None) if sign == ">=" else (low, high)
            wanted = f"from {low} to {high}" if low and high else f"{low} or more" if low else f"{high} or less"
        if wanted:
            given = _given(names)
            return f"{names[-1]} takes {wanted}" + (f", not '{given}'" if given else "")
    return str(error.format_message())


def _given(names: list[str]) -> str:
    """The value that was typed after an option."""
    words = sys.argv[1:]
    for at, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name in names:
            return value if equals else words[at + 1] if at + 1 < len(words) else ""
    return ""


_LIGHT = ("list", "store", "new", "--version")
"""Commands that load no library which computes."""


def _is_light(words: list[str]) -> bool:
    return not words or words[0] in _LIGHT or "--help" in words


_TRANSIENT = (errno.EMFILE, errno.ENFILE, errno.ESTALE, errno.EAGAIN, errno.ENOMEM)
_OUTSIDE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO)
"""What the world does to us, and no bug of ours."""


def _complain(message: str) -> None:
    sys.stderr.write(f"tapehead: {message}\n")


@app.command("list")
def list_episodes(json: Json = False) -> None:
    """List the episodes that can be rendered."""
    from tapehead.scenes.episode import folders, load_episode, nearby

    found: list[dict[str, Any]] = []
    for slug, folder in folders():
        try:
            episode = load_episode(folder)
        except TapeheadError as error:
            _complain(f"{slug}: {error}")
            continue
        twins = [entry["folder"] for entry in found if entry["slug"] == episode.slug]
        if twins:
            _complain(f"'{episode.slug}' are two episodes: {twins[0]} and {folder}; name one by its path, or rename it")
        scenes = [scene.name for scene in episode.scenes]
        found.append({"slug": episode.slug, "title": episode.title, "scenes": scenes, "folder": str(folder)})
    left = [f".{os.sep}{folder}" if folder.name else "." for folder in nearby()]
    if json:
        answer({"episodes": found, "not_loaded": left})
        return
    for entry in found:
        typer.echo(f"{entry['slug']:<22} {len(entry['scenes']):>2} scenes  {entry['title']}")
    for place in left:
        named = shlex.quote(place)
        _complain(
            f"found but not loaded: {named}; name it, `tapehead render {named}`, or put its folder on TAPEHEAD_EPISODES"
        )


@app.command()
def doctor(
    warm: Annotated[
        bool, typer.Option("--warm", help="Compile the tape for this processor now: half a minute.")
    ] = False,
    json: Json = False,
) -> None:
    """Say what is installed, what is missing, and the line that fixes it, in seconds."""
    from tapehead.render.commands.doctor import examine, show

    checks = examine(warm)
    if json:
        answer({"checks": [check.to_data() for check in checks]})
    else:
        show(checks)
    if any(check.needed and not check.ok for check in checks):
        raise typer.Exit(1)


@app.command()
def analyze(
    episode: EpisodeArgument,
    only: Annotated[list[str] | None, typer.Option(help="This result and what it needs; may be repeated.")] = None,
    seed: Seed = None,
    model: Model = "",
    device: Device = "cpu",
    download: Download = False,
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
        entries, differing = computed_again(found, store, reporter, seed, choice, only or ())
    else:
        entries = compute(found, store, reporter, seed, choice, only or ())
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


@app.command()
def render(
    context: typer.Context,
    episode: Annotated[str, typer.Argument(metavar="EPISODE", help="A slug from `tapehead list`, or a folder.")] = "",
    quality: Quality = "480p15",
    size: Size = "",
    rate: Rate = 0,
    burn_captions: BurnCaptions = None,
    caption_language: CaptionLanguage = "",
    brand: BrandFile = "",
    jobs: Jobs = 0,
    only: Annotated[str, typer.Option(help="Render one scene only.")] = "",
    voice: Voice = "auto",
    dub: Annotated[str, typer.Option(metavar="LANGUAGE", help="Speak the translated captions: de, es.")] = "",
    bed: Annotated[
        bool, typer.Option("--bed/--no-bed", help="Chords, or the episode's music, below the voice.")
    ] = True,
    tape: Tape = "",
    seed: Seed = None,
    model: Model = "",
    device: Device = "cpu",
    download: Download = False,
    allow_flashes: AllowFlashes = False,
    strict: Strict = False,
    timeout: Timeout = 600,
    memory: Memory = 4,
    plan: Annotated[str, typer.Option(metavar="PLAN", help="Instead of an episode: what `tapehead plan` wrote.")] = "",
    executor: Annotated[str, typer.Option(help="Who renders a plan: local, ray or ray:ADDRESS.")] = "local",
    store: Annotated[str, typer.Option(metavar="URL", help="With --plan: where all workers meet; else yours.")] = "",
    out: Out = Path("out"),
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Render an episode to a finished film."""
    from tapehead.analysis.registry import ModelChoice
    from tapehead.analysis.store import Store
    from tapehead.render.film.make import Choices
    from tapehead.render.film.make import render as make
    from tapehead.render.planning.brand import brand_for
    from tapehead.render.progress import Reporter
    from tapehead.render.quality import chosen
    from tapehead.render.workers.pool import Limits
    from tapehead.scenes.episode import find_episode, folder_named

    reporter = Reporter(quiet)
    if plan:
        from tapehead.render.commands.cluster import frozen_by_plan, render_plan

        frozen_by_plan(context)
        limits = Limits(timeout, memory)
        render_plan(plan, executor, store, jobs, out, limits, allow_flashes, reporter, json)
        return
    if not episode:
        raise UsageError("what is to be rendered? give an EPISODE (`tapehead list` shows them), or a plan with --plan")
    if executor != "local" or store:
        raise UsageError("--executor and --store are for a plan: make one with `tapehead plan`, then `render --plan`")
    choice = ModelChoice(model, device, download)
    picture = chosen(quality, size, rate)
    episode_folder = folder_named(episode)
    refuse_errors(episode)
    choices = Choices(
        picture,
        jobs,
        only,
        voice,
        tape,
        seed,
        out,
        choice,
        allow_flashes,
        limits=Limits(timeout, memory),
        bed=bed,
        dub=dub,
        strict=strict,
        burn=_burns(burn_captions, caption_language),
        burnt=caption_language,
        brand=brand_for(episode_folder, brand),
    )
    film = make(find_episode(episode), choices, Store(report=reporter.warn), reporter)
    tell_film(film, reporter, json)


def _burns(asked: bool | None, language: str) -> bool | None:
    """Whoever chooses a language for burned captions wants them."""
    if language and asked is False:
        raise UsageError(f"--caption-language {language} and --no-burn-captions contradict each other")
    return True if language else asked


@app.command()
def preview(
    episode: EpisodeArgument,
    scene: Annotated[str, typer.Argument(help="One scene only.")] = "",
    watch: Annotated[
        bool, typer.Option("--watch", help="Go on, and redraw what changes when a file is saved.")
    ] = False,
    show: Annotated[bool, typer.Option("--open/--no-open", help="Open the film where there is a desktop.")] = True,
    size: Size = "",
    rate: Rate = 0,
    burn_captions: BurnCaptions = None,
    caption_language: CaptionLanguage = "",
    brand: BrandFile = "",
    jobs: Jobs = 0,
    voice: Voice = "auto",
    tape: Tape = "",
    strict: Strict = False,
    timeout: Timeout = 600,
    memory: Memory = 4,
    out: Out = Path("out"),
    quiet: Quiet = False,
) -> None:
    """Make a small film (480p15) to look at; with --watch, again whenever a file is saved."""
    from tapehead.analysis.store import Store
    from tapehead.render.film.make import Choices, Film
    from tapehead.render.film.preview import Preview
    from tapehead.render.film.preview import preview as look
    from tapehead.render.planning.brand import brand_for
    from tapehead.render.progress import Reporter
    from tapehead.render.quality import chosen
    from tapehead.render.workers.pool import Limits
    from tapehead.scenes.episode import folder_named

    def answer(film: Film) -> None:
        typer.echo(str(film.path))

    choices = Choices(
        chosen("", size, rate),
        jobs,
        scene,
        voice,
        tape,
        out=out,
        allow_flashes=True,
        limits=Limits(timeout, memory),
        strict=strict,
        burn=_burns(burn_captions, caption_language),
        burnt=caption_language,
        brand=brand_for(folder_named(episode), brand),
    )
    if not watch:  # while it watches, what is wrong is told and waited out
        refuse_errors(episode)
    reporter = Reporter(quiet)
    look(Preview(episode, choices, watch, show), Store(report=reporter.warn), reporter, answer)


@app.command()
def stills(
    episode: EpisodeArgument,
    quality: Annotated[str, typer.Option(help="Size of the stills.")] = "480p15",
    size: Size = "",
    rate: Rate = 0,
    burn_captions: BurnCaptions = None,
    caption_language: CaptionLanguage = "",
    brand: BrandFile = "",
    only: Annotated[str, typer.Option(help="One scene only.")] = "",
    jobs: Jobs = 0,
    voice: Voice = "auto",
    tape: Tape = "",
    seed: Seed = None,
    model: Model = "",
    device: Device = "cpu",
    download: Download = False,
    strict: Strict = False,
    timeout: Timeout = 600,
    memory: Memory = 4,
    out: Out = Path("out"),
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Make contact sheets: one frame per cue, and one in the middle of each animation."""
    from tapehead.analysis.registry import ModelChoice
    from tapehead.analysis.store import Store
    from tapehead.render.film.make import Choices
    from tapehead.render.film.stills import make_stills
    from tapehead.render.planning.brand import brand_for
    from tapehead.render.progress import Reporter
    from tapehead.render.quality import chosen
    from tapehead.render.workers.pool import Limits
    from tapehead.scenes.episode import find_episode, folder_named

    choice = ModelChoice(model, device, download)
    picture = chosen(quality, size, rate)
    episode_folder = folder_named(episode)
    refuse_errors(episode)
    choices = Choices(
        picture,
        jobs,
        only,
        voice,
        tape,
        seed,
        out,
        choice,
        limits=Limits(timeout, memory),
        strict=strict,
        burn=_burns(burn_captions, caption_language),
        burnt=caption_language,
        brand=brand_for(episode_folder, brand),
    )
    reporter = Reporter(quiet)
    sheets = make_stills(find_episode(episode), choices, Store(report=reporter.warn), reporter)
    if json:
        answer({"stills": sheets.to_data()})
    else:
        for sheet in sheets.sheets:
            typer.echo(str(sheet))


@app.command()
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
    from tapehead.analysis.errors import UnknownNameError, UsageError
    from tapehead.render.progress import Reporter

    say = Reporter(quiet).say
    if model == "mini":
        from tapehead.analysis.language.training.train import train_mini

        train_mini(tuple(seed) if seed else (0, 1, 2, 3, 4), steps or 2000, report=say, out=out, jobs=jobs)
    elif model.startswith("puppet-"):
        from tapehead.analysis.diffusion.training.train import MODELS, train_puppet

        if model not in MODELS:
            raise UnknownNameError("model to train", model, ["mini", *MODELS])
        seeds = seed or [0]
        if len(seeds) > 1 or jobs > 1:
            raise UsageError(f"{model} trains one seed at a time; asked for seeds {seeds} and {jobs} jobs")
        train_puppet(model, seeds[0], steps, report=say, out=out)
    elif model.startswith(("looker", "spotter")):
        from tapehead.analysis.vision.training import train as train_eyes

        seeds = seed or [0]
        if len(seeds) > 1 or jobs > 1:
            raise UsageError(f"{model} trains one seed at a time; asked for seeds {seeds} and {jobs} jobs")
        train_eyes(model, seeds[0], steps, out, say)
    elif model == "xor":
        from tapehead.analysis.vision.xor_training import train as train_xor

        seeds = seed or [0]
        if len(seeds) > 1 or jobs > 1:
            raise UsageError(f"{model} trains one seed at a time; asked for seeds {seeds} and {jobs} jobs")
        train_xor(seeds[0], steps, out, say)
    else:
        known = ["mini", "puppet-32", "puppet-64", "puppet-32-two", "looker", "spotter-few", "spotter-many", "xor"]
        raise UnknownNameError("model to train", model, known)


@store_app.command("ls")
def store_ls(json: Json = False) -> None:
    """List the entries of the store."""
    from tapehead.analysis.store import Store

    store = Store(report=_complain)
    used = store.referenced()
    entries = list(store.entries())
    if json:
        rows = [{"kind": e.kind, "key": e.key, "size": e.size, "used": (e.kind, e.key) in used} for e in entries]
        answer({"root": str(store.root), "entries": rows})
        return
    for entry in entries:
        facts = entry.record["facts"]
        label = " ".join(str(facts[name]) for name in ("episode", "scene", "analysis", "quality") if name in facts)
        mark = "*" if (entry.kind, entry.key) in used else " "
        typer.echo(f"{mark} {entry.kind:<8} {entry.key[:12]} {entry.size / 1e6:9.2f} MB  {label}")
    typer.echo(
        f"{len(entries)} entries, {sum(e.size for e in entries) / 1e6:.1f} MB in {store.root} (* used by a film)"
    )


@store_app.command("verify")
def store_verify(
    seal: Annotated[
        bool, typer.Option("--seal", help="Take over whole entries of an older tapehead, whose records have no seal.")
    ] = False,
    json: Json = False,
) -> None:
    """Read every entry and compare it with its digest; damaged ones are removed and will be made again."""
    from tapehead.analysis.store import Store

    damaged: list[str] = []
    store = Store(report=damaged.append)
    sealed = store.seal()[0] if seal else 0
    good, unsealed, unreadable = 0, [], []
    for found in list(store.survey(contents=True)):
        name = f"{found.kind} {found.key[:12]}"
        if found.entry is not None:
            good += 1
        elif found.unreadable:
            unreadable.append(found.fault)
        elif found.damaged:
            store.get(found.kind, found.key)  # reports and removes it
        else:
            unsealed.append(f"{name}: {found.fault}")
    if json:
        said = {"good": good, "damaged": damaged, "unreadable": unreadable, "unsealed": unsealed, "sealed": sealed}
        answer(said)
    else:
        for line in (*damaged, *unreadable):
            typer.echo(line)
        typer.echo(f"{good} entries are whole, {len(damaged)} were damaged")
        if sealed:
            typer.echo(f"{sealed} of an older tapehead were sealed")
        if unreadable:
            typer.echo(f"{len(unreadable)} cannot be read now and are left as they are")
        if unsealed:
            typer.echo(
                f"{len(unsealed)} are from an older tapehead, have no seal and are not used: "
                "`tapehead store verify --seal` takes over those that are whole, `tapehead store gc` removes them"
            )
    if damaged or unreadable:
        raise typer.Exit(1)


@store_app.command("gc")
def store_gc(
    everything: Annotated[bool, typer.Option("--all", help="Also what a film in out/ refers to.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    json: Json = False,
) -> None:
    """Remove entries that no film refers to any more and that no running render uses."""
    from tapehead.analysis.store import Store

    done = Store(report=_complain).gc(everything=everything, dry_run=dry_run)
    if json:
        said = {"removed": done.removed, "bytes": done.size, "dry_run": dry_run}
        answer({**said, "in_use": done.in_use, "unreadable": done.unreadable})
        return
    typer.echo(f"{'would remove' if dry_run else 'removed'} {done.removed} entries, {done.size / 1e6:.1f} MB")
    if done.in_use:
        typer.echo(f"spared {done.in_use} entries that running renders or unfinished plans use")
    if done.unreadable:
        typer.echo(f"left {done.unreadable} entries that cannot be read now")


add_export(app)
add_new(app)
add_check(app)
add_short(app)
add_delivery(app)
add_page(app)
add_studio(app)
add_planning(app)
add_patterns(app)
add_spoken(app)
app.command()(sales)
add_circuit(app)
add_directions(app)
add_overlap(app)
app.command()(friends)
add_examples(app)

if __name__ == "__main__":
    main()
