"""What the user sees while waiting: bars with an ETA on a terminal, plain lines elsewhere, nothing when quiet.

Everything goes to stderr; stdout belongs to the command's answer.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn


class Track(Protocol):
    """One stage's progress."""

    def to(self, done: float, note: str = "") -> None:
        """So much is done, out of the total that the stage was opened with."""


class Reporter:
    """Shows stages and messages, and remembers how long each stage took (``stages_s``)."""

    def __init__(self, quiet: bool = False, console: Console | None = None) -> None:
        self.console = console or Console(stderr=True, highlight=False)
        self.quiet = quiet
        self.stages_s: dict[str, float] = {}

    def say(self, message: str) -> None:
        """A plain line, unless quiet."""
        if not self.quiet:
            self.console.print(message, markup=False)

    def warn(self, message: str) -> None:
        """A line that is shown even when quiet."""
        self.console.print(message, markup=False, style="yellow")

    @contextlib.contextmanager
    def stage(self, name: str, total: float = 0.0) -> Iterator[Track]:
        """A stage of work; ``total`` > 0 gives it a bar."""
        began = time.perf_counter()
        try:
            if self.quiet:
                yield _Silent()
            elif self.console.is_terminal:
                with Progress(
                    TextColumn("{task.description:<10}"),
                    BarColumn(),
                    TextColumn("{task.percentage:>3.0f} %"),
                    TimeElapsedColumn(),
                    TextColumn("left"),
                    TimeRemainingColumn(),
                    TextColumn("{task.fields[note]}"),
                    console=self.console,
                    transient=True,
                ) as progress:
                    yield _Bar(progress, progress.add_task(name, total=total or None, note=""))
            else:
                yield _Lines(self, name, total)
        finally:
            self.stages_s[name] = round(self.stages_s.get(name, 0.0) + time.perf_counter() - began, 3)


class _Silent:
    def to(self, done: float, note: str = "") -> None:
        """Shows nothing."""


class _Bar:
    def __init__(self, progress: Progress, task: TaskID) -> None:
        self.progress, self.task = progress, task

    def to(self, done: float, note: str = "") -> None:
        self.progress.update(self.task, completed=done, note=note)


class _Lines:
    """At most one line every few seconds, with an ETA from the pace so far."""

    every_s = 5.0
    enough = 0.02
    """The share that has to be done before the rest is foretold from it."""

    def __init__(self, reporter: Reporter, name: str, total: float) -> None:
        self.reporter, self.name, self.total = reporter, name, total
        self.began = self.last = time.monotonic()

    def to(self, done: float, note: str = "") -> None:
        now = time.monotonic()
        if now - self.last < self.every_s or not self.total or done <= 0:
            return
        self.last = now
        share = min(1.0, done / self.total)
        left = (now - self.began) * (1 - share) / max(share, 1e-6)
        told = f", about {left:.0f} s left" if share >= self.enough else ""  # before that it would be told in hours
        self.reporter.say(f"{self.name}: {share:4.0%}{told}  {note}")
