"""An analysis is somebody's function: a result, or one line with the place where it failed."""

from __future__ import annotations

import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tapehead.analysis.calling import called
from tapehead.analysis.errors import ResultError, UsageError
from tapehead.analysis.results import Result, quantity


def quits() -> Result:
    raise SystemExit(3)


def divides() -> Result:
    return Result({"a": quantity(1 // 0)})


def fails_in_a_library() -> Result:
    return Result({"a": quantity(np.linalg.inv(np.zeros((2, 2))))})


class Unprintable(Exception):  # noqa: N818
    def __str__(self) -> str:
        raise ValueError


def unprintable() -> Result:
    raise Unprintable


class Panic(BaseException):
    """As the panic of a library in Rust comes out."""


def panics() -> Result:
    raise Panic("two\nlines " + "x" * 10_000)


@pytest.mark.parametrize(
    ("function", "match"),
    [
        (lambda: None, "returned None; an analysis returns a Result"),
        (lambda: {"a": 1}, "returned {'a': 1}"),
        (lambda: Result({"a": 5}), "int under 'a'"),  # type: ignore[dict-item]
        (lambda: Result([quantity(1)]), "found list"),  # type: ignore[arg-type]
        (lambda: Result({5: quantity(1)}), "under 5"),  # type: ignore[dict-item]
        (quits, r"test_calling\.py:\d+: it ends the program"),
        (divides, r"test_calling\.py:\d+: ZeroDivisionError"),
        (fails_in_a_library, r"test_calling\.py:\d+: LinAlgError"),
        (unprintable, r"Unprintable$"),
        (panics, "Panic: two lines xxx"),
        (lambda: Result({"a": quantity(np.ones(10**13), "n")}), "not enough memory"),
        (
            lambda: Result({"a": quantity(np.zeros(10**9), "n"), "b": quantity(1)}),
            "7.5 GiB, most of it 'a' with 10",
        ),
        (lambda: Result({"a": quantity(np.broadcast_to(1.0, (10**5, 10**4)), "n", "m")}), "0.5 GiB are the most"),
    ],
)
def test_what_is_no_result_is_one_line(function: Callable[[], Result], match: str) -> None:
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    with pytest.raises(ResultError, match=match) as caught:
        called("analysis 'x'", function, 1)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 600
    assert time.monotonic() - began < 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kB


def test_its_own_complaints_and_ctrl_c_go_through() -> None:
    def complains() -> Result:
        raise UsageError("as it is")

    def stopped() -> Result:
        raise KeyboardInterrupt

    with pytest.raises(UsageError, match=r"^as it is$"):
        called("analysis 'x'", complains, 1)
    with pytest.raises(KeyboardInterrupt):
        called("analysis 'x'", stopped, 1)


def test_forgotten_seeds_give_the_same_result_and_disturb_nobody() -> None:
    def forgetful() -> Result:
        return Result({"a": quantity(random.random()), "b": quantity(np.random.rand(3), "n")})

    random.seed(5)
    np.random.seed(5)
    own, numpys = random.getstate(), np.random.get_state()
    one, same, other = (called("x", forgetful, seed) for seed in (7, 7, 8))
    assert one["a"] == same["a"] != other["a"]
    assert np.array_equal(one["b"], same["b"])
    assert random.getstate() == own
    assert np.array_equal(np.random.get_state()[1], numpys[1])


def test_on_the_command_line_it_is_one_line(tmp_path: Path) -> None:
    folder = tmp_path / "trial"
    folder.mkdir()
    (folder / "script.toml").write_text("")
    (folder / "episode.py").write_text(
        "from tapehead.analysis.registry import AnalysisCall\n"
        "from tapehead.scenes.episode import Episode, SceneRef\n"
        "EPISODE = Episode(title='Trial', scenes=(SceneRef('a', '.a:A', 'A'),),\n"
        "    analyses=(AnalysisCall('huge', '.numbers:huge', {}),))\n"
    )
    (folder / "numbers.py").write_text(
        "import numpy as np\n"
        "from tapehead.analysis.registry import analysis\n"
        "from tapehead.analysis.results import Result, quantity\n"
        "@analysis('huge', version=1)\n"
        "def huge(*, seed: int) -> Result:\n"
        "    return Result({'a': quantity(np.zeros(10**9), 'n')})\n"
    )
    command = [sys.executable, "-m", "tapehead", "analyze", str(folder), "-q"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "1000000000 numbers" in done.stderr
