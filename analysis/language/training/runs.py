"""Training of the embedded model ``mini``: seeded, resumable, one thread, a fixed number of steps.

Nothing depends on the clock: text, order and schedule are functions of seed and step, and a checkpoint holds all that
the next step needs, so a run that was interrupted ends with the weights of one that was not (on the same machine and
libraries; other processors round differently).

Which seed is shipped was settled before any circuit was looked at:
:data:`tapehead.analysis.language.training.selection.RULE`.
"""

from __future__ import annotations

import dataclasses
import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tapehead.analysis.errors import OutputError, TapeheadError
from tapehead.analysis.interrupts import end_with, heard_by_parent_only, kill_all
from tapehead.analysis.language.training.corpus import CONTEXT, CORPUS_VERSION, batch, vocabulary
from tapehead.analysis.language.training.selection import Choice
from tapehead.analysis.store import digest_of, write_atomically
from tapehead.analysis.threads import one_thread
from tapehead.analysis.trainings import alone

Report = Callable[[str], None]


@dataclass(frozen=True)
class Settings:
    """What decides the weights, beside the seed.  ``steps`` sets the schedule: another number is another run."""

    steps: int = 2000
    rows: int = 96
    layers: int = 4
    heads: int = 8
    width: int = 128
    rate: float = 2e-3
    warm_up: int = 100
    decay: float = 0.1
    betas: tuple[float, float] = (0.9, 0.98)
    clip: float = 1.0
    save_every: int = 100
    corpus: int = CORPUS_VERSION

    @property
    def digest(self) -> str:
        """Names the directory of runs that can be continued with these settings."""
        return digest_of({"settings": dataclasses.asdict(self), "words": list(vocabulary())})[:12]

    def rate_at(self, step: int) -> float:
        """Learning rate: a linear rise, constant to half of the steps, then linear to nothing."""
        half = self.steps / 2
        rise = min(1.0, (step + 1) / self.warm_up)
        fall = 1.0 if step < half else (self.steps - step) / (self.steps - half)
        return self.rate * min(rise, fall)


def make_model(settings: Settings, seed: int) -> Any:
    """A fresh ``GPT2LMHeadModel`` in training mode; its weights are a function of ``seed``."""
    import torch
    from transformers import GPT2Config, GPT2LMHeadModel

    torch.manual_seed(seed)
    config = GPT2Config(
        vocab_size=len(vocabulary()),
        n_positions=CONTEXT,
        n_embd=settings.width,
        n_layer=settings.layers,
        n_head=settings.heads,
        resid_pdrop=0.0,
        embd_pdrop=0.0,
        attn_pdrop=0.0,
        bos_token_id=0,
        eos_token_id=0,
        # The same function as GPT-2's gelu_new in one fused call; the export says gelu_new again.
        activation_function="gelu_pytorch_tanh",
    )
    return GPT2LMHeadModel(config).train()


def run_directory(settings: Settings, seed: int, cache_dir: Path) -> Path:
    """Where one seed keeps its checkpoint, its log and its finished model."""
    return cache_dir / "mini" / settings.digest / f"seed{seed}"


def _save(path: Path, model: Any, optimizer: Any, losses: Any, step: int) -> None:
    from safetensors.torch import save

    tensors = {"losses": losses, **{f"model.{n}": p.detach() for n, p in model.named_parameters()}}
    for name, parameter in model.named_parameters():
        state = optimizer.state[parameter]
        tensors |= {f"first.{name}": state["exp_avg"], f"second.{name}": state["exp_avg_sq"]}
    tensors = {name: tensor.contiguous().clone() for name, tensor in tensors.items()}
    write_atomically(path, save(tensors, metadata={"step": str(step)}))


def _restore(path: Path, model: Any, optimizer: Any, losses: Any) -> int:
    """Fill model, optimizer and losses from a checkpoint; returns the number of steps done, 0 without a checkpoint."""
    import torch
    from safetensors import SafetensorError, safe_open

    if not path.is_file():
        return 0
    try:
        with safe_open(str(path), framework="pt") as file, torch.no_grad():
            step = int(file.metadata()["step"])
            losses.copy_(file.get_tensor("losses"))
            for name, parameter in model.named_parameters():
                parameter.copy_(file.get_tensor(f"model.{name}"))
                optimizer.state[parameter] = {
                    "step": torch.tensor(float(step)),
                    "exp_avg": file.get_tensor(f"first.{name}"),
                    "exp_avg_sq": file.get_tensor(f"second.{name}"),
                }
    except (SafetensorError, KeyError, ValueError, RuntimeError) as error:
        raise TapeheadError(f"the checkpoint {path} cannot be read ({error}); delete it to begin again") from error
    return step


