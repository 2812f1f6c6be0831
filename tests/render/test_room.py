"""A shell that allows little address space: one line, at once."""

import errno
import resource
import subprocess
import sys

import pytest

from tapehead.render.room import NEEDED, is_lack, lack, too_little
from tests.render.test_cli import ROOT, TAPEHEAD

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits address space as Linux does")


def under(mebibytes: int, *words: str) -> tuple[int, str]:
    done = subprocess.run(
        ["bash", "-c", f'ulimit -v {mebibytes * 1024}; exec "$@"', "-", *TAPEHEAD, *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize("words", [("render", "odd-squares"), ("tape", "apply", "a.mp4", "b.mp4"), ("publish", "x")])
def test_too_little_is_said_before_any_library_waits_for_ever(words):
    code, said = under(500, *words)
    assert code == 1
    assert said.startswith("tapehead: this shell allows a program 0.49 GiB of address space (ulimit -v)")
    assert said.count("\n") == 1


def test_what_computes_nothing_goes_on():
    assert under(500, "render", "--help")[0] == 0


def test_no_limit_or_a_wide_one_is_no_matter(monkeypatch):
    for limit in (resource.RLIM_INFINITY, NEEDED):
        monkeypatch.setattr(resource, "getrlimit", lambda _which, limit=limit: (limit, limit))
        assert too_little() == ""
    monkeypatch.setattr(resource, "getrlimit", lambda _which: (NEEDED - 1, NEEDED))
    assert "ulimit -v unlimited" in too_little()
    assert "1 GiB of address space that this shell allows" in lack("stopped")


def caused(error: BaseException, by: BaseException) -> BaseException:
    error.__cause__ = by
    return error


def test_what_a_lack_of_memory_looks_like():
    assert is_lack(MemoryError())
    assert is_lack(RuntimeError("can't start new thread"))
    assert is_lack(caused(OSError("Could not find/load shared object file"), ImportError("x: failed to map segment")))
    assert is_lack(OSError(errno.ENOMEM, "Cannot allocate memory"))
    assert not is_lack(RuntimeError("another one"))
    one, two = ValueError("a"), ValueError("b")
    one.__cause__, two.__cause__ = two, one
    assert not is_lack(one)
