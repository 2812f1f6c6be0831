"""Shared fixtures: a store of the tests' own, and no network; which tests share a process, and which go first."""

from __future__ import annotations

import os
import shutil
import socket
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
HEAVY = (
    "test_faults.py", "layout of linear_algebra", "layout of intuitive_math", "layout of pareidolia",
    "layout of analogous_circuits", "layout of game_sales", "layout of friends", "test_ray_cluster.py", "test_cli.py",
    "test_editing_studies.py", "test_holds.py", "test_preview.py",
)  # fmt: skip
"""Groups that take longest, for a checkout in which no whole run has left its times behind yet."""
TIMES = "tapehead/seconds"
"""Seconds of every group in the last whole run, in pytest's cache."""


def group_of(item: pytest.Item) -> str:
    """With ``-n 2 --dist loadgroup`` the tests of a file share a process, and with it what its fixtures made.

    A file of which parts can go apart says so itself (``xdist_group``).
    """
    mark = item.get_closest_marker("xdist_group")
    if mark is None:
        return item.path.name
    return str(mark.args[0] if mark.args else mark.kwargs["name"])


@pytest.hookimpl(tryfirst=True)  # before xdist, which writes the groups into the names of the tests
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Side by side, what takes longest begins first: a long group that begins last is waited for by idle cores."""
    groups = {item: group_of(item) for item in items}
    for item, group in groups.items():
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(group))
    if "PYTEST_XDIST_WORKER" in os.environ:
        seconds = {name: float(len(HEAVY) - place) for place, name in enumerate(HEAVY)}
        cache = getattr(config, "cache", None)
        seconds = (cache.get(TIMES, None) if cache else None) or seconds
        items.sort(key=lambda item: -seconds.get(groups[item], 0.0))


class Times:
    """Adds up, where the run is steered, what each group takes."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Setting up and tearing down count as well."""
        self.seconds[report.nodeid.rpartition("@")[2]] += report.duration

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Only a whole run says what a group takes."""
        config = session.config
        everything = config.args_source is pytest.Config.ArgsSource.TESTPATHS and not config.option.keyword
        whole = everything and "not long" in config.option.markexpr
        cache = getattr(config, "cache", None)
        if cache and whole and not session.shouldstop:
            cache.set(TIMES, {name: round(spent, 2) for name, spent in self.seconds.items()})


def pytest_configure(config: pytest.Config) -> None:
    """Workers are told by the one that steers them; with one process there is no order to be found."""
    if getattr(config.option, "dist", "no") == "loadgroup" and "PYTEST_XDIST_WORKER" not in os.environ:
        config.pluginmanager.register(Times(), "tapehead-times")
        config.option.loadscopereorder = False  # xdist would begin with the groups of most tests


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
