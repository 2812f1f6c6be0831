"""What ships is what the sources build, and says what it contains."""

from __future__ import annotations

import hashlib
import json
import re

from tapehead.render.studio.server import WEB

SOURCES = WEB.parent


def test_the_page_was_built_from_these_sources() -> None:
    """`npm ci && npm run build` in render/studio/web builds it again."""
    names = ["index.html", "package-lock.json", "vite.config.js"]
    names += [f"src/{path.name}" for path in (SOURCES / "src").iterdir()]
    digest = hashlib.sha256()
    for name in sorted(names):
        digest.update(f"{name}\n".encode() + (SOURCES / name).read_bytes())
    assert (WEB / "built-from.txt").read_text().strip() == digest.hexdigest()


def test_every_package_that_it_contains_has_its_licence_there() -> None:
    wanted = json.loads((SOURCES / "package.json").read_text())["dependencies"]
    licences = (WEB / "licences.txt").read_text()
    for name, version in wanted.items():
        assert f"{name} {version}\n" in licences
    assert "Permission is hereby granted" in licences


def test_it_asks_nobody_else_for_anything() -> None:
    """Addresses in it are those of standards and of messages, and nothing is fetched from them."""
    for path in (*WEB.glob("*.js"), *WEB.glob("*.html"), *WEB.glob("*.css")):
        found = re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}", path.read_text())
        assert set(found) <= {"http://www.w3.org"}, path
