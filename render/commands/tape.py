"""`tapehead tape`: look at presets, measure them, put them on pictures and videos, import those of ntsc-rs."""

from __future__ import annotations

import json as json_module
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from tapehead.render.commands.options import Json
from tapehead.render.commands.quick import Commands

if TYPE_CHECKING:
    from tapehead.render.tape.stage import Tape

app = typer.Typer(
    cls=Commands, no_args_is_help=True, help="The VHS tape: presets, measurements, and any video or picture through it."
)

PresetOption = Annotated[str, typer.Option("--preset", "-p", help="A name from `tapehead tape list`, or a .json file.")]
SetOption = Annotated[list[str] | None, typer.Option("--set", help="NAME=VALUE; may be given several times.")]
SeedOption = Annotated[int, typer.Option("--seed", min=0, max=2**63 - 1, help="Another seed is another tape.")]
BackendOption = Annotated[
    str,
    typer.Option("--backend", help="Of VHS: numba (its own), numpy, torch-cpu or torch-cuda; never chosen for you."),
]
CropOption = Annotated[
    str, typer.Option("--crop", metavar="W:H", help="Take the largest part of this shape from the middle: 4:3.")
]
PresetArgument = Annotated[
    str, typer.Argument(metavar="PRESET", help="A name from `tapehead tape list`, or a .json file.")
]


def _print(data: Any) -> None:
    typer.echo(json_module.dumps(data, ensure_ascii=False))


def _found(preset: str) -> Tape:
    """A tape by name, or from a file where the name ends in .json."""
    from tapehead.render.tape import tape_from, tape_named
    from tapehead.render.tape.presets import is_file_name

    return tape_from(Path(preset)) if is_file_name(preset) else tape_named(preset)


def _preset_file(preset: str) -> dict[str, Path]:
    """The preset as something that is read, for :func:`tapehead.render.tape_tool.places.not_over`."""
    from tapehead.render.tape.presets import is_file_name

    return {"the preset": Path(preset)} if is_file_name(preset) else {}


def _stage(preset: str, assignments: list[str] | None, backend: str) -> Tape:
    from tapehead.render.tape.settings import parse_assignments
    from tapehead.render.tape_tool.video import changed

    tape = _found(preset)
    # Of a preset that is no tape the assignments are read as VHS's, so that it, and not a name, is what is wrong.
    known = tape.settings.known if tape.takes_orders else None
    return changed(tape, parse_assignments(assignments or [], known), backend)


@app.command("list")
def list_presets(json: Json = False) -> None:
    """List the presets that come with tapehead."""
    from tapehead.render.tape import tape_named, tape_names

    found = [tape_named(name).preset for name in tape_names()]
    if json:
        _print({"presets": [{"name": p.name, "title": p.title, "effect": p.effect} for p in found]})
        return
    for preset in found:
        typer.echo(f"{preset.name:<18} {preset.title}")


@app.command()
def describe(
    preset: PresetArgument,
    everything: Annotated[
        bool, typer.Option("--all", help="All settings, not only the usual and the changed.")
    ] = False,
    json: Json = False,
) -> None:
    """Say what a preset sets: value, unit, range and meaning of each setting."""
    tape = _found(preset)
    if not tape.settings:
        if json:
            _print({"name": tape.preset.name, "title": tape.preset.title, "settings": []})
        else:
            typer.echo(f"{tape.preset.name}: {tape.preset.title}")
        return
    settings, changed = tape.settings, tape.settings.differing()
    rows = []
    for name, setting in settings.known.items():
        if everything or json or setting.easy or name in changed:
            rows.append(
                {
                    "id": name,
                    "label": setting.label,
                    "value": settings[name],
                    "unit": setting.unit,
                    "default": setting.default,
                    "allowed": setting.allowed(),
                    "help": setting.help,
                    "changed": name in changed,
                }
            )
    if json:
        _print({"name": tape.preset.name, "title": tape.preset.title, "version": settings.version, "settings": rows})
        return
    typer.echo(f"{tape.preset.name}: {tape.preset.title}\n")
    for row in rows:
        mark = "*" if row["changed"] else " "
        none = settings.known[row["id"]].none
        value = f"{_short(row['value'])} {row['unit']}".strip() if row["value"] is not None else none
        typer.echo(f"{mark} {row['id']:<16} {value:<26} {row['label']}: {row['help']}")
        typer.echo(f"{'':45} {row['allowed']}; default {none if row['default'] is None else _short(row['default'])}")
    typer.echo("\n* differs from the default" + ("" if everything else "; --all shows every setting"))


