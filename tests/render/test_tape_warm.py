"""Warming calls every compiled loop, and its mark holds for these loops on this machine only."""

from __future__ import annotations

from pathlib import Path

from numba.core.dispatcher import Dispatcher

import tapehead.render.workers.warm as warm_module
from tapehead.render.drawing import resampling as kernel_resampling
from tapehead.render.encoding import colour as kernel_colour
from tapehead.render.flashes import kernel as kernel_meter
from tapehead.render.tape import kernel, kernel_lines, kernel_picture
from tapehead.render.workers.warm import known_warm, remember, warm


def test_warming_compiles_every_loop_that_python_calls() -> None:
    found = warm()
    called = [
        name
        for module in (kernel, kernel_colour, kernel_picture, kernel_meter, kernel_lines, kernel_resampling)
        for name, value in vars(module).items()
        if isinstance(value, Dispatcher) and value.signatures
    ]
    assert {"to_raster", "to_picture", "add_up_light", "write_lines"} <= set(called)
    assert found.loops == len(set(called))
    assert Path(found.place).is_dir()
    again = warm()
    assert again.compiled == found.compiled, "nothing is compiled twice in a process"


def test_the_mark_is_that_of_these_loops(tmp_path: Path, monkeypatch) -> None:
    assert not known_warm(tmp_path)
    remember(tmp_path)
    assert known_warm(tmp_path)
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    assert not known_warm(tmp_path)
    monkeypatch.undo()
    monkeypatch.setattr(warm_module, "_MARK", "another")
    assert not known_warm(tmp_path)
