"""What several commands share: their arguments and options, and the form of their answers."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tapehead.analysis.errors import UsageError

if TYPE_CHECKING:
    from tapehead.render.film.make import Film
    from tapehead.render.progress import Reporter

EpisodeArgument = Annotated[str, typer.Argument(metavar="EPISODE", help="A slug from `tapehead list`, or a folder.")]


def _folder(out: Path) -> Path:
    """Refuse a file where a folder is wanted before the work, and not after it."""
    place = out.expanduser()
    while not place.exists() and place != place.parent:
        place = place.parent
    if place.exists() and not place.is_dir():
        raise UsageError(f"--out is the folder in which films go, and {place} is a file; give a folder")
    return out


Out = Annotated[Path, typer.Option("--out", "-o", callback=_folder, help="Where films go.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on one line, last on stdout.")]
Quality = Annotated[str, typer.Option(help="480p15, 720p30, 1080p60, 1440p60 or 2160p60.")]
Size = Annotated[
    str, typer.Option("--size", metavar="WxH", help="Any size in pixels: 1080x1920, 1080x1080; instead of --quality.")
]


def _rate(text: object) -> int:
    """Whole frames per second; the rates of broadcasting are explained."""
    said = str(text).strip()
    if said.isdigit():
        return int(said)
    if said in ("23.976", "23.98", "29.97", "59.94") or said.endswith("/1001"):
        near = round(float(said)) if "/" not in said else said.partition("000")[0]
        raise UsageError(
            f"a film is made at whole frames per second, for its cues and its sound count in them, and {said} is none: "
            f"take --rate {near}, and `tapehead export --rate {said}` makes of it what broadcasting wants (the same "
            "frames and the sound, a thousandth slower, with timecode)"
        )
    raise UsageError(f"--rate is a whole number of frames per second, as in 25; got '{said[:20]}'")


Rate = Annotated[
    int,
    typer.Option("--rate", parser=_rate, metavar="N", help="Frames per second; 0: the quality's, or 30 with --size."),
]
BurnCaptions = Annotated[
    bool | None,
    typer.Option(
        "--burn-captions/--no-burn-captions",
        help="Captions in a band of the picture; without it, where an upright or square shape has the room.",
    ),
]
CaptionLanguage = Annotated[
    str, typer.Option("--caption-language", metavar="LANGUAGE", help="Burned captions in a translation: de, es.")
]
BrandFile = Annotated[
    str, typer.Option("--brand", metavar="FILE", help="A channel's look; else brand.toml beside the episode; or none.")
]
Voice = Annotated[
    str, typer.Option(help="natural, natural:DIR, espeak, recorded:DIR or none; auto is the best one installed.")
]
Bed = Annotated[bool, typer.Option("--bed/--no-bed", help="Chords, or the episode's music, below the voice.")]
Tape = Annotated[str, typer.Option(help="A tape preset, or a .json file of yours; the episode has its own default.")]
LARGEST_SEED = 2**32 - 1
"""Libraries differ in what they take; all take this, and what we make of it by counting on from it."""
Seed = Annotated[int | None, typer.Option("--seed", min=0, max=LARGEST_SEED, help="Instead of the episode's own seed.")]
Model = Annotated[
    str, typer.Option("--model", help="Instead of the embedded model: a hub name (gpt2) or a local directory.")
]
Device = Annotated[str, typer.Option("--device", help="Where models run: cpu, cuda, cuda:1, mps.")]
Download = Annotated[bool, typer.Option("--download", help="Fetch the weights of a hub model if they are not here.")]
Jobs = Annotated[int, typer.Option(min=0, help="Worker processes; 0 means one per core.")]
Timeout = Annotated[
    float, typer.Option(min=1, metavar="SECONDS", help="Stop a worker that shows no new frame or cue for so long.")
]
Memory = Annotated[float, typer.Option(min=0, metavar="GB", help="What one worker may use; 0 for as much as there is.")]
AllowFlashes = Annotated[bool, typer.Option("--allow-flashes", help="Make the film even if it flashes.")]

Strict = Annotated[bool, typer.Option("--strict", help="Anything that is found in the layout is an error.")]


def answer(data: Any) -> None:
    """What ``--json`` prints."""
    sys.stdout.write(json.dumps(data) + "\n")


def tell_before(reporter: Reporter, out: Path, resumed: bool = True) -> None:
    """Before long work of the lab: what it will leave and where; how long it takes is told as soon as that is known."""
    kept = "; stopped in between, the same command goes on from there" if resumed else ""
    reporter.say(f"this leaves arrays, tables, figures and report.html in {out}{kept}")


def tell_film(film: Film, reporter: Reporter, as_json: bool) -> None:
    """Where a finished film is, and whether it was there already."""
    if not film.fresh:
        reporter.say("nothing has changed since this film was made")
    if as_json:
        answer(film.to_data())
    else:
        typer.echo(f"{film.path}  ({film.duration_s / 60:.1f} min)")
