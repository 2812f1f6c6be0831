"""Ready-to-use jobs for a plan file: scripts for a Slurm array, a manifest with an Indexed Job for Kubernetes.

They call `tapehead segment` and `tapehead gather` and nothing else; where plan and store lie is written into them.
"""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.analysis.threads import THREADS
from tapehead.render.cluster.plan_file import PlanFile
from tapehead.render.cluster.plan_records import plain
from tapehead.render.cluster.shared_store import SharedStore

KINDS = ("slurm", "k8s")
_RETRIES = 3
_MOST_PODS = 256
_PLAN_AT, _STORE_AT, _CACHE_AT = "/tapehead/plan", "/tapehead/store", "/tapehead/cache"
_CONFIG_LIMIT = 900_000
"""A ConfigMap holds one MiB at most, its own words included."""
_WAIT_S = 7 * 24 * 3600
_USAGE_EXIT = 2
"""Our exit code for what no second try changes."""


def check_kind(kind: str) -> None:
    """Refuse a kind of jobs that cannot be written.

    Raises:
        UnknownNameError: there is none of that name.
    """
    if kind and kind not in KINDS:
        raise UnknownNameError("kind of jobs", kind, KINDS)


def emitted(
    kind: str, plan_file: PlanFile, plan: Path, shared: SharedStore, *, image: str, claim: str, memory_gb: float
) -> dict[str, str]:
    """The files of a kind of jobs by name; none for no kind."""
    check_kind(kind)
    if kind == "slurm":
        return _slurm(plan_file, plan, shared, memory_gb or 4)
    return {"k8s.yaml": _k8s(plan_file, shared, image, claim, memory_gb or 4)} if kind else {}


def _name(plan_file: PlanFile) -> str:
    """What the jobs are called: small letters, digits and dashes, as both schedulers want it."""
    film = plan_file.film
    name = re.sub(r"[^a-z0-9]+", "-", f"tapehead-{film.episode}-{film.quality.name}".lower()).strip("-")
    return name[:40].rstrip("-") + "-" + plan_file.digest[:6]


def _slurm(plan_file: PlanFile, plan: Path, shared: SharedStore, memory_gb: float) -> dict[str, str]:
    name, last = _name(plan_file), len(plan_file.segments) - 1
    url = shared.url if shared.remote else str(shared.local.root.resolve())
    common = f"--plan {shlex.quote(str(plan))} --store {shlex.quote(url)}"
    longest = max(each.draw_s + each.encode_s for each in plan_file.segments)
    minutes = max(30, round(10 * longest / 60))
    head = (
        "#!/bin/bash\n"
        f"#SBATCH --job-name={name}-{{what}}\n"
        "#SBATCH --nodes=1\n#SBATCH --ntasks=1\n#SBATCH --cpus-per-task=1\n"
        f"#SBATCH --mem={round(1.5 * memory_gb * 1000)}M\n"
        f"#SBATCH --time={minutes}\n"
        "#SBATCH --requeue\n#SBATCH --open-mode=append\n"
    )
    threads = f"export {' '.join(f'{variable}=1' for variable in THREADS)}\n"
    why = "# Set TAPEHEAD to how the command is called on the nodes, if it is not on their path.\nset -eu\n"
    segments = (
        head.format(what="segments")
        + f"#SBATCH --array=0-{last}\n#SBATCH --output={name}-%A-%a.log\n"
        + why
        + threads
        + f'${{TAPEHEAD:-tapehead}} segment {common} --index "$SLURM_ARRAY_TASK_ID"'
        + f" --memory {memory_gb:g} --quiet --json\n"
    )
    join = (
        head.format(what="gather")
        + f"#SBATCH --output={name}-gather-%j.log\n"
        + why
        + threads
        + f'${{TAPEHEAD:-tapehead}} gather {common} --out "${{TAPEHEAD_OUT:-out}}" --quiet --json\n'
    )
    submit = (
        "#!/bin/bash\n"
        f"# {last + 1} segments as an array, then the film when all of them are done: bash submit.sh\n"
        "set -eu\n"
        'cd "$(dirname "$0")"\n'
        "array=$(sbatch --parsable segments.slurm.sh)\n"
        'sbatch --parsable --dependency="afterok:${array%%;*}" gather.slurm.sh\n'
    )
    return {"segments.slurm.sh": segments, "gather.slurm.sh": join, "submit.sh": submit}


