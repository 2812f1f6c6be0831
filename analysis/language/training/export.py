"""From a trained seed to the shipped model: fp16 weights, configuration, tokenizer and model card in one directory."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tapehead.analysis.errors import TapeheadError
from tapehead.analysis.language.models.loading import LanguageModel, read_directory
from tapehead.analysis.language.studies.scores import behaviour
from tapehead.analysis.language.training.card import CardFacts, card
from tapehead.analysis.language.training.runs import Report, Settings, Trained, make_model
from tapehead.analysis.language.training.seeds import section_for
from tapehead.analysis.language.training.selection import choose, missed_targets
from tapehead.analysis.language.training.tokenizer import save_tokenizer
from tapehead.analysis.store import digest_file, write_atomically
from tapehead.analysis.trainings import in_making

MOST_BYTES = 6_000_000
"""What the weights file may weigh."""


def write_model(weights: Path, settings: Settings, directory: Path) -> Path:
    """Write ``weights`` (fp32 safetensors of a finished run) as a Hugging Face directory with fp16 weights.

    The configuration says fp32, so that plain transformers computes in fp32 with the rounded weights: an fp16 forward
    pass on a CPU is slow and less exact.
    """
    import torch
    from safetensors.torch import load, save

    try:
        tensors = load(weights.read_bytes())
    except Exception as error:
        raise TapeheadError(f"the weights {weights} cannot be read: {error}") from error
    half = {name: tensor.to(torch.float16).contiguous() for name, tensor in tensors.items()}
    if bad := [name for name, tensor in half.items() if not torch.isfinite(tensor).all()]:
        raise TapeheadError(f"weights that fp16 cannot hold: {', '.join(bad)}")
    config = make_model(settings, 0).config.to_dict()
    config |= {
        "architectures": ["GPT2LMHeadModel"],
        "activation_function": "gelu_new",
        "dtype": "float32",
        "pad_token_id": None,  # it would be the first token, and every prompt would look padded
    }
    config.pop("_name_or_path", None)
    directory.mkdir(parents=True, exist_ok=True)
    save_tokenizer(directory)
    # Older transformers know the fast tokenizer by this name only.
    about = json.loads((directory / "tokenizer_config.json").read_text())
    about["tokenizer_class"] = "PreTrainedTokenizerFast"
    about.pop("backend", None)
    write_atomically(directory / "tokenizer_config.json", json.dumps(about, indent=2, sort_keys=True) + "\n")
    write_atomically(directory / "config.json", json.dumps(config, indent=2, sort_keys=True) + "\n")
    write_atomically(directory / "model.safetensors", save(half, metadata={"format": "pt"}))
    return directory


def as_shipped(run: Path, settings: Settings) -> LanguageModel:
    """A finished run as it would be shipped: its fp16 directory ``hf`` is made if it is not there."""
    directory = run / "hf"
    if not (directory / "model.safetensors").is_file():
        write_model(run / "model.safetensors", settings, directory)
    return read_directory(directory, "mini")


def score_run(run: Path, settings: Settings, report: Report = lambda _line: None) -> dict[str, float]:
    """Behaviour scores of a finished run, kept beside it in ``scores.json`` under the digest of the model."""
    model = as_shipped(run, settings)
    kept = run / "scores.json"
    if kept.is_file():
        found: dict[str, Any] = json.loads(kept.read_text())
        if found.get("model") == model.digest:
            return dict(found["scores"])
    scores = behaviour(model)
    write_atomically(kept, json.dumps({"model": model.digest, "scores": scores}, indent=1))
    missed = missed_targets(scores)
    report(f"{run.name}: " + ("every target met" if not missed else "missed " + "; ".join(missed)))
    return scores


def finish(
    runs: Mapping[int, Path],
    settings: Settings,
    report: Report = lambda _line: None,
    out: Path | None = None,
    planned: Sequence[int] | None = None,
) -> Trained:
    """Score finished runs (seed -> run directory), choose by the rule and, if ``out`` is given, ship the chosen one.

    ``planned`` names all seeds that are to be trained; the card says which of them are not done.  What was at ``out``
    is replaced only after the new directory is complete; if no seed qualifies it stays.
    """
    if not runs:
        raise TapeheadError("no seed has been trained to the end yet: tapehead train mini")
    scores = {seed: score_run(run, settings, report) for seed, run in sorted(runs.items())}
    choice = choose(scores)
    report(f"chosen: seed {choice.seed}, {choice.why}" if choice.seed is not None else choice.why)
    trained = Trained(dict(runs), scores, choice)
    if out is not None and choice.seed is not None:
        ship(trained, settings, out, tuple(runs) if planned is None else planned)
        report(f"written: {out}")
    return trained


def ship(trained: Trained, settings: Settings, directory: Path, planned: Sequence[int]) -> None:
    """Put the chosen seed at ``directory`` with its model card."""
    assert trained.choice.seed is not None, "only a chosen seed is shipped"
    with in_making(directory) as work:
        write_model(trained.runs[trained.choice.seed] / "model.safetensors", settings, work)
        size = (work / "model.safetensors").stat().st_size
        if size > MOST_BYTES:
            raise TapeheadError(f"the weights take {size} bytes; at most {MOST_BYTES} may be shipped")
        losses = {seed: json.loads((run / "losses.json").read_text()) for seed, run in trained.runs.items()}
        digest = digest_file(work / "model.safetensors")
        circuits = section_for({seed: as_shipped(run, settings) for seed, run in trained.runs.items()})
        facts = CardFacts(settings, tuple(planned), trained.choice, trained.scores, losses, digest, size, circuits)
        write_atomically(work / "MODEL_CARD.md", card(facts))