@dataclass(frozen=True)
class Trained:
    """What training gives, by seed: run directories and scores; and which seed the rule chooses."""

    runs: Mapping[int, Path]
    scores: Mapping[int, Mapping[str, float]]
    choice: Choice


def train_seed(seed: int, settings: Settings, cache_dir: Path, report: Report, stop_after: int | None = None) -> Path:
    """Train one seed to its last step, going on from its checkpoint; returns its run directory.

    The finished fp32 weights are ``model.safetensors`` there.  ``stop_after`` ends early after that step, with a
    checkpoint, as an interruption would.

    Raises:
        OutputError: the run directory cannot be written.
        TapeheadError: another process trains this seed, or its checkpoint cannot be read.
    """
    directory = run_directory(settings, seed, cache_dir)
    try:
        with alone(directory), one_thread():
            _train(seed, settings, directory, report, stop_after)
    except OSError as error:
        raise OutputError(f"{directory} cannot be written: {error.strerror or error}") from error
    return directory


def _train(seed: int, settings: Settings, directory: Path, report: Report, stop_after: int | None) -> None:
    import torch
    from safetensors.torch import save
    from torch.nn.functional import cross_entropy

    if (directory / "model.safetensors").is_file():
        report(f"seed {seed}: finished already")
        return
    write_atomically(directory / "settings.json", json.dumps(dataclasses.asdict(settings), indent=1))
    model = make_model(settings, seed)
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=settings.rate, betas=settings.betas, weight_decay=settings.decay, fused=True
    )
    losses = torch.zeros(settings.steps)
    checkpoint = directory / "checkpoint.safetensors"
    first = _restore(checkpoint, model, optimizer, losses)
    last = settings.steps if stop_after is None else min(stop_after, settings.steps)
    began = time.perf_counter()
    for step in range(first, last):
        tokens = torch.tensor(batch(seed, step, settings.rows))
        for group in optimizer.param_groups:
            group["lr"] = settings.rate_at(step)
        logits = model(tokens[:, :-1], use_cache=False).logits
        loss = cross_entropy(logits.reshape(-1, logits.shape[-1]), tokens[:, 1:].reshape(-1))
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), settings.clip)
        optimizer.step()
        losses[step] = loss.detach()
        if (step + 1) % settings.save_every == 0 or step + 1 == last:
            _save(checkpoint, model, optimizer, losses, step + 1)
            recent = losses[max(0, step - 49) : step + 1].mean()
            each = (time.perf_counter() - began) / (step + 1 - first)
            report(f"seed {seed}: step {step + 1}/{settings.steps}, loss {recent:.4f}, {each:.3f} s per step")
    if last == settings.steps:
        curve = [round(float(v), 4) for v in losses]
        write_atomically(directory / "losses.json", json.dumps(curve))
        weights = {n: p.detach().clone().contiguous() for n, p in model.named_parameters()}
        write_atomically(directory / "model.safetensors", save(weights, metadata={"format": "pt"}))


def train_seeds(
    seeds: Sequence[int], settings: Settings, cache_dir: Path, report: Report, jobs: int = 1
) -> dict[int, Path]:
    """Train seeds, ``jobs`` of them at a time, each in one thread; returns seed -> run directory."""
    if jobs <= 1 or len(seeds) == 1:
        return {seed: train_seed(seed, settings, cache_dir, report) for seed in seeds}
    import concurrent.futures
    import multiprocessing

    fresh = multiprocessing.get_context("spawn")  # a forked torch may hang in its thread pool
    with heard_by_parent_only():
        manager = fresh.Manager()
    with manager, concurrent.futures.ProcessPoolExecutor(jobs, fresh, end_with, (os.getpid(),)) as pool:
        lines = manager.Queue()
        try:
            with heard_by_parent_only():
                waiting = {pool.submit(train_seed, seed, settings, cache_dir, lines.put): seed for seed in seeds}
            done: set[Any] = set()
            while len(done) < len(waiting):
                done = concurrent.futures.wait(waiting, timeout=0.5).done
                while not lines.empty():
                    report(lines.get())
        except BaseException:
            kill_all(pool)  # the next run goes on from the last checkpoints
            raise
        return {seed: future.result() for future, seed in waiting.items()}


def finished_runs(seeds: Sequence[int], settings: Settings, cache_dir: Path) -> dict[int, Path]:
    """The run directories of those seeds that were trained to the end."""
    runs = {seed: run_directory(settings, seed, cache_dir) for seed in seeds}
    return {seed: run for seed, run in runs.items() if (run / "model.safetensors").is_file()}
