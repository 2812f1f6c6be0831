"""A package of a film that nobody needs to render, a signed-in user, and a YouTube on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tapehead.render.package.manifest import Package
from tapehead.render.publish.run import Place
from tests.render.publish.fake_youtube import QUARTER, FakeYouTube
from tests.render.publish.publish_help import Clock, make_package, sign_in


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def youtube() -> Iterator[FakeYouTube]:
    fake = FakeYouTube()
    yield fake
    fake.close()


@pytest.fixture
def place(youtube: FakeYouTube) -> Place:
    return Place(youtube.host, chunk=2 * QUARTER, timeout_s=5)


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def signed_in(youtube: FakeYouTube) -> None:
    sign_in(youtube)


@pytest.fixture
def package(tmp_path: Path) -> Package:
    return make_package(tmp_path / "package")
