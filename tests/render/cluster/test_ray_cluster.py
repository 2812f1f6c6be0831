"""The Ray executor on a real cluster of two nodes: the same film, whatever happens to the nodes, and nothing left."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tapehead.analysis.errors import WorkerError
from tapehead.analysis.store import Store
from tapehead.render.cluster.executors import ray as executor
from tapehead.render.cluster.plan_file import freeze
from tapehead.render.film.make import Choices, prepare
from tapehead.render.progress import Reporter
from tapehead.scenes.episode import BUILT_IN, load_episode
from tests.render.cluster.conftest import TINY, Small
from tests.render.test_cli import ROOT, TAPEHEAD, broken_episode, wait_for

pytest.importorskip("ray")
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
MARK = "TAPEHEAD_TEST_CLUSTER"


def commands(mark: str) -> dict[int, str]:
    """All live processes that descend from the cluster or the commands of this file, by their environment."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                ended = " Z " in (entry / "stat").read_text()
                if not ended and f"{MARK}={mark}".encode() in (entry / "environ").read_bytes():
                    found[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except (OSError, ProcessLookupError):
                continue
    return found


@dataclass
class Nodes:
    """A head and other nodes, one core each."""

    cluster: Any
    mark: str
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def address(self) -> str:
        return str(self.cluster.address)

    def start(self, *arguments: str, store: Path, **more: str) -> subprocess.Popen[str]:
        env = os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "200", MARK: self.mark, "TAPEHEAD_STORE": str(store)}
        process = subprocess.Popen(
            [*TAPEHEAD, *arguments],
            cwd=ROOT,
            env=env | more,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.started.append(process)
        return process

    def render(self, plan: Path, store: Path, out: Path, address: str | None = None) -> subprocess.Popen[str]:
        who = f"ray:{self.address if address is None else address}".rstrip(":")
        return self.start(
            "render", "--plan", str(plan), "--executor", who, "--out", str(out), "--quiet", "--json", store=store
        )

    def segments(self, store: Path) -> list[int]:
        """The tasks that are being done for a store."""
        return [pid for pid, line in commands(self.mark).items() if " segment " in line and str(store) in line]


@pytest.fixture(scope="module")
def nodes(small: Small) -> Iterator[Nodes]:  # after it: its fork server is none of ours
    from ray.cluster_utils import Cluster

    mark = uuid.uuid4().hex
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {MARK: mark, "PYTHONPATH": str(ROOT), "RAY_USAGE_STATS_ENABLED": "0"}.items():
            patch.setenv(name, value)
        quick = {"health_check_period_ms": 500, "health_check_timeout_ms": 20_000, "health_check_failure_threshold": 3}
        head = {"num_cpus": 1, "include_dashboard": False, "object_store_memory": 80_000_000, "_system_config": quick}
        cluster = Cluster(initialize_head=True, head_node_args=head)
        cluster.add_node(num_cpus=1, object_store_memory=80_000_000)
        found = Nodes(cluster, mark)
        yield found
        for process in found.started:
            process.kill()  # of a test that failed
        cluster.shutdown()
    assert wait_for(lambda: not commands(mark), 120.0), f"nothing is left of the cluster: {commands(mark)}"


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, errors = process.communicate(timeout=540)
    assert "Traceback" not in errors
    return process.returncode, out, errors


def test_a_node_that_dies_in_the_middle_costs_time_and_nothing_else(small: Small, nodes: Nodes, tmp_path: Path) -> None:
    """Both nodes draw; one is killed with all it does.  What it had is drawn again by the other."""
    store = small.fresh(tmp_path / "store").root
    process = nodes.render(small.file, store, tmp_path / "out")
    drafts = store / "tmp"
    assert wait_for(lambda: any(drafts.iterdir()) and len(nodes.segments(store)) == 2, 240.0), "a task on each node"
    (other,) = set(nodes.cluster.list_all_nodes()) - {nodes.cluster.head_node}
    os.kill(other.all_processes["raylet"][0].process.pid, signal.SIGKILL)
    assert wait_for(lambda: len(nodes.segments(store)) <= 1, 120.0), "its task ended with it"
    code, answer, errors = ended(process)
    nodes.cluster.remove_node(other, allow_graceful=False)
    nodes.cluster.add_node(num_cpus=1, object_store_memory=80_000_000)
    assert code == 0, errors
    film = json.loads(answer.strip().splitlines()[-1])
    assert film["digests"] == small.digests
    sounds = list((store / "sound").rglob("entry.json"))
    assert len(sounds) == 1, "made by a task and found when the film was joined"
    assert not nodes.segments(store)


@pytest.mark.long
def test_ctrl_c_stops_the_tasks_and_the_next_run_goes_on(small: Small, nodes: Nodes, tmp_path: Path) -> None:
    store = small.fresh(tmp_path / "store").root
    process = nodes.render(small.file, store, tmp_path / "out")
    assert wait_for(lambda: len(nodes.segments(store)) == 2, 240.0), "a task on each node"
    held = nodes.segments(store)[0]  # or a quick machine is done with the film before it hears of the signal
    os.kill(held, signal.SIGSTOP)
    assert wait_for(lambda: bool(list((store / "master").rglob("entry.json"))), 240.0)
    process.send_signal(signal.SIGINT)
    os.kill(held, signal.SIGCONT)
    code, _, errors = ended(process)
    assert code == 130, errors
    assert "goes on from" in errors
    assert wait_for(lambda: not nodes.segments(store), 120.0)
    code, answer, errors = ended(nodes.render(small.file, store, tmp_path / "out"))
    assert code == 0, errors
    film = json.loads(answer.strip().splitlines()[-1])
    assert film["digests"] == small.digests
    assert len(film["drawn"]) < len(small.plan.scenes), "what was drawn before is kept"


def test_a_scene_that_raises_is_the_message_of_a_local_render(nodes: Nodes, tmp_path: Path) -> None:
    folder = broken_episode(tmp_path / "broken", "sums.read('nothing')")
    store, plan = tmp_path / "store", tmp_path / "plan.json"
    choices, shared = Choices(TINY, voice="none"), Store(store)
    plan.write_text(freeze(prepare(load_episode(folder), choices, shared, Reporter(quiet=True)), shared).text())
    code, _, far = ended(nodes.render(plan, store, tmp_path / "far"))
    assert code == 1
    assert wait_for(lambda: not nodes.segments(store), 120.0), "the other scene is not gone on with"
    near_place = ("--out", str(tmp_path / "near"), "--quiet", "--json", "--size", "320x180", "--rate", "15")
    code, _, near = ended(nodes.start("render", str(folder), "--voice", "none", *near_place, store=store))
    assert code == 1
    assert len(far.strip().splitlines()) == 3
    assert "has no 'nothing'" in far
    assert far.replace(str(tmp_path / "far"), "").replace("/tiny/", "/320x180p15/") == near.replace(
        str(tmp_path / "near"), ""
    )
    log = Path(far.strip().splitlines()[2].partition("full report: ")[2])
    assert "Traceback" in log.read_text()


@pytest.mark.long
def test_a_cluster_of_our_own_ends_with_the_film(small: Small, nodes: Nodes, tmp_path: Path) -> None:
    """No address: Ray is started for this film and stopped after it.  Little is left to be done here."""
    store = tmp_path / "store"
    shutil.copytree(small.store, store)
    shutil.rmtree(store / "sound")
    before = set(commands(nodes.mark))
    process = nodes.render(small.file, store, tmp_path / "out", address="")
    code, answer, errors = ended(process)
    assert code == 0, errors
    assert not errors, "Ray's own words are kept from the user"
    assert json.loads(answer.strip().splitlines()[-1])["digests"] == small.digests
    assert wait_for(lambda: set(commands(nodes.mark)) <= before, 120.0)
    again = tmp_path / "again"
    code, answer, errors = ended(nodes.render(small.file, store, again, address="127.0.0.1:9"))
    assert code == 0, "all is there, so no cluster is asked"
    assert json.loads(answer.strip().splitlines()[-1])["drawn"] == []


def test_nobody_there(small: Small, nodes: Nodes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = small.fresh(tmp_path / "store").root
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    for address, why, expected in ((f"127.0.0.1:{port}", "no Ray cluster answers", 1), ("here", "HOST:PORT", 2)):
        code, _, errors = ended(nodes.render(small.file, store, tmp_path / "out", address=address))
        assert code == expected
        assert why in errors
        assert len(errors.strip().splitlines()) == 1
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        monkeypatch.setattr(executor, "_ANSWER_S", 1.0)
        with pytest.raises(WorkerError, match=r"no Ray cluster answers at .* within 1 s"):
            executor._answers(f"127.0.0.1:{mute.getsockname()[1]}")


ASKED = """
import sys
from pathlib import Path
from tapehead.analysis.errors import TapeheadError
from tapehead.analysis.registry import AnalysisCall
from tapehead.render.cluster.executors.ray import Ray
from tapehead.render.cluster.shared_store import open_shared

address, store, *names = sys.argv[1:]
try:
    with Ray(address).analyses(["odd-squares", "--device", "cpu"], open_shared(store), Path(store, "logs")) as make:
        for name in names:
            make(AnalysisCall(name, ""))
except TapeheadError as error:
    sys.exit(f"{type(error).__name__}: {error}")
"""


def test_results_that_want_a_gpu_go_to_the_node_that_has_one(nodes: Nodes, tmp_path: Path) -> None:
    """Ray takes our word for the GPU, and the result of this example does not need it: who makes it is looked at."""

    def asked(store: str, *names: str) -> str:
        command = [sys.executable, "-c", ASKED, nodes.address, store, *names]
        env = os.environ | {"PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=200, check=False)
        assert "Traceback" not in done.stderr
        return done.stderr.strip()

    store = tmp_path / "store"
    assert "'sums' wants a GPU and no machine of the Ray cluster has one" in asked(str(store), "sums")
    node = nodes.cluster.add_node(num_cpus=1, num_gpus=1, object_store_memory=80_000_000)
    assert "unknown analysis 'nothing'" in asked(str(store), "sums", "nothing")
    nodes.cluster.remove_node(node)
    (entry,) = (store / "result").rglob("entry.json")
    episode, choices = load_episode(BUILT_IN / "odd_squares"), Choices(TINY, voice="none")
    assert prepare(episode, choices, Store(store), Reporter(quiet=True)).results["sums"].key == entry.parent.name
    assert "see as a directory, not in memory://" in asked("memory://results", "sums")