def _k8s(plan_file: PlanFile, shared: SharedStore, image: str, claim: str, memory_gb: float) -> str:
    """A ConfigMap with the plan, an Indexed Job for the segments, a Job that waits for them and joins the film."""
    name = _name(plan_file)
    text = json.dumps(plain(plan_file.record), ensure_ascii=False, separators=(",", ":"))
    if len(text.encode()) > _CONFIG_LIMIT:
        raise UsageError(
            f"the plan has {len(text.encode())} bytes, a ConfigMap holds {_CONFIG_LIMIT}; make plans of single scenes"
            " with --only, or use --emit slurm"
        )
    where = shared.url if shared.remote else _STORE_AT
    common = ["--plan", f"{_PLAN_AT}/plan.json", "--store", where, "--quiet", "--json"]
    labels = {"app": "tapehead", "film": name}
    count = len(plan_file.segments)
    index = {"fieldRef": {"fieldPath": "metadata.annotations['batch.kubernetes.io/job-completion-index']"}}
    config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": f"{name}-plan", "labels": labels}}
    segments = _job(
        f"{name}-segments",
        labels,
        {
            "completionMode": "Indexed",
            "completions": count,
            "parallelism": min(count, _MOST_PODS),
            "backoffLimitPerIndex": _RETRIES,
            "maxFailedIndexes": count,
            "podFailurePolicy": {
                "rules": [
                    {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget"}]},
                    {
                        "action": "FailIndex",
                        "onExitCodes": {"containerName": "tapehead", "operator": "In", "values": [_USAGE_EXIT]},
                    },
                ]
            },
        },
        _pod(name, image, claim, shared, memory_gb, ["segment", *common, "--memory", f"{memory_gb:g}"], index),
    )
    join = _job(
        f"{name}-gather",
        labels,
        {"completions": 1, "parallelism": 1, "backoffLimit": _RETRIES},
        _pod(
            name,
            image,
            claim,
            shared,
            memory_gb,
            ["gather", *common, "--wait", str(_WAIT_S), "--out", f"{_STORE_AT}/out"],
            None,
        ),
    )
    parts = [config | {"data": {"plan.json": text}}, segments, join]
    head = (
        f"# {count} segments as an Indexed Job, and the film: kubectl apply -f k8s.yaml\n"
        "# The image must hold this version of tapehead, and\n"
        f"# the claim '{claim}' must be one that all pods can write to (ReadWriteMany).\n"
    )
    if not shared.remote:
        head += f"# It must hold the plan's inputs: the folders result and voice of {shared.local.root}.\n"
    # JSON is YAML, and needs no library to be written.
    return head + "---\n".join(json.dumps(part, indent=1, ensure_ascii=False) + "\n" for part in parts)


def _job(name: str, labels: dict[str, str], settings: dict[str, Any], pod: dict[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name, "labels": labels},
        "spec": {**settings, "template": {"metadata": {"labels": labels}, "spec": pod}},
    }


def _pod(
    name: str,
    image: str,
    claim: str,
    shared: SharedStore,
    memory_gb: float,
    arguments: list[str],
    index: dict[str, Any] | None,
) -> dict[str, Any]:
    """One container with a core of its own.  A remote store is kept in a cache that goes with the pod."""
    memory = f"{round(1.5 * memory_gb * 1000)}M"
    environment: list[dict[str, Any]] = [{"name": variable, "value": "1"} for variable in THREADS]
    environment.append({"name": "TAPEHEAD_STORE", "value": _CACHE_AT if shared.remote else _STORE_AT})
    if index is not None:
        environment.append({"name": "JOB_COMPLETION_INDEX", "valueFrom": index})
    mounts = [{"name": "plan", "mountPath": _PLAN_AT, "readOnly": True}, {"name": "store", "mountPath": _STORE_AT}]
    volumes: list[dict[str, Any]] = [
        {"name": "plan", "configMap": {"name": f"{name}-plan"}},
        {"name": "store", "persistentVolumeClaim": {"claimName": claim}},
    ]
    if shared.remote:
        mounts.append({"name": "cache", "mountPath": _CACHE_AT})
        volumes.append({"name": "cache", "emptyDir": {}})
    return {
        "restartPolicy": "Never",
        "containers": [
            {
                "name": "tapehead",
                "image": image,
                "command": ["tapehead"],
                "args": arguments,
                "env": environment,
                "resources": {"requests": {"cpu": "1", "memory": memory}, "limits": {"memory": memory}},
                "volumeMounts": mounts,
            }
        ],
        "volumes": volumes,
    }
