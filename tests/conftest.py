"""Shared fixtures: a store of the tests' own, and no network."""

from __future__ import annotations

import os
import socket

import pytest


@pytest.hookimpl(tryfirst=True)  # before xdist, which writes the groups into the names of the tests
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With ``-n 2 --dist loadgroup`` the tests of a file share a process, and with it what its fixtures made.

    A file of which parts can go apart says so itself (``xdist_group``).
    """
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.path.name))


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