def _short(value: Any) -> str:
    if value is True or value is False:
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, int | float) else json_module.dumps(value, ensure_ascii=False).strip('"')


class _WithMoves(TyperCommand):
    """Takes ``--at 3s track.error=0.7`` as people type it: what follows the time belongs to the option."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Join the words after ``--at TIME`` that set something into one."""
        joined: list[str] = []
        index = 0
        while index < len(args):
            if args[index] == "--":
                joined += args[index:]
                break
            joined.append(args[index])
            index += 1
            if joined[-1] == "--at" and index < len(args):
                words = [args[index]]
                index += 1
                while index < len(args) and not args[index].startswith("-") and _SETS.match(args[index]):
                    words.append(args[index])
                    index += 1
                joined.append(" ".join(words))
        return super().parse_args(ctx, joined)


_SETS = re.compile(r"[A-Za-z][\w.]*=")


@app.command(cls=_WithMoves)
def apply(
    source: Annotated[
        Path, typer.Argument(metavar="IN", help="Any video, numbered pictures (shot_%04d.png), or a folder of videos.")
    ],
    out: Annotated[
        Path,
        typer.Argument(
            metavar="OUT",
            help=".mp4; .mkv for FFV1 without loss; .mov for ProRes; numbered pictures (taped_%05d.png); a folder.",
        ),
    ],
    preset: PresetOption = "sp",
    assignments: SetOption = None,
    moves: Annotated[
        list[str] | None,
        typer.Option(
            "--at", metavar="TIME NAME=VALUE", help="Change a setting there: 3s track.error=0.7; 3s-5s: move to it."
        ),
    ] = None,
    script: Annotated[Path | None, typer.Option(help="A file of such changes, one a line.")] = None,
    seed: SeedOption = 0,
    start: Annotated[float, typer.Option("--from", min=0.0, help="Seconds into the video.")] = 0.0,
    end: Annotated[float | None, typer.Option("--to", min=0.0, help="Seconds into the video.")] = None,
    fps: Annotated[str, typer.Option(help="Frames per second: 25, 29.97 or 30000/1001; 0: as the video.")] = "0",
    crop: CropOption = "",
    ending: Annotated[str, typer.Option("--as", help="Of the results in a folder: .mp4, .mkv or .mov.")] = ".mp4",
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="Processes.")] = 1,
    backend: BackendOption = "",
    allow_flashes: Annotated[
        bool, typer.Option("--allow-flashes", help="Write the result even if it flashes.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False,
    json: Json = False,
) -> None:
    """Put a video on tape, sound included; or all videos of a folder."""
    from tapehead.analysis.errors import TapeheadError
    from tapehead.render.progress import Reporter
    from tapehead.render.tape_tool.folder import Job, each, jobs_in
    from tapehead.render.tape_tool.formats import delivery_for
    from tapehead.render.tape_tool.moves import parse_move, read_script
    from tapehead.render.tape_tool.places import not_over
    from tapehead.render.tape_tool.rates import rate_named, ratio_named
    from tapehead.render.tape_tool.video import apply as run

    tape = _stage(preset, assignments, backend)
    changes = [move for text in moves or [] for move in parse_move(text, tape.settings.known)]
    if script is not None:
        changes += read_script(script, tape.settings.known)
    rate, shape = rate_named(fps), ratio_named(crop) if crop else None
    others = _preset_file(preset) | ({"the script": script} if script else {})
    reporter = Reporter(quiet)
    told: list[dict[str, Any]] = []

    def one(job: Job) -> None:
        not_over(job.out, {"the video": job.source} | others)
        with reporter.stage("tape", 1.0) as track:
            made = run(
                job.source,
                job.out,
                tape,
                seed,
                start_s=start,
                end_s=end,
                fps=rate,
                jobs=jobs,
                allow_flashes=allow_flashes,
                moves=changes,
                crop=shape,
                progress=lambda done, total: track.to(done / total, f"{done} of {total} frames"),
                note=reporter.warn,
            )
        for flash in made.flashes:
            reporter.warn(f"it flashes: {flash}")
        if json:
            told.append(made.to_data())
        else:
            seconds = float(made.frames / made.fps)
            typer.echo(f"{made.path}  ({seconds:.1f} s, {made.width}x{made.height} at {made.fps})")

    if not source.is_dir():
        one(Job(source, out))
        if json:
            _print(told[0] | {"stages_s": reporter.stages_s})
        return
    delivery_for(Path(f"x{ending}"))
    found = jobs_in(source, out, ending, videos=True)
    failed = each(found, one, reporter.warn)
    if json:
        _print({"made": told, "failed": failed, "stages_s": reporter.stages_s})
    if failed:
        raise TapeheadError(f"{failed} of {len(found)} videos could not be treated; the others are in {out}")


@app.command()
def still(
    source: Annotated[Path, typer.Argument(metavar="IN", help="Any picture, or a folder of pictures.")],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The taped picture: .png, .jpg, .webp, ...; a folder.")],
    preset: PresetOption = "sp",
    assignments: SetOption = None,
    seed: SeedOption = 0,
    at: Annotated[float, typer.Option("--at", min=0.0, max=86400.0, help="Seconds into the tape.")] = 0.0,
    crop: CropOption = "",
    ending: Annotated[str, typer.Option("--as", help="Of the results in a folder: .png, .jpg, .webp, ...")] = ".png",
    backend: BackendOption = "",
    json: Json = False,
) -> None:
    """Put a picture on tape; or all pictures of a folder."""
    from tapehead.analysis.errors import TapeheadError, UsageError
    from tapehead.render.tape_tool.folder import Job, each, jobs_in
    from tapehead.render.tape_tool.places import not_over
    from tapehead.render.tape_tool.rates import ratio_named
    from tapehead.render.tape_tool.still_file import ENDINGS
    from tapehead.render.tape_tool.video import still as run

    tape, shape = _stage(preset, assignments, backend), ratio_named(crop) if crop else None
    told: list[dict[str, Any]] = []

    def one(job: Job) -> None:
        not_over(job.out, {"the picture": job.source} | _preset_file(preset))
        width, height = run(job.source, job.out, tape, seed, at, shape)
        told.append({"path": str(job.out), "width": width, "height": height})
        if not json:
            typer.echo(f"{job.out}  ({width}x{height})")

    if not source.is_dir():
        one(Job(source, out))
        if json:
            _print(told[0])
        return
    if ending.lower() not in ENDINGS:
        raise UsageError(f"--as takes one of {', '.join(ENDINGS)}; got '{ending}'")
    found = jobs_in(source, out, ending, videos=False)
    failed = each(found, one, lambda words: typer.echo(f"warning: {words}", err=True))
    if json:
        _print({"made": told, "failed": failed})
    if failed:
        raise TapeheadError(f"{failed} of {len(found)} pictures could not be treated; the others are in {out}")


@app.command()
def measure(
    preset: PresetArgument,
    assignments: SetOption = None,
    plot: Annotated[Path | None, typer.Option(help="Write response curves and vectorscope as a picture.")] = None,
    against: Annotated[
        list[str] | None, typer.Option(help="Another emulation, measured the same way, or 'all'; may be repeated.")
    ] = None,
    json: Json = False,
) -> None:
    """Measure what a preset does to test pictures, as one would measure a recorder."""
    from tapehead.analysis.errors import UsageError
    from tapehead.render.tape_tool.emulations import emulations_named
    from tapehead.render.tape_tool.measure import EFFECT, table

    others = emulations_named(against or [])
    tape = _stage(preset, assignments, "")
    if tape.preset.effect != EFFECT:
        raise UsageError(f"VHS tapes are measured; '{tape.preset.name}' is of the effect '{tape.preset.effect}'")
    settings = tape.settings
    rows = table(settings)
    if plot is not None:
        from tapehead.render.tape_tool.places import not_over
        from tapehead.render.tape_tool.plots import plot_measurements

        not_over(plot, _preset_file(preset))
        plot_measurements(settings, plot, preset)
    if json:
        from math import isfinite

        found = [
            {
                "name": r.name,
                "value": r.value if isfinite(r.value) else None,
                "unit": r.unit,
                "usual": r.usual,
                "is_usual": r.is_usual,
            }
            for r in rows
        ]
        said = {"preset": preset, "measured": found, "plot": str(plot) if plot else None}
        _print(said | ({"against": [other.to_data() for other in others]} if others else {}))
        return
    if others:
        typer.echo(f"{'':30} {preset[-9:]:>9} {'':<22}" + "".join(f"{other.name[-13:]:>14}" for other in others))
    for row in rows:
        theirs = "".join(
            f"{other.measured[row.name]:14.3f}" if row.name in other.measured else f"{'-':>14}" for other in others
        )
        mark = " " if row.is_usual else "!"
        typer.echo(f"{row.name:<30} {row.value:9.3f} {row.unit:<22}{theirs} {mark} {row.usual}")
    if not all(row.is_usual for row in rows):
        typer.echo("! is not what a VHS tape usually has")
    for other in others:
        typer.echo(f"{other.name}: {other.title}, {other.source}" + (f"; {other.conditions}" * bool(other.conditions)))
    if others:
        typer.echo(others[0].how)
    if plot is not None:
        typer.echo(str(plot))


@app.command()
def gui(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Videos and pictures.")],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Where what is put on tape goes, in a folder `tape`.")
    ] = Path("out"),
    presets: Annotated[Path, typer.Option("--presets", help="The folder of your own presets.")] = Path("tapes"),
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where to listen; 0 takes a free one.")] = 0,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")] = True,
) -> None:
    """Try tapes on videos and pictures in the browser: every setting, before and after, measurements, presets."""
    from tapehead.render.commands.studio import needed, serve

    needed()
    from tapehead.render.studio.desk import Desk

    desk = Desk(out, presets)
    for path in files:
        desk.bench.open(path)
    desk.title = ", ".join(path.name for path in files)[:120]
    serve(desk, port, browser)


