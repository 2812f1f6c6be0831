"""Drawings are forked from a process that has everything loaded: they answer, fail and stop as processes do."""

from __future__ import annotations

import json
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tapehead.render.studio import warm
from tapehead.render.studio.warm import Forge, Forked

DRAWS = """
import sys, time

def main(words):
    try:
        print("draws", *words, file=sys.stderr, flush=True)
        if words[0] == "waits":
            time.sleep(600)
    except KeyboardInterrupt:
        sys.exit(130)
    if words[0] == "fails":
        sys.exit(2)
    print('{"found": 3}', flush=True)
"""
SERVES = """
import sys, types
from tapehead.render.studio import warm

draw = types.ModuleType("tapehead.render.studio.draw")
exec({draws!r}, draw.__dict__)
sys.modules["tapehead.render.studio.draw"] = draw
import tapehead.render.studio
tapehead.render.studio.draw = draw
pool = types.ModuleType("tapehead.render.workers.pool")
pool.fork_workers = lambda: None
sys.modules["tapehead.render.workers.pool"] = pool
warm._PRELOADED = ()
warm.main()
"""


@pytest.fixture
def forge(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Forge]:
    """One whose drawings are a few lines; all the rest is as it is."""
    script = tmp_path / "serves.py"
    script.write_text(SERVES.format(draws=DRAWS))
    begin = subprocess.Popen

    def instead(command: list[str], **named: Any) -> Any:
        return (
            begin([command[0], str(script), command[-1]], **named)
            if warm.__name__ in command
            else begin(command, **named)
        )

    monkeypatch.setattr(warm.subprocess, "Popen", instead)
    made = Forge()
    made.renew()
    yield made
    made.close()


def begun(forge: Forge, *words: str) -> Forked:
    drawing = forge.start(words)
    assert drawing is not None
    return drawing


def ended(drawing: Forked) -> tuple[int, list[str], list[str]]:
    out, said = list(drawing.stdout), list(drawing.stderr)
    return drawing.wait(60), out, said


def test_drawings_answer_one_after_another_and_fail_by_their_code(forge: Forge) -> None:
    assert ended(begun(forge, "a", "b")) == (0, ['{"found": 3}\n'], ["draws a b\n"])
    assert ended(begun(forge, "fails")) == (2, [], ["draws fails\n"])
    assert json.loads(ended(begun(forge, "c"))[1][0]) == {"found": 3}


def test_a_drawing_is_stopped_as_ctrl_c_does(forge: Forge) -> None:
    drawing = begun(forge, "waits")
    assert next(iter(drawing.stderr)) == "draws waits\n"
    assert drawing.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        drawing.wait(0.01)
    drawing.send_signal(signal.SIGINT)
    assert drawing.wait(60) == 130


def test_a_forge_that_is_killed_leaves_no_drawing_waiting(forge: Forge) -> None:
    drawing = begun(forge, "waits")
    next(iter(drawing.stderr))
    assert forge._process is not None
    forge._process.kill()
    assert drawing.wait(60) != 0
    for _ in range(600):
        if forge._socket is None:
            break
        time.sleep(0.1)
    assert forge.start(["a"]) is None
    assert list(drawing.stdout) == []  # its side is closed: it has ended with the forge


def test_a_new_forge_takes_over_and_the_old_ones_drawing_ends(forge: Forge) -> None:
    drawing = begun(forge, "waits")
    next(iter(drawing.stderr))
    old = forge._process
    forge.renew()
    assert ended(begun(forge, "a"))[0] == 0
    drawing.send_signal(signal.SIGINT)
    assert drawing.wait(60) == 130
    assert old is not None
    assert old.wait(60) == 0
    assert threading.active_count() < 50
