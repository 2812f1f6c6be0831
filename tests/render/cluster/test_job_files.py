"""The jobs that `tapehead plan --emit` writes, as far as they can be looked at without a cluster.

The Slurm scripts run under bash against a real plan, with an `sbatch` that does what the options say; the manifest is
parsed, its fields held against the API's, its commands read by our own command line.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
import typer
import yaml

from tapehead.render.cluster.job_files import emitted
from tapehead.render.cluster.plan_file import parse_plan
from tapehead.render.cluster.shared_store import SharedStore, open_shared
from tapehead.render.commands.cli import app
from tests.render.cluster.conftest import Small
from tests.render.test_cli import ROOT

# Fields of the batch/v1 Job, of pods and containers as far as we use them, with their types (Kubernetes API reference).
JOB = {
    "completionMode": str,
    "completions": int,
    "parallelism": int,
    "backoffLimit": int,
    "backoffLimitPerIndex": int,
    "maxFailedIndexes": int,
    "podFailurePolicy": dict,
    "template": dict,
}
POD = {"restartPolicy": str, "containers": list, "volumes": list}
CONTAINER = {
    "name": str,
    "image": str,
    "command": list,
    "args": list,
    "env": list,
    "resources": dict,
    "volumeMounts": list,
}


def jobs(kind: str, small: Small, shared: SharedStore, plan: Path | None = None) -> dict[str, str]:
    options: dict[str, Any] = {"image": "example/tapehead:1", "claim": "films", "memory_gb": 4}
    return emitted(kind, small.plan_file, plan or small.file, shared, **options)


def parsed(arguments: list[str]) -> dict[str, Any]:
    """What our command line makes of a command's arguments; complains as it would."""
    group = typer.main.get_command(app)
    assert isinstance(group, click.Group) or hasattr(group, "commands")
    command = group.commands[arguments[0]]
    return command.make_context(arguments[0], list(arguments[1:])).params


SBATCH = """#!/bin/bash
# Runs a job at once: the array's indices one after another, dependencies taken as met only if their job went well.
set -eu
for argument in "$@"; do
  case "$argument" in --dependency=afterok:*) test -e "$SPOOL/${argument##*:}.ok" ;; esac
done
script="${!#}"
id=$(( $(ls "$SPOOL" | wc -l) + 100 ))
range=$(sed -n 's/^#SBATCH --array=//p' "$script")
for index in $(seq ${range/-/ }); do SLURM_ARRAY_TASK_ID=$index bash "$script" >> "$SPOOL/$id.log"; done
if [ -z "$range" ]; then bash "$script" >> "$SPOOL/$id.log"; fi
touch "$SPOOL/$id.ok"
echo "$id;cluster"
"""


def test_the_slurm_scripts_are_bash_and_call_us(small: Small, tmp_path: Path) -> None:
    folder = tmp_path / "with a space"
    folder.mkdir()
    plan = folder / "plan.json"
    for name, text in jobs("slurm", small, open_shared(str(tmp_path / "store")), plan).items():
        (folder / name).write_text(text)
        subprocess.run(["bash", "-n", str(folder / name)], check=True)
        head = [line for line in text.splitlines() if line.startswith("#SBATCH")]
        assert all(re.fullmatch(r"#SBATCH --[a-z-]+(=[\w.%-]+)?", line) for line in head)
        if name == "submit.sh":
            continue
        words = shlex.split(text.splitlines()[-1].replace("$SLURM_ARRAY_TASK_ID", "1"))
        assert words[0] == "${TAPEHEAD:-tapehead}"
        found = parsed(words[1:])
        assert found["file"] == str(plan)
        assert found["store"] == str(tmp_path / "store")
        assert found.get("index") == (1 if "segments" in name else None)
    segments = (folder / "segments.slurm.sh").read_text()
    assert "#SBATCH --array=0-1\n" in segments
    assert "#SBATCH --requeue\n" in segments


@pytest.mark.long
def test_the_slurm_scripts_make_the_film(small: Small, tmp_path: Path) -> None:
    folder, spool, programs = tmp_path / "with a space", tmp_path / "spool", tmp_path / "bin"
    for place in (folder, spool, programs):
        place.mkdir()
    plan = folder / "plan.json"
    plan.write_text(small.plan_file.text())
    shared = open_shared(str(small.fresh(tmp_path / "store").root))
    for name, text in jobs("slurm", small, shared, plan).items():
        (folder / name).write_text(text)
    (programs / "sbatch").write_text(SBATCH)
    (programs / "sbatch").chmod(0o755)
    environment = os.environ | {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "SPOOL": str(spool),
        "TAPEHEAD": f"{sys.executable} -m tapehead.render.commands.cli",
        "TAPEHEAD_OUT": str(tmp_path / "out"),
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        ["bash", str(folder / "submit.sh")], env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    last = sorted(spool.glob("*.log"))[-1].read_text()
    assert json.loads(last)["digests"] == small.digests


@pytest.mark.parametrize("store", ["", "memory://films/store"])
def test_the_manifest(small: Small, tmp_path: Path, store: str) -> None:
    shared = open_shared(store or str(tmp_path / "store"))
    (text,) = jobs("k8s", small, shared).values()
    config, segments, gather = yaml.safe_load_all(text)
    assert parse_plan(config["data"]["plan.json"]).text() == small.plan_file.text()
    assert (segments["apiVersion"], segments["kind"]) == ("batch/v1", "Job")
    spec = segments["spec"]
    assert (spec["completionMode"], spec["completions"], spec["backoffLimitPerIndex"]) == ("Indexed", 2, 3)
    assert 1 <= spec["parallelism"] <= spec["completions"]
    for job in (segments, gather):
        assert re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", job["metadata"]["name"])
        pod = job["spec"]["template"]["spec"]
        (container,) = pod["containers"]
        for part, fields in ((job["spec"], JOB), (pod, POD), (container, CONTAINER)):
            assert all(type(value) is fields[name] for name, value in part.items())
        assert pod["restartPolicy"] == "Never", "what podFailurePolicy and backoffLimitPerIndex want"
        assert {mount["name"] for mount in container["volumeMounts"]} == {each["name"] for each in pod["volumes"]}
        assert all(type(each["value"]) is str for each in container["env"] if "value" in each)
        assert container["resources"]["requests"]["cpu"] == "1"
        assert container["image"] == "example/tapehead:1"
        found = parsed(container["args"])
        places = {mount["mountPath"]: mount["name"] for mount in container["volumeMounts"]}
        assert places[str(Path(found["file"]).parent)] == "plan"
        assert found["store"] == store or places[found["store"]] == "store"
    rule = spec["podFailurePolicy"]["rules"][1]["onExitCodes"]
    assert rule["containerName"] == segments["spec"]["template"]["spec"]["containers"][0]["name"]
    variables = {each["name"] for each in segments["spec"]["template"]["spec"]["containers"][0]["env"]}
    assert "JOB_COMPLETION_INDEX" in variables
    assert parsed(gather["spec"]["template"]["spec"]["containers"][0]["args"])["wait"] > 0


def test_a_wrong_argument_would_be_noticed() -> None:
    with pytest.raises(Exception, match="No such option"):
        parsed(["segment", "--plan", "plan.json", "--nope"])