@app.command("import")
def import_ntscrs(
    source: Annotated[Path, typer.Argument(metavar="IN", help="An ntsc-rs preset (JSON, version 1).")],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The tapehead preset to write, .json.")],
    json: Json = False,
) -> None:
    """Turn a preset of ntsc-rs into one of ours, and say what could not be mapped."""
    from tapehead.analysis.errors import UsageError
    from tapehead.analysis.outside_files import read_text
    from tapehead.analysis.store import write_atomically
    from tapehead.render.encoding.container import writing
    from tapehead.render.tape_tool.ntscrs import import_preset
    from tapehead.render.tape_tool.places import not_over

    not_over(out, {"the preset": source})
    try:
        text = read_text(source)
    except OSError as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"the preset {source} cannot be read: {reason}") from error
    if out.suffix != ".json":
        raise UsageError(f"{out} must end in .json")
    found = import_preset(text, str(source))
    with writing(out):
        data = found.preset(out.stem, f"From ntsc-rs: {source.name}")
        write_atomically(out, json_module.dumps(data, indent=1, ensure_ascii=False) + "\n")
    if json:
        _print({"path": str(out), "approximated": found.approximated, "dropped": found.dropped})
        return
    for word, lines in (("approximated", found.approximated), ("dropped", found.dropped)):
        for line in lines:
            typer.echo(f"{word}: {line}")
    typer.echo(str(out))
