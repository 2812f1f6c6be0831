"""Training, the rule that chooses a seed, and what is shipped."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from tapehead.analysis import trainings
from tapehead.analysis.errors import OutputError, TapeheadError, UsageError
from tapehead.analysis.language.tasks.sequences import PAPER_TYPES
from tapehead.analysis.language.training import card, export, selection, train
from tapehead.analysis.language.training import runs as training_runs

SMALL = training_runs.Settings(steps=6, rows=4, layers=2, heads=4, width=16, warm_up=2, save_every=2)


def scores(code: float = 0.7, **changes: float) -> dict[str, float]:
    """Scores that meet every target, with changes (``group__type=value``)."""
    groups = ("held out", "strict", "seen", "held-out subjects", "step 2", "down", "constant")
    good = dict.fromkeys(groups, 1.0)
    good |= {"random list": 0.01, "second last random": 0.1, "p(answer)": 0.9, "logit difference": 5.0}
    found = {f"{group}/{kind}": value for group, value in good.items() for kind in PAPER_TYPES}
    found |= {"code/numerals-words": 0.9, "code/numerals-months": code, "code/words-months": 0.8}
    return found | {name.replace("__", "/").replace("_", " "): value for name, value in changes.items()}


def quiet(_line: str) -> None:
    pass


def test_an_interrupted_run_ends_with_the_same_bytes(tmp_path: Path) -> None:
    whole = training_runs.train_seed(1, SMALL, tmp_path / "whole", quiet)
    training_runs.train_seed(1, SMALL, tmp_path / "parts", quiet, stop_after=3)
    parts = tmp_path / "parts" / "mini" / SMALL.digest / "seed1"
    assert not (parts / "model.safetensors").exists()
    training_runs.train_seed(1, SMALL, tmp_path / "parts", quiet)
    assert (whole / "model.safetensors").read_bytes() == (parts / "model.safetensors").read_bytes()
    losses = json.loads((whole / "losses.json").read_text())
    assert len(losses) == 6
    assert min(losses) > 0


def test_a_finished_seed_is_not_trained_again(tmp_path: Path) -> None:
    lines: list[str] = []
    run = training_runs.train_seed(0, SMALL, tmp_path, quiet)
    before = (run / "model.safetensors").stat().st_mtime_ns
    training_runs.train_seed(0, SMALL, tmp_path, lines.append)
    assert lines == ["seed 0: finished already"]
    assert (run / "model.safetensors").stat().st_mtime_ns == before


def test_seeds_and_settings_lie_apart(tmp_path: Path) -> None:
    a, b = (training_runs.train_seed(seed, SMALL, tmp_path, quiet) for seed in (0, 1))
    assert (a / "model.safetensors").read_bytes() != (b / "model.safetensors").read_bytes()
    assert dataclasses.replace(SMALL, steps=7).digest != SMALL.digest


def test_a_damaged_checkpoint_is_named(tmp_path: Path) -> None:
    training_runs.train_seed(0, SMALL, tmp_path, quiet, stop_after=2)
    path = training_runs.run_directory(SMALL, 0, tmp_path) / "checkpoint.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(TapeheadError, match=r"checkpoint\.safetensors cannot be read"):
        training_runs.train_seed(0, SMALL, tmp_path, quiet)


@pytest.mark.long
def test_seeds_side_by_side_end_with_the_same_bytes(tmp_path: Path) -> None:
    lines: list[str] = []
    apart = training_runs.train_seeds((0, 1), SMALL, tmp_path / "jobs", lines.append, jobs=2)
    for seed, run in apart.items():
        alone = training_runs.train_seed(seed, SMALL, tmp_path / "alone", quiet)
        assert (alone / "model.safetensors").read_bytes() == (run / "model.safetensors").read_bytes()
    assert {line[:6] for line in lines} == {"seed 0", "seed 1"}


def test_two_processes_do_not_train_one_seed(tmp_path: Path) -> None:
    directory = training_runs.run_directory(SMALL, 0, tmp_path)
    with trainings.alone(directory), pytest.raises(TapeheadError, match="another process trains"):
        training_runs.train_seed(0, SMALL, tmp_path, quiet)


def test_a_place_that_can_not_be_written(tmp_path: Path) -> None:
    (tmp_path / "mini").write_text("a file where a directory should be")
    with pytest.raises(OutputError, match="cannot be written"):
        training_runs.train_seed(0, SMALL, tmp_path, quiet)


@pytest.mark.parametrize(("seeds", "steps"), [((), 5), ((1, 1), 5), ((-1,), 5), ((0,), 0)])
def test_senseless_orders_are_refused(seeds: tuple[int, ...], steps: int, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        train.train_mini(seeds, steps, tmp_path)
    assert not list(tmp_path.iterdir())


def test_the_schedule_rises_stays_and_falls() -> None:
    s = training_runs.Settings(steps=1000)
    assert s.rate_at(0) == pytest.approx(s.rate / 100)
    assert s.rate_at(100) == s.rate_at(499) == s.rate
    assert s.rate_at(750) == pytest.approx(s.rate / 2)
    assert 0 < s.rate_at(999) < s.rate / 100


def test_the_lowest_seed_with_a_shared_code_is_chosen() -> None:
    found = {0: scores(code=0.4), 1: scores(**{"down__words": 0.98}), 3: scores(code=0.6), 4: scores(code=0.79)}
    assert selection.choose(found).seed == 3


def test_without_a_shared_code_the_nearest_is_chosen_and_said_so() -> None:
    choice = selection.choose({0: scores(code=0.1), 1: scores(code=0.4)})
    assert choice.seed == 1
    assert "no qualifying seed shares" in choice.why


@pytest.mark.parametrize(
    ("codes", "planned", "settled"),
    [
        ({0: 0.6}, (0, 1, 2), True),
        ({1: 0.6}, (0, 1, 2), False),
        ({0: 0.3, 1: 0.6}, (0, 1, 2), True),
        ({0: 0.3}, (0, 1), False),
        ({0: 0.3, 1: 0.2}, (0, 1), True),
    ],
)
def test_when_the_choice_is_settled(codes: dict[int, float], planned: tuple[int, ...], settled: bool) -> None:
    choice = selection.choose({seed: scores(code=value) for seed, value in codes.items()})
    assert choice.settled(planned, codes) is settled


@pytest.mark.parametrize(
    ("name", "value", "met"),
    [
        ("held out/months", 0.99, True),
        ("held out/months", 0.9895, False),
        ("held-out subjects/words", 0.98, True),
        ("random list/words", -0.031, False),
        ("second last random/months", 0.151, False),
        ("constant/words", 0.0, True),
    ],
)
def test_targets(name: str, value: float, met: bool) -> None:
    assert (selection.missed_targets(scores() | {name: value}) == []) is met


def finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: dict[str, float]) -> dict[int, Path]:
    monkeypatch.setattr(export, "behaviour", lambda _model: found)
    return {0: training_runs.train_seed(0, SMALL, tmp_path / "cache", quiet)}


def test_the_chosen_seed_loads_with_plain_transformers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch
    from safetensors.torch import load_file
    from transformers import AutoModelForCausalLM, AutoTokenizer

    runs = finished(tmp_path, monkeypatch, scores())
    out = tmp_path / "out" / "mini"
    trained = export.finish(runs, SMALL, quiet, out, planned=(0, 1, 2))
    assert trained.choice.seed == 0
    assert {t.dtype for t in load_file(out / "model.safetensors").values()} == {torch.float16}
    model, tokenizer = AutoModelForCausalLM.from_pretrained(out), AutoTokenizer.from_pretrained(out)
    assert model.dtype == torch.float32
    ids = tokenizer("Van done in 3. Kim done in 4.", return_tensors="pt").input_ids
    assert ids.shape == (1, 11)
    original = training_runs.make_model(SMALL, 0).eval()
    missing = original.load_state_dict(load_file(runs[0] / "model.safetensors"), strict=False)
    assert missing.missing_keys == ["lm_head.weight"], "tied to the embedding"
    with torch.no_grad():
        difference = (model.eval()(ids).logits - original(ids).logits).abs().max()
    assert float(difference) < 5e-3, "rounded to fp16 and nothing else"
    text = (out / "MODEL_CARD.md").read_text()
    assert "**1 of 3 seeds trained so far.** Not yet trained: 1, 2. The choice is settled all the same" in text
    assert "python -m tapehead.analysis.language.training.train --seeds 0 1 2 --steps 6" in text
    assert selection.RULE.rstrip() in text
    assert sorted(p.name for p in out.parent.iterdir()) == ["mini"], "nothing half-written stays"


def test_no_qualifying_seed_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = finished(tmp_path, monkeypatch, scores(**{"down__words": 0.5}))
    out = tmp_path / "mini"
    out.mkdir()
    (out / "kept").write_text("x")
    lines: list[str] = []
    assert export.finish(runs, SMALL, lines.append, out).choice.seed is None
    assert [p.name for p in out.iterdir()] == ["kept"]
    assert "missed down/words = 0.5000" in lines[0]


def test_scores_are_kept_with_the_digest_of_the_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = finished(tmp_path, monkeypatch, scores())
    export.score_run(runs[0], SMALL)
    monkeypatch.setattr(export, "behaviour", lambda _model: pytest.fail("kept scores are read"))
    assert export.score_run(runs[0], SMALL) == scores()


def test_without_a_finished_seed_nothing_can_be_chosen(tmp_path: Path) -> None:
    assert training_runs.finished_runs((0, 1), SMALL, tmp_path) == {}
    with pytest.raises(TapeheadError, match="no seed has been trained"):
        export.finish({}, SMALL)


def test_weights_that_fp16_can_not_hold_are_refused(tmp_path: Path) -> None:
    from safetensors.numpy import save_file

    save_file({"a": np.array([1e6], np.float32)}, tmp_path / "w.safetensors")
    with pytest.raises(TapeheadError, match="fp16 cannot hold: a"):
        export.write_model(tmp_path / "w.safetensors", SMALL, tmp_path / "out")


def test_the_card_of_all_seeds_says_that_the_selection_is_final() -> None:
    found = {seed: scores() for seed in range(2)}
    facts = card.CardFacts(
        training_runs.Settings(),
        (0, 1),
        selection.choose(found),
        found,
        {0: [2.0], 1: [1.9]},
        "d" * 64,
        1000,
        "All alike.",
    )
    text = card.card(facts)
    assert "the selection is final" in text
    assert "All alike." in text
    assert "--steps" not in text
