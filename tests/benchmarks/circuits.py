"""How much faster our circuit search is than the published algorithm: ``python -m tests.benchmarks.circuits``.

Both sides see the same weights, prompts, order of the scan, dtype (fp32), device and number of threads, in one process.

**Published** (Lan, Torr & Barez, arXiv 2311.04131), written anew from its description with plain hooks on the Hugging
Face model, as its authors run it: for every decision the corrupted prompts go through the network twice, for the
means of the heads and for those of the MLPs; then the clean prompts go through it once, all layers, all positions,
logits of the whole vocabulary.  Leaving out what only their implementation adds (means copied for each prompt, masks
built in Python loops) is to their favour.  **Ours** is :func:`tapehead.analysis.language.circuit.pruning.prune`.

1. ``mini``: the whole pruning of the embedded model, both ways, alternating; the shortest run of each side counts.
   Ours includes reading the weights and the means.  ``same_circuit``: both traces have the same components and
   decisions, and scores within 1e-3 percentage points.
2. GPT-2 small's shape with random weights (its scores say nothing, so a seeded schedule decides): a scan as long and
   as deep as the published ones (156 decisions backward, 33 forward, 27 backward, 26 forward, ending in 15 heads and
   11 MLPs).  A published evaluation costs the same whatever is ablated, so it is timed on ``evals`` states spread
   evenly over the trace.  Ours costs more or less depending on what its caches hold, so all of the trace is run in
   order and timed, with the means and the setting up, and divided by the number of decisions: ``seconds_published`` is
   what the sampled evaluations took, ``seconds_ours`` the share of our scan for as many decisions.  Each sampled
   evaluation runs right after ours of the same state, so that another job on the machine slows both; their logit
   differences are compared (``largest_difference``).
3. The same shape and schedule in the lab's two engines: GPT-2's own, as the lab runs it, and the one for all other
   architectures, which here reads the same weights.  Both go through the trace decision by decision, one after the
   other; ``open_over_fast`` is the ratio of their times per evaluation (of processor time where other jobs share the
   machine), ``lab_over_today`` that of the lab's fast path to the engine of 2.  With ``--stretch N`` only N decisions
   at each of four places of the trace are timed, each after one that is not.  ``memory_mb`` is what each engine adds to
   its own process: means, kept streams and one layer's scan.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import torch

from tapehead.analysis.errors import UsageError
from tapehead.analysis.language.circuit.ablation import Ablator
from tapehead.analysis.language.circuit.pruning import THRESHOLD, Step, prune, scan_order
from tapehead.analysis.language.lab.ablators import PooledAblator
from tapehead.analysis.language.lab.any_model import OpenModel, Places
from tapehead.analysis.language.lab.networks import open_network
from tapehead.analysis.language.lab.prompts import Cell, PromptSet
from tapehead.analysis.language.models.components import Circuit, Component
from tapehead.analysis.language.models.forward import Network
from tapehead.analysis.language.models.loading import LanguageModel, load_model
from tapehead.analysis.language.tasks.tasks import Task, sequence_task
from tapehead.analysis.pretrained import check_device

PUBLISHED_HEADS_BY_LAYER = (4, 2, 0, 0, 5, 2, 9, 8, 10, 5, 1, 0)
"""Heads per layer in the three published circuits together: where a realistic circuit has its heads."""
HEADS, MLPS, LATE = 15, 11, 7
"""Of the synthetic schedule: what is left at the end, and how much more the first pass leaves."""
TOLERANCE = 1e-3
"""Percentage points between the scores of two fp32 computations of one state (0.0001 to 0.0003 is usual)."""


class Published:
    """The published evaluation of a circuit, on a Hugging Face GPT-2."""

    def __init__(self, hf: Any, task: Task, device: str) -> None:
        self.hf, self.blocks = hf, hf.transformer.h
        self.clean, self.corrupted = (torch.tensor(ids, device=device) for ids in (task.tokens, task.corrupted))
        self.answers, self.wrong = (torch.tensor(ids, device=device) for ids in (task.answers, task.wrong))
        self.head_width = hf.config.n_embd // hf.config.n_head

    def differences(self, heads: np.ndarray, mlps: np.ndarray) -> torch.Tensor:
        """Logit differences (n,) with only these heads (L, H) and MLPs (L,) live."""
        z, mlp = self._means(of_heads=True), self._means(of_heads=False)
        hooks = []
        for layer, block in enumerate(self.blocks):
            gone = torch.tensor(np.repeat(~heads[layer], self.head_width), device=self.clean.device)
            exchange = partial(_exchange_inputs, gone, z[layer])
            hooks.append(block.attn.c_proj.register_forward_pre_hook(exchange))
            if not mlps[layer]:
                hooks.append(block.mlp.register_forward_hook(partial(_exchange_output, mlp[layer])))
        with attached(hooks), torch.no_grad():
            logits = self.hf(self.clean, use_cache=False).logits
        rows = torch.arange(len(self.clean), device=self.clean.device)
        return logits[rows, -1, self.answers] - logits[rows, -1, self.wrong]

    def _means(self, of_heads: bool) -> list[torch.Tensor]:
        """Mean at each position over the corrupted prompts, (P, D) per layer: of z, or of the MLPs' outputs."""
        seen: list[torch.Tensor] = []
        if of_heads:
            hooks = [b.attn.c_proj.register_forward_pre_hook(lambda _, x: seen.append(x[0])) for b in self.blocks]
        else:
            hooks = [b.mlp.register_forward_hook(lambda _, x, out: seen.append(out)) for b in self.blocks]
        with attached(hooks), torch.no_grad():
            self.hf(self.corrupted, use_cache=False)
        assert len(seen) == len(self.blocks), "a hook did not fire once per block"
        return [values.mean(0) for values in seen]

    def prune(self, threshold: float) -> list[Step]:
        """The whole published algorithm, with nothing remembered between decisions."""
        layers, count = len(self.blocks), self.hf.config.n_head
        heads, mlps = np.ones((layers, count), bool), np.ones(layers, bool)
        full = float(self.differences(heads, mlps).mean())
        steps: list[Step] = []
        while True:
            phase, changed = (steps[-1].phase + 1 if steps else 0), False
            for one in scan_order(layers, count, backward=phase % 2 == 0):
                row, at = (mlps, one.layer) if one.is_mlp else (heads[one.layer], one.head)
                if not row[at]:
                    continue
                row[at] = False
                score = 100 * float(self.differences(heads, mlps).mean()) / full
                removed = 100 - score < 100 - threshold
                row[at] = not removed
                changed |= removed
                steps.append(Step(phase, one, score, removed))
            if not changed:
                return steps


