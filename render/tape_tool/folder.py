"""A folder of videos or pictures at once: which files there are, and what their results are called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tapehead.analysis.errors import TapeheadError, UsageError
from tapehead.render.tape_tool.still_file import ENDINGS

_PICTURES = {*ENDINGS, ".tif", ".jp2", ".pgm", ".ppm", ".avif"}
_VIDEOS = {
    *(".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".ts", ".m2ts", ".mts", ".mpg", ".mpeg", ".vob", ".wmv", ".flv"),
    *(".3gp", ".ogv", ".mxf", ".dv", ".gif", ".y4m", ".nut", ".asf", ".h264", ".hevc"),
}


@dataclass(frozen=True)
class Job:
    """One file of the folder and its result."""

    source: Path
    out: Path


def jobs_in(folder: Path, out: Path, ending: str, videos: bool) -> list[Job]:
    """The videos, or the pictures, right in a folder, by name, with results of an ending in another folder.

    Raises:
        UsageError: there is none, or both folders are one, or the results' place is a file.
    """
    if out.exists() and not out.is_dir():
        raise UsageError(f"{folder} is a folder, so its results go into one; {out} is a file")
    if out.exists() and out.samefile(folder):
        raise UsageError(f"{out} is the folder itself; choose another one for the results")
    wanted = _VIDEOS if videos else _PICTURES
    found = sorted(
        path
        for path in folder.iterdir()
        if path.suffix.lower() in wanted and not path.name.startswith(".") and path.is_file()
    )
    if not found:
        raise UsageError(f"the folder {folder} holds no {'video' if videos else 'picture'}")
    count = Counter(path.stem for path in found)
    # Two that differ in their endings only keep them.
    return [Job(path, out / f"{path.stem if count[path.stem] == 1 else path.name}{ending}") for path in found]


def each(jobs: list[Job], work: Callable[[Job], None], complain: Callable[[str], None]) -> int:
    """Do all jobs; one that fails is complained of and does not stop the others.  Returns how many failed."""
    failed = 0
    for job in jobs:
        try:
            work(job)
        except TapeheadError as error:
            failed += 1
            complain(str(error) if str(job.source) in str(error) else f"{job.source}: {error}")
    return failed
