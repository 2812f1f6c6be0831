"""A process started where only the parent hears Ctrl-C lives through one; the parent hears it afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from tapehead.analysis.interrupts import heard_by_parent_only

pytestmark = pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="signals cannot be blocked here")


def child() -> subprocess.Popen[bytes]:
    code = "import signal, time; signal.signal(signal.SIGINT, signal.SIG_DFL); print('up', flush=True); time.sleep(30)"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"up\n"
    return process


def ended(process: subprocess.Popen[bytes]) -> bool:
    os.kill(process.pid, signal.SIGINT)
    try:
        process.wait(0.5)
    except subprocess.TimeoutExpired:
        return False
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()
    return True


def test_a_child_started_within_does_not_hear_it_and_any_other_does() -> None:
    with heard_by_parent_only():
        deaf = child()
    assert not ended(deaf)
    assert ended(child())


def test_the_parent_hears_it_when_the_start_is_over() -> None:
    assert threading.current_thread() is threading.main_thread()
    before, passed = signal.getsignal(signal.SIGINT), False
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            with heard_by_parent_only():
                os.kill(os.getpid(), signal.SIGINT)
                time.sleep(0.05)
                passed = True
            passed = False
    finally:
        signal.signal(signal.SIGINT, before)
    assert passed
