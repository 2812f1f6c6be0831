"""Shared fixtures: a store of the tests' own, and no network; which tests share a process, and which go first."""

from __future__ import annotations

import os
import shutil
import signal
import socket
from collections import defaultdict
from collections.abc import Container, Generator, Iterable, Iterator, Mapping
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
HEAVY = {
    "default": (
        "test_faults.py", "test_package.py", "test_ray_cluster.py", "test_cli.py", "test_editing_studies.py",
        "test_segments.py", "test_verify_command.py", "test_tape_fidelity.py", "test_directions.py",
        "test_tape_video.py", "test_preview.py", "quick scenes of ",
    ),
    "long": (
        "test_faults.py", "whole film ", "layout of ", "holds of ", "test_circuit_figures.py",
        "test_directions_shapes.py", "test_films.py",
    ),
}  # fmt: skip
"""How the names of those groups begin that take longest, the longest first: for a checkout that has no times yet."""
THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
"""Side by side there is a process for every core: threads within them, of small arrays, only wait for each other."""
TIMES = {"default": "tapehead/seconds", "long": "tapehead/seconds-long"}
"""Where pytest's cache keeps the seconds of every group in the last whole run: of its usual tests, of its long ones."""


def kind_of(keywords: Container[str]) -> str:
    """Whether a test is for every run or for `make test-long`."""
    return "long" if "long" in keywords else "default"


def group_of(item: pytest.Item) -> str:
    """With ``-n 2 --dist loadgroup`` the tests of a file share a process, and with it what its fixtures made.

    A file of which parts can go apart says so itself (``xdist_group``).
    """
    mark = item.get_closest_marker("xdist_group")
    if mark is None:
        return item.path.name
    return str(mark.args[0] if mark.args else mark.kwargs["name"])


def guessed(group: str, kind: str) -> float:
    """A weight where no time is known."""
    places = (place for place, name in enumerate(HEAVY[kind]) if group.startswith(name))
    return float(len(HEAVY[kind]) - next(places, len(HEAVY[kind])))


def weights(asked: Iterable[tuple[str, str]], known: Mapping[str, Mapping[str, float] | None]) -> dict[str, float]:
    """What each group will take, in seconds or, where no whole run has left times, in places of ``HEAVY``.

    Args:
        asked: Group and kind of every test that will run; a group may hold tests of both kinds.
        known: For every kind, the seconds of its groups in the last whole run.
    """
    found: dict[str, float] = defaultdict(float)
    for group, kind in sorted(set(asked)):
        times = known.get(kind)
        # A long test takes longer than all others: so it does in a guess beside which nothing is known.
        found[group] += times.get(group, 0.0) if times else guessed(group, kind) * (100.0 if kind == "long" else 1.0)
    return dict(found)


@pytest.hookimpl(wrapper=True, tryfirst=True)  # round xdist, which writes the groups into the names of the tests
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Generator[None, None, None]:
    """Side by side, what takes longest begins first: a long group that begins last is waited for by idle cores."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(group_of(item)))
    yield
    if "PYTEST_XDIST_WORKER" in os.environ:  # those that are left, and no longer those that were not asked for
        cache = getattr(config, "cache", None)
        known = {kind: cache.get(place, None) if cache else None for kind, place in TIMES.items()}
        seconds = weights(((group_of(item), kind_of(item.keywords)) for item in items), known)
        items.sort(key=lambda item: -seconds[group_of(item)])


class Times:
    """Adds up, where the run is steered, what each group takes."""

    def __init__(self) -> None:
        self.seconds: dict[str, defaultdict[str, float]] = {kind: defaultdict(float) for kind in TIMES}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Setting up and tearing down count as well."""
        self.seconds[kind_of(report.keywords)][report.nodeid.rpartition("@")[2]] += report.duration

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Only a whole run says what a group takes; what it did not ask for keeps its times."""
        config = session.config
        everything = config.args_source is pytest.Config.ArgsSource.TESTPATHS and not config.option.keyword
        cache = getattr(config, "cache", None)
        ended = exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
        if not (cache and everything and ended) or session.shouldstop or session.shouldfail:
            return
        for kind in kinds_of(config.option.markexpr):
            cache.set(TIMES[kind], {name: round(spent, 2) for name, spent in self.seconds[kind].items()})


def kinds_of(expression: str) -> tuple[str, ...]:
    """The kinds that an expression of marks (``-m``) takes whole; one that names other marks takes none."""
    return {
        "": ("default", "long"),
        "not long": ("default",),
        "long": ("long",),
        "long or not long": ("default", "long"),
        "not long or long": ("default", "long"),
    }.get(" ".join(expression.split()), ())


def pytest_configure(config: pytest.Config) -> None:
    """Workers are told by the one that steers them; with one process there is no order to be found."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # A script's shell starts so what it puts in the background; whatever tests start would never hear Ctrl-C.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if getattr(config.option, "dist", "no") == "loadgroup" and "PYTEST_XDIST_WORKER" not in os.environ:
        config.pluginmanager.register(Times(), "tapehead-times")
        config.option.loadscopereorder = False  # xdist would begin with the groups of most tests
        for name in THREADS:  # processes that begin later inherit it
            os.environ.setdefault(name, "1")


@pytest.fixture(scope="session", autouse=True)
def own_store(tmp_path_factory: pytest.TempPathFactory):
    """All tests share one store that is not the user's; drawn scenes are reused between them.

    Processes side by side (``-n 2``) share it as well: what one has computed or drawn, the other finds.
    """
    base = tmp_path_factory.getbasetemp()
    patch = pytest.MonkeyPatch()
    patch.setenv("TAPEHEAD_STORE", str((base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "store"))
    yield
    patch.undo()


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch):
    """Only this machine can be reached."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address):
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test reached for the network: {address}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The system's browser, driven by Playwright, once a process; nothing is downloaded."""
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed here (Debian: apt install chromium)")
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="Playwright is not installed (pip install -e .[dev])"
    )
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()
