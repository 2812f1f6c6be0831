"""Training in pieces: a stage that may be interrupted at any step and ends with the weights of one that was not.

Nothing depends on the clock.  What a step sees is a function of seed and step; a checkpoint holds everything else.
(The same bytes on the same machine and libraries; other processors round differently.)
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tapehead.analysis.errors import TapeheadError
from tapehead.analysis.store import write_atomically

Report = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """How long and how fast a stage learns.  ``steps`` sets the schedule: another number is another run."""

    steps: int
    rows: int
    rate: float
    warm_up: int = 200
    hold: float = 0.5
    decay: float = 0.01
    betas: tuple[float, float] = (0.9, 0.99)
    clip: float = 1.0
    average: float = 0.999
    save_every: int = 100

    def rate_at(self, step: int) -> float:
        """Learning rate: a linear rise, constant for the part ``hold`` of the steps, then linear to nothing."""
        held = self.hold * self.steps
        rise = min(1.0, (step + 1) / self.warm_up)
        fall = 1.0 if step < held else (self.steps - step) / (self.steps - held)
        return self.rate * min(rise, fall)

    def average_at(self, step: int) -> float:
        """How much of the averaged weights stays at a step: less at first, or the random start would linger."""
        return min(self.average, (1 + step) / (10 + step))


@dataclass(frozen=True)
class Stage:
    """One stage: the modules whose weights it learns, and the loss of a step.

    ``loss`` gets the step's number and a ``torch.Generator`` seeded for it, and returns a scalar tensor.
    """

    name: str
    directory: Path
    modules: Mapping[str, Any]
    plan: Plan
    loss: Callable[[int, Any], Any]
    seed: int

    @property
    def finished(self) -> Path:
        """The averaged weights after the last step; there only then."""
        return self.directory / f"{self.name}.safetensors"

    @property
    def checkpoint(self) -> Path:
        """Everything that the next step needs."""
        return self.directory / f"{self.name}-checkpoint.safetensors"


@dataclass(frozen=True)
class Weights:
    """Averaged weights of a stage (name -> fp32 tensor), after ``step`` of ``steps``, at a cost of CPU seconds."""

    tensors: Mapping[str, Any]
    step: int
    steps: int
    cpu_s: float
    loss: float

    def of(self, module: str) -> dict[str, Any]:
        """State dictionary of one module."""
        start = f"{module}."
        return {name[len(start) :]: tensor for name, tensor in self.tensors.items() if name.startswith(start)}


def generator(seed: int, step: int) -> Any:
    """The random numbers of one step."""
    import torch

    return torch.Generator().manual_seed((seed * 1_000_003 + step) * 7919 + 17)


def run(stage: Stage, report: Report, stop_after: int | None = None) -> Weights | None:
    """Take a stage to its last step, going on from its checkpoint.

    ``stop_after`` ends early after that step, with a checkpoint, as an interruption would; then ``None`` is returned.

    Raises:
        TapeheadError: the checkpoint cannot be read, or the loss is no longer a number.
    """
    import torch

    if (done := read(stage.finished)) is not None:
        report(f"{stage.name}: finished already")
        return done
    plan = stage.plan
    named = {f"{m}.{n}": p for m, module in stage.modules.items() for n, p in module.named_parameters()}
    optimizer = torch.optim.AdamW(named.values(), lr=plan.rate, betas=plan.betas, weight_decay=plan.decay, fused=True)
    averages = {name: parameter.detach().clone() for name, parameter in named.items()}
    losses = torch.zeros(plan.steps)
    first, cpu_before = _restore(stage.checkpoint, named, averages, optimizer, losses)
    last = plan.steps if stop_after is None else min(stop_after, plan.steps)
    began, cpu_began = time.perf_counter(), time.process_time()
    for step in range(first, last):
        for group in optimizer.param_groups:
            group["lr"] = plan.rate_at(step)
        loss = stage.loss(step, generator(stage.seed, step))
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(named.values(), plan.clip)
        optimizer.step()
        with torch.no_grad():
            torch._foreach_lerp_(list(averages.values()), list(named.values()), 1 - plan.average_at(step))
        losses[step] = loss.detach()
        if (step + 1) % plan.save_every == 0 or step + 1 == last:
            recent = float(losses[max(0, step - 99) : step + 1].mean())
            if not torch.isfinite(losses[step]):
                raise TapeheadError(f"{stage.name}: the loss at step {step + 1} is not a number; nothing was kept")
            cpu_s = cpu_before + time.process_time() - cpu_began
            facts = {"step": step + 1, "steps": plan.steps, "cpu_s": cpu_s, "loss": recent}
            _save(stage.checkpoint, named, averages, optimizer, losses, facts)
            each = (time.perf_counter() - began) / (step + 1 - first)
            report(
                f"{stage.name}: step {step + 1}/{plan.steps}, loss {recent:.5f}, {each:.3f} s per step, "
                f"{cpu_s / 60:.1f} CPU-min"
            )
    if last < plan.steps:
        return None
    return _finish(stage, losses)


def read(path: Path, prefix: str = "") -> Weights | None:
    """Weights that :func:`run` left at ``path``; ``None`` if there are none.

    Raises:
        TapeheadError: the file cannot be read.
    """
    from safetensors import SafetensorError, safe_open

    if not path.is_file():
        return None
    try:
        with safe_open(str(path), framework="pt") as file:
            facts = json.loads(file.metadata()["facts"])
            names = [name for name in file.keys() if name.startswith(prefix)]  # noqa: SIM118 - no mapping
            tensors = {name[len(prefix) :]: file.get_tensor(name) for name in names}
        return Weights(tensors, facts["step"], facts["steps"], facts["cpu_s"], facts["loss"])
    except (SafetensorError, KeyError, ValueError, TypeError) as error:
        raise TapeheadError(f"the weights {path} cannot be read ({error}); delete the file to begin again") from error


def best_so_far(stage_finished: Path, checkpoint: Path) -> Weights | None:
    """The finished weights, else the averaged ones of the checkpoint, else ``None``."""
    return read(stage_finished) or read(checkpoint, "average.")


def _finish(stage: Stage, losses: Any) -> Weights:
    from safetensors.torch import save

    found = read(stage.checkpoint, "average.")
    assert found is not None
    facts = {"step": found.step, "steps": found.steps, "cpu_s": found.cpu_s, "loss": found.loss}
    curve = [round(float(value), 5) for value in losses]
    write_atomically(stage.directory / f"{stage.name}-losses.json", json.dumps(curve))
    write_atomically(stage.finished, save(dict(found.tensors), metadata={"format": "pt", "facts": json.dumps(facts)}))
    return found


def _save(path: Path, named: Any, averages: Any, optimizer: Any, losses: Any, facts: dict[str, Any]) -> None:
    from safetensors.torch import save

    tensors = {"losses": losses}
    for name, parameter in named.items():
        state = optimizer.state[parameter]
        tensors |= {
            f"model.{name}": parameter.detach(),
            f"average.{name}": averages[name],
            f"first.{name}": state["exp_avg"],
            f"second.{name}": state["exp_avg_sq"],
        }
    tensors = {name: tensor.contiguous().clone() for name, tensor in tensors.items()}
    write_atomically(path, save(tensors, metadata={"facts": json.dumps(facts)}))


def _restore(path: Path, named: Any, averages: Any, optimizer: Any, losses: Any) -> tuple[int, float]:
    """Fill everything from a checkpoint; returns steps done and CPU seconds spent, zeros without a checkpoint."""
    import torch

    found = read(path)
    if found is None:
        return 0, 0.0
    try:
        with torch.no_grad():
            losses.copy_(found.tensors["losses"])
            for name, parameter in named.items():
                parameter.copy_(found.tensors[f"model.{name}"])
                averages[name].copy_(found.tensors[f"average.{name}"])
                optimizer.state[parameter] = {
                    "step": torch.tensor(float(found.step)),
                    "exp_avg": found.tensors[f"first.{name}"].clone(),
                    "exp_avg_sq": found.tensors[f"second.{name}"].clone(),
                }
    except (KeyError, RuntimeError) as error:
        raise TapeheadError(f"the checkpoint {path} does not fit ({error}); delete it to begin again") from error
    return found.step, found.cpu_s