def _exchange_inputs(gone: torch.Tensor, means: torch.Tensor, _module: Any, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    return (torch.where(gone, means, inputs[0]), *inputs[1:])


def _exchange_output(means: torch.Tensor, _module: Any, _inputs: Any, output: torch.Tensor) -> torch.Tensor:
    return means.expand_as(output)


@contextmanager
def attached(hooks: Sequence[Any]) -> Iterator[None]:
    """Remove hooks afterwards."""
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


# -- mini ----------------------------------------------------------------------------------------------------------


def compare_on_mini(device: str, prompts: int, repeats: int) -> dict[str, Any]:
    """The whole pruning both ways, ``repeats`` times in turn."""
    model = load_model(device=device)
    task = sequence_task(model, "numerals", prompts, bos=False)
    theirs: list[Step] = []
    ours: list[Step] = []
    times: dict[str, list[float]] = {"published": [], "ours": []}
    for _ in range(repeats):
        start = time.perf_counter()
        theirs = Published(model.hf, task, device).prune(THRESHOLD)
        middle = time.perf_counter()
        ours, _ = prune(Ablator(Network(model), task))
        times["published"].append(middle - start)
        times["ours"].append(time.perf_counter() - middle)
    apart = [abs(a.score - b.score) for a, b in zip(theirs, ours, strict=False)]
    decided = [[(s.phase, s.component, s.removed) for s in steps] for steps in (theirs, ours)]
    return {
        "speedup_mini": min(times["published"]) / min(times["ours"]),
        "same_circuit": decided[0] == decided[1] and max(apart) < TOLERANCE,
        "mini_decisions": len(ours),
        "mini_prompts": prompts,
        "mini_largest_score_difference": max(apart),
        "mini_seconds_published": min(times["published"]),
        "mini_seconds_ours": min(times["ours"]),
    }


# -- the shape of GPT-2 small --------------------------------------------------------------------------------------


def random_gpt2(device: str, seed: int = 0) -> LanguageModel:
    """GPT-2 small's shape, weights drawn."""
    from transformers import GPT2Config, GPT2LMHeadModel

    torch.manual_seed(seed)
    hf: Any = GPT2LMHeadModel(GPT2Config())
    return LanguageModel("random gpt2", "-", hf.to(device).eval(), None, device)


def random_task(model: LanguageModel, prompts: int, positions: int, seed: int = 0) -> Task:
    """Drawn tokens, clean and corrupted."""
    rng = np.random.default_rng(seed)
    clean, corrupted = rng.integers(model.words, size=(2, prompts, positions))
    answers, wrong = rng.integers(model.words, size=(2, prompts))
    texts = ("",) * prompts
    return Task("random", clean, corrupted, answers, wrong, (3, 8, 13, 18), False, texts, texts)


class Schedule:
    """Decisions of a realistic scan: each component has a rank and goes once nothing of a lower rank is live.

    Rank 0 goes in the first pass, 1 in the second, 2 in the third, 3 stays.
    """

    def __init__(self, layers: int = 12, heads: int = 12, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        weights = np.repeat(PUBLISHED_HEADS_BY_LAYER, heads).astype(float)
        stay = rng.choice(layers * heads, HEADS, replace=False, p=weights / weights.sum())
        self.ranks = dict.fromkeys(scan_order(layers, heads, backward=False), 0)
        self.ranks |= {Component(*divmod(int(i), heads)): 3 for i in stay}
        self.ranks |= {Component(layer): 3 for layer in rng.permutation(layers)[:MLPS].tolist()}
        free = [one for one, rank in self.ranks.items() if rank == 0 and one.layer > 0 and not one.is_mlp]
        late = sorted(free[i] for i in rng.choice(len(free), LATE, replace=False))
        self.ranks |= {late[0]: 2} | dict.fromkeys(late[1:], 1)
        self.layers, self.heads = layers, heads

    def score(self, circuit: Circuit, one: Component) -> float:
        """Above any threshold if ``one`` may go, given the circuit without it."""
        rank = self.ranks[one]
        return 100.0 if rank < 3 and all(self.ranks[c] >= rank for c in circuit) else 0.0

    def trace(self) -> list[tuple[Component, Circuit]]:
        """Every decision, with the candidate circuit that it scores."""
        circuit, found = Circuit.full(self.layers, self.heads), []
        for step in prune(None, start=circuit, score=self.score)[0]:  # type: ignore[arg-type]
            candidate = circuit.without(step.component)
            found.append((step.component, candidate))
            circuit = candidate if step.removed else circuit
        return found


def compare_on_gpt2(device: str, prompts: int, positions: int, evals: int) -> dict[str, Any]:
    """Our whole scan against ``evals`` published evaluations spread over it."""
    model, schedule = random_gpt2(device), Schedule()
    task = random_task(model, prompts, positions)
    trace = schedule.trace()
    at = np.linspace(0, len(trace) - 1, evals).round().astype(int)
    sampled = {trace[i][1].key() for i in at}
    published = Published(model.hf, task, device)
    theirs: list[tuple[float, float]] = []
    ours: list[tuple[float, float]] = []
    apart: list[float] = []

    published.differences(*_masks(trace[0][1]))  # neither side pays for the first touch of the weights
    began = _clocks()
    ablator = Ablator(Network(model), task)
    ours.append(_since(began))

    def score(circuit: Circuit, one: Component) -> float:
        began = _clocks()
        found = ablator.differences(circuit, pivot=one.layer)
        ours.append(_since(began))
        if circuit.key() in sampled:
            began = _clocks()
            wanted = published.differences(*_masks(circuit)).double().cpu().numpy()
            theirs.append(_since(began))
            apart.append(float(np.abs(found - wanted).max()))
        return schedule.score(circuit, one)

    prune(ablator, score=score)
    (wall_ours, cpu_ours), (wall_theirs, cpu_theirs) = (np.sum(times, axis=0) for times in (ours, theirs))
    share = len(theirs) / len(trace)
    return {
        "speedup": wall_theirs / (wall_ours * share),
        "speedup_processor_time": cpu_theirs / (cpu_ours * share),
        "evals": len(theirs),
        "decisions": len(trace),
        "seconds_published": wall_theirs,
        "seconds_ours": wall_ours * share,
        "seconds_ours_whole_scan": wall_ours,
        "prompts": prompts,
        "positions": positions,
        "largest_difference": max(apart),
    }


# -- the lab's engines ---------------------------------------------------------------------------------------------


class OpenGpt2(OpenModel):
    """GPT-2 for the engine of all other architectures; its weights are drawn, so the bridge has no files to look at."""

    places = Places("transformer.h", "attn", "c_proj", "mlp", "transformer.ln_f", "lm_head")


def lab_ablator(model: LanguageModel, task: Task, engine: str) -> PooledAblator:
    """All prompts of a task in one of the lab's engines, ``fast`` or ``open``."""
    prompts = PromptSet(
        "random",
        (Cell(task, np.arange(len(task)), "", ()),),
        task.texts,
        np.full(len(task), -1),
        *[task.texts] * 4,
        False,
    )
    own = model if engine == "fast" else OpenGpt2(model.name, model.digest, model.hf, None, model.device)
    return PooledAblator(open_network(own), prompts)


def stretches(trace: Sequence[tuple[Component, Circuit]], stretch: int) -> list[tuple[int, bool]]:
    """Places of the trace that are run, and whether they are timed; all of them for 0."""
    if not stretch:
        return [(i, True) for i in range(len(trace))]
    found = []
    for first in np.linspace(0, len(trace) - stretch - 1, 4).round().astype(int):
        found += [(int(first) + i, i > 0) for i in range(stretch + 1)]
    return found


def compare_engines(device: str, prompts: int, positions: int, stretch: int) -> dict[str, Any]:
    """The lab's engines and today's, one after the other at every decision."""
    model = random_gpt2(device)
    task, trace = random_task(model, prompts, positions), Schedule().trace()
    engines: dict[str, Any] = {
        "today": Ablator(Network(model), task),
        "fast": lab_ablator(model, task, "fast"),
        "open": lab_ablator(model, task, "open"),
    }
    spent = {name: np.zeros(2) for name in engines}
    apart, timed = 0.0, 0
    for i, counts in stretches(trace, stretch):
        one, circuit = trace[i]
        found = {}
        for name, ablator in engines.items():
            began = _clocks()
            found[name] = ablator.differences(circuit, pivot=one.layer)
            spent[name] += _since(began) if counts else (0.0, 0.0)
        timed += counts
        apart = max(apart, float(np.abs(found["open"] - found["today"]).max()))
    return {
        "open_over_fast": spent["open"][1] / spent["fast"][1],
        "open_over_fast_wall": spent["open"][0] / spent["fast"][0],
        "lab_over_today": spent["fast"][1] / spent["today"][1],
        "seconds_per_evaluation_fast": spent["fast"][1] / timed,
        "seconds_per_evaluation_open": spent["open"][1] / timed,
        "evaluations_timed": timed,
        "engines_largest_difference": apart,
        "memory_mb": {name: _memory(name, prompts, positions) for name in ("fast", "open")},
    }


def _memory(engine: str, prompts: int, positions: int) -> float:
    """Peak memory in MB that an engine adds to a process of its own; not a number where that cannot be told."""
    if sys.platform != "linux":
        return float("nan")
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_scan_a_layer, engine, prompts, positions).result()


def _scan_a_layer(engine: str, prompts: int, positions: int) -> float:
    torch.set_num_threads(1)
    model = random_gpt2("cpu")
    task = random_task(model, prompts, positions)
    with torch.no_grad():
        model.hf(torch.tensor(task.tokens[:1].copy()))
    before = _own_peak_mb(reset=True)
    ablator = lab_ablator(model, task, engine)
    for head in range(3):
        ablator.differences(ablator.everything.without(Component(6, head)), pivot=6)
    return _own_peak_mb() - before


def _own_peak_mb(reset: bool = False) -> float:
    """Peak of this process since it was last set back; Linux only, where ``ru_maxrss`` still knows the parent's."""
    if reset:
        Path("/proc/self/clear_refs").write_text("5")
    told = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return float(told[1]) / 1024 if told else float("nan")


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def _masks(circuit: Circuit) -> tuple[np.ndarray, np.ndarray]:
    return circuit.heads, circuit.mlps


def _clocks() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _since(began: tuple[float, float]) -> tuple[float, float]:
    wall, cpu = _clocks()
    return wall - began[0], cpu - began[1]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what was measured; the last line is JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--evals", type=int, default=12, help="published evaluations timed on GPT-2's shape")
    parser.add_argument("--prompts", type=int, default=32, help="on GPT-2's shape")
    parser.add_argument("--mini-prompts", type=int, default=96)
    parser.add_argument("--repeats", type=int, default=2, help="prunings of mini by each side")
    parser.add_argument("--threads", type=int, default=None)
    parser.add_argument("--stretch", type=int, default=0, help="decisions timed at each of four places; 0: all")
    parser.add_argument("--engines", action="store_true", help="the lab's engines only")
    asked = parser.parse_args(arguments)
    try:
        check_device(asked.device)
    except UsageError as error:
        parser.error(str(error))
    if asked.threads:
        torch.set_num_threads(asked.threads)
    report: dict[str, Any] = {}
    if not asked.engines:
        report = compare_on_mini(asked.device, asked.mini_prompts, asked.repeats)
        print(json.dumps(report), flush=True)
        report |= compare_on_gpt2(asked.device, asked.prompts, 23, asked.evals)
    report |= compare_engines(asked.device, asked.prompts, 23, asked.stretch)
    peak = _peak_mb()
    name = torch.cuda.get_device_name(asked.device) if asked.device.startswith("cuda") else "cpu"
    report |= {"peak_rss_mb": peak, "device": name, "threads": torch.get_num_threads(), "torch": torch.__version__}
    print(json.dumps({k: round(v, 6) if isinstance(v, float) else v for k, v in report.items()}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
