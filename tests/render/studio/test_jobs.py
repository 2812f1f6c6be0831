"""Jobs run one after another, keep their log, and can be stopped."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tapehead.render.studio.jobs import DONE, FAILED, RUNNING, STOPPED, Job, Jobs, Process, python

SPEAKS = """
import sys
print("hello", file=sys.stderr)
print("not JSON")
print('{"found": 3}')
sys.exit(int(sys.argv[1]))
"""
WAITS = """
import sys, time
print("begun", file=sys.stderr, flush=True)
try:
    time.sleep(600)
except KeyboardInterrupt:
    sys.exit(130)
"""


def until(condition: Callable[[], object]) -> None:
    ends = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < ends
        time.sleep(0.02)


@pytest.fixture
def told() -> list[tuple[int, str]]:
    return []


@pytest.fixture
def jobs(told: list[tuple[int, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Jobs]:
    """Whose modules are scripts in a folder."""
    (tmp_path / "speaks.py").write_text(SPEAKS)
    (tmp_path / "waits.py").write_text(WAITS)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{':'.join(sys.path)}")
    made = Jobs(lambda job: told.append((job.number, job.state)))
    yield made
    made.close()


def test_what_cannot_be_begun_has_failed_and_the_next_one_is_begun(tmp_path: Path) -> None:
    tries: list[int] = []

    def start(job: Job) -> Process:
        tries.append(job.number)
        if len(tries) == 1:
            raise OSError(11, "Resource temporarily unavailable")
        return python(("this",))

    jobs = Jobs(lambda _job: None, start=start)
    first, second = jobs.add("a", "a", ("this",)), jobs.add("b", "b", ("this",))
    until(lambda: second.state in (DONE, FAILED))
    assert (first.state, tries) == (FAILED, [1, 2])
    assert "Resource temporarily unavailable" in first.log[-1]
    jobs.close()


def test_a_job_leaves_its_log_and_its_answer(jobs: Jobs, told: list[tuple[int, str]]) -> None:
    job = jobs.add("speak", "to speak", ("speaks", "0"))
    until(lambda: job.state == DONE)
    assert list(job.log) == ["hello"]
    assert job.answer == {"found": 3}
    assert [state for _, state in told][-1] == DONE
    assert job.to_data()["log"] == ["hello"]


def test_a_job_that_fails_says_so_and_the_next_one_runs(jobs: Jobs) -> None:
    first, second = jobs.add("speak", "", ("speaks", "1")), jobs.add("speak", "", ("speaks", "0"))
    until(lambda: second.state == DONE)
    assert first.state == FAILED


def test_a_job_is_stopped_and_waiting_ones_can_be(jobs: Jobs) -> None:
    running, waiting = jobs.add("wait", "", ("waits",)), jobs.add("speak", "", ("speaks", "0"))
    until(lambda: running.log)
    assert running.state == RUNNING
    jobs.stop(waiting.number)
    jobs.stop(running.number)
    assert (running.state, waiting.state) == (STOPPED, STOPPED)
    assert running.process is not None
    until(lambda: running.process is not None and running.process.poll() is not None)
    assert waiting.process is None


def test_what_waits_already_is_not_queued_twice(jobs: Jobs) -> None:
    running: Job = jobs.add("wait", "", ("waits",))
    until(lambda: running.log)
    assert jobs.add("draw", "", ("speaks", "0")) is jobs.add("draw", "", ("speaks", "0"))
    assert len(jobs.all()) == 2


def test_what_goes_beside_waits_for_nobody_else(tmp_path: Path, jobs: Jobs) -> None:
    beside = Jobs(lambda _job: None, beside=("draw",))
    try:
        film = beside.add("render", "", ("waits",))
        until(lambda: film.log)
        drawing, other = beside.add("draw", "", ("speaks", "0")), beside.add("figures", "", ("speaks", "0"))
        until(lambda: drawing.state == DONE)
        assert (film.state, other.state) == (RUNNING, "waiting")
    finally:
        beside.close()


def test_progress_is_that_of_the_last_line_that_tells_it() -> None:
    job = Job(1, "render", "", (), RUNNING)
    assert job.progress is None
    job.log.extend(["speak:  50%, about 9 s left", "draw:  42%, about 30 s left  first", "a line: 3 of them"])
    assert job.progress == {"stage": "draw", "share": 0.42, "left_s": 30}
    job.log.append("draw: 100%  last")
    assert job.progress == {"stage": "draw", "share": 1.0, "left_s": None}
    job.state = DONE
    assert job.progress is None
