"""What the tests of publishing share: a clock that costs no time, a sign-in, a package without a rendered film."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from PIL import Image

from tapehead.render.package.manifest import Package, Part
from tapehead.render.publish import secret_files as places
from tapehead.render.publish.calls import MANAGE, UPLOAD
from tapehead.render.publish.retry import Patience
from tests.render.publish.fake_youtube import QUARTER, FakeYouTube

SECRETS = ("ya29.", "1//", "GOCSPX", "AAsecret", "very-private")
NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)


class Clock:
    """A clock that moves when somebody waits, so that waiting costs no time."""

    def __init__(self) -> None:
        self.now, self.pauses, self.said = NOW, [], []

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += timedelta(seconds=seconds)

    def patience(self, **more) -> Patience:
        return Patience(sleep=self.sleep, now=lambda: self.now, chance=lambda: 1.0, say=self.said.append, **more)


def sign_in(youtube: FakeYouTube, scopes: tuple[str, ...] = (UPLOAD, MANAGE)) -> None:
    installed = {
        "client_id": "id.apps.googleusercontent.com",
        "client_secret": "GOCSPX-very-private",
        "auth_uri": youtube.host + "/auth",
        "token_uri": youtube.host + "/token",
    }
    places.write_private(places.config() / places.CLIENT, {"installed": installed})
    token = {
        "token": "ya29.first",
        "refresh_token": "1//very-private-refresh",
        "token_uri": youtube.host + "/token",
        "client_id": installed["client_id"],
        "client_secret": installed["client_secret"],
        "scopes": list(scopes),
        "expiry": "2099-01-01T00:00:00Z",
    }
    places.write_private(places.config() / places.TOKEN, token)


def make_package(folder: Path, **changes) -> Package:
    folder.mkdir(parents=True, exist_ok=True)
    film = np.random.default_rng(1).bytes(5 * QUARTER + 1234)
    (folder / "film.mp4").write_bytes(film)
    (folder / "film.en.srt").write_text("1\n00:00:00,000 --> 00:00:02,000\nHello\n\n")
    (folder / "film.de.srt").write_text("1\n00:00:00,000 --> 00:00:02,000\nHallo\n\n")
    Image.new("RGB", (1280, 720), "#102030").save(folder / "thumbnail.png")
    fields = {
        "episode": "film",
        "title": "A film",
        "description": "What it is.\n\n0:00 One\n0:20 Two\n0:40 Three\n",
        "tags": ("one", "two words"),
        "language": "en",
        "made_for_kids": False,
        "synthetic_media": True,
        "licence": "youtube",
        "quality": "480p15",
        "duration_s": 60.0,
        "chapters": ((0, "One"), (20, "Two"), (40, "Three")),
        "parts": (
            Part.of("film", folder / "film.mp4", "en"),
            Part.of("captions", folder / "film.en.srt", "en"),
            Part.of("captions", folder / "film.de.srt", "de"),
            Part.of("thumbnail", folder / "thumbnail.png"),
        ),
    }
    package = Package(folder=folder, **{**fields, **changes})
    package.save()
    return package


def secret_in(text: str) -> str:
    return next((secret for secret in SECRETS if secret in text), "")


def as_json(path: Path):
    return json.loads(path.read_text())
