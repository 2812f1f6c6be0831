"""What is installed is found under one name, from wherever it is called."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
ROOMS = "analysis|scenes|render|assets"


def test_no_room_is_asked_for_by_its_bare_name() -> None:
    imported, named = rf"^\s*(?:from|import) (?:{ROOMS})\b", rf"(?:files|import_module|find_spec)\(f?[\"'](?:{ROOMS})\b"
    bare = re.compile(f"{imported}|{named}", re.MULTILINE)
    assert not [
        f"{path}: {found.group(0)}"
        for room in ROOMS.split("|")
        for path in (ROOT / room).rglob("*.py")
        for found in [bare.search(path.read_text(encoding="utf-8"))]
        if found
    ]


def test_published_numbers_models_and_presets_are_found_from_anywhere(tmp_path: Path) -> None:
    for room in ROOMS.split("|"):
        (tmp_path / room).mkdir()
        (tmp_path / room / "__init__.py").write_text("raise RuntimeError('a package of the user')\n")
    code = (
        "from tapehead.analysis.language.published.published_file import published_circuits\n"
        "from tapehead.analysis.language.models.loading import model_digest as words\n"
        "from tapehead.analysis.diffusion.models.loading import model_digest as pictures\n"
        "from tapehead.render.assets import asset\n"
        "from tapehead.render.tape import tape_named\n"
        "assert published_circuits() and words('mini', False) and pictures('puppet-32', False)\n"
        "assert asset('licences.toml').is_file() and tape_named('worn')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_an_episode_that_asks_for_a_room_by_its_bare_name_is_told_the_right_one(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "episode.py").write_text("from scenes.episode import Episode\n")
    command = [sys.executable, "-m", "tapehead", "render", "./mine"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "episode.py:1: there is no module 'scenes': write 'tapehead.scenes'" in done.stderr
    assert "Traceback" not in done.stderr
