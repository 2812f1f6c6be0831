"""``tapehead verify circuits`` in this process, on the embedded model and on a random twelve-by-twelve one."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tapehead.analysis.language.circuit import equivalence
from tapehead.analysis.language.models.loading import LanguageModel, read_directory
from tapehead.analysis.language.published import results as published
from tapehead.analysis.language.published import verify
from tapehead.analysis.language.published.verify import Prompts
from tapehead.analysis.language.studies import paper, retrace
from tapehead.analysis.language.studies.retrace import balanced, prompts_of
from tapehead.analysis.language.tasks.tasks import Task, sequence_task
from tapehead.analysis.language.training.corpus import vocabulary
from tapehead.analysis.language.training.tokenizer import save_tokenizer
from tapehead.analysis.results import Quantity, Result
from tapehead.render.commands import cli
from tests.analysis.language.conftest import save_random

TASKS = ("numerals", "words", "months")


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Tensors here are so small that threads only wait for each other."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of the command."""
    monkeypatch.setattr(sys, "argv", ["tapehead", "verify", "circuits", *arguments])
    monkeypatch.setenv("COLUMNS", "160")
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    return int(stopped.value.code or 0), out, err


@pytest.fixture(scope="module")
def twelve(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random GPT-2 with twelve layers of twelve heads; its ablations do something."""
    directory = tmp_path_factory.mktemp("twelve")
    save_random(directory, len(vocabulary()), n_layer=12, n_head=12, n_embd=24, initializer_range=0.2)
    save_tokenizer(directory)
    return directory


def write_prompts(directory: Path, model_directory: Path, count: int) -> Path:
    """Files with the authors' fields, from drawn prompts; in the corrupted file only the text is right."""
    directory.mkdir()
    model = read_directory(model_directory, "twelve")
    for kind in TASKS:
        task = sequence_task(model, kind, count, bos=False, seed=9)
        word = [[model.tokenizer.decode([int(t)]).strip() for t in row] for row in task.tokens]
        entries, other = [], []
        for i, text in enumerate(task.texts):
            shown = [word[i][at] for at in task.member_positions]
            answer, wrong = (model.tokenizer.decode([int(ids[i])]).strip() for ids in (task.answers, task.wrong))
            entries.append(dict(zip(("S1", "S2", "S3", "S4"), shown, strict=True)))
            entries[-1] |= {"corr": f" {answer}", "incorr": f" {wrong}", "text": text}
            words = [model.tokenizer.decode([int(t)]).strip() for t in task.corrupted[i]]
            other.append({"S1": "wrong", "text": " ".join(words).replace(" .", ".")})
        (directory / f"{kind}.json").write_text(json.dumps(entries))
        (directory / f"{kind}_corrupted.json").write_text(json.dumps(other))
    return directory


@pytest.fixture(scope="module")
def prompts(twelve: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_prompts(tmp_path_factory.mktemp("files") / "prompts", twelve, 48)


# -- models without published numbers ------------------------------------------------------------------------------


def test_mini_is_held_against_the_naive_way(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, err = run(capsys, monkeypatch, "--count", "3")
    assert code == 0, out + err
    assert "no published numbers for this model (mini)" in out
    assert "naive" in out and "0 of 12 are out of tolerance" in out
    for task in TASKS:
        assert f"{task}: one component ablated" in out


def test_a_wrong_engine_is_exit_code_1(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    right = equivalence.Ablator.heads_added

    def wrong(self, circuit, layer, x, z=None):
        found = right(self, circuit, layer, x, z)
        return found + 1e-2 * float((~circuit.heads[layer]).sum()) * found.roll(1, -1)

    monkeypatch.setattr(equivalence.Ablator, "heads_added", wrong)
    code, out, _ = run(capsys, monkeypatch, "--count", "3", "--json", "--quiet")
    assert code == 1
    answer = json.loads(out)
    verdicts = {check["quantity"]: check["verdict"] for check in answer["checks"]}
    assert answer["ok"] is False and answer["compared"] == "naive"
    assert verdicts["words: one component ablated"] == "out" and verdicts["words: nothing ablated"] == "ok"


# -- a model that is taken for GPT-2 small -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def measured(twelve: Path) -> dict[str, Result]:
    """What would be published if the random model were GPT-2 small: the same quantities, on its own prompts."""
    model = read_directory(twelve, "twelve")
    tasks, _ = prompts_of(model, None, 24, bos=False)
    with_first, _ = prompts_of(model, None, 24, bos=True)
    return retrace.retrace(model, tasks, with_first)


@pytest.fixture
def taken_for_the_paper(monkeypatch: pytest.MonkeyPatch, measured: dict[str, Result]) -> dict[str, Result]:
    monkeypatch.setattr(paper, "has_paper_shape", lambda _model: True)
    known = dict(measured)
    monkeypatch.setattr(verify, "published_results", lambda: known)
    return known


@pytest.mark.parametrize("anew", [False, pytest.param(True, marks=pytest.mark.long)])
def test_the_same_numbers_are_exit_code_0(
    taken_for_the_paper: dict[str, Result],
    measured: dict[str, Result],
    twelve: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    anew: bool,
) -> None:
    """By default what the command would have measured is what was measured already, if it asks for just that."""

    def known(model: LanguageModel, tasks: dict[str, Task], with_first: dict[str, Task], doing: Any) -> Any:
        for bos, asked in ((False, tasks), (True, with_first)):
            for kind, task in prompts_of(model, None, 24, bos=bos)[0].items():
                assert np.array_equal(asked[kind].tokens, task.tokens)
        assert model.digest == read_directory(twelve, "twelve").digest
        doing("months: the published trace, as it was measured before")
        return measured

    if not anew:
        monkeypatch.setattr(retrace, "retrace", known)
    code, out, err = run(capsys, monkeypatch, "--model", str(twelve), "--count", "24")
    assert code == 0, out + err
    assert "prompts drawn anew, 24 per task" in out and "0 of 58 are out of tolerance" in out
    assert "numerals circuit on months" in out and "not judged" in out
    assert "months: the published trace" in err


def test_a_perturbed_published_number_is_exit_code_1(
    taken_for_the_paper: dict[str, Result],
    measured: dict[str, Result],
    twelve: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(retrace, "retrace", lambda *_arguments: measured)  # measured once already
    old = measured["cross_task"].quantity("score")
    values = old.values.copy()
    values[1, 2] += 5.1
    score = Quantity(values, old.axes, old.labels, old.unit)
    taken_for_the_paper["cross_task"] = replace(
        measured["cross_task"], quantities={**measured["cross_task"].quantities, "score": score}
    )
    code, out, _ = run(capsys, monkeypatch, "--model", str(twelve), "--count", "24", "--json", "-q")
    answer = json.loads(out)
    assert code == 1 and answer["ok"] is False
    assert [c["quantity"] for c in answer["checks"] if c["verdict"] == "out"] == ["months circuit on words"]
    assert answer["prompts"] == str(Prompts.DRAWN) and answer["prompts_per_task"] == dict.fromkeys(TASKS, 24)


def test_another_model_is_not_gpt2_small(
    measured: dict[str, Result],
    twelve: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Against the published numbers themselves a random model fails, with lines of every kind."""
    monkeypatch.setattr(paper, "has_paper_shape", lambda _model: True)
    monkeypatch.setattr(retrace, "retrace", lambda *_arguments: measured)
    code, out, _ = run(capsys, monkeypatch, "--model", str(twelve), "--count", "24", "--json", "-q")
    assert code == 1
    wrong = " ".join(c["quantity"] for c in json.loads(out)["checks"] if c["verdict"] == "out")
    for told in ("circuit on", "one head out", "published trace, score", "OV next", "attention", "lens", "p(5)"):
        assert told in wrong


def test_retraced_scores_are_those_of_the_published_decisions(measured: dict[str, Result]) -> None:
    for task in TASKS:
        known, found = published.pruning(task), measured[f"trace {task}"]
        for name in ("trace_phase", "trace_layer", "trace_head", "trace_removed", "heads", "mlps"):
            assert np.array_equal(known[name], found[name])
        last = np.flatnonzero(known["trace_removed"])[-1]
        # After the last removal the published circuit is left: two ways to the same score.
        assert found["trace_score"][last] == pytest.approx(measured["circuits"].read("score", task=task), abs=1e-2)


# -- prompts from files --------------------------------------------------------------------------------------------


def test_prompts_come_from_a_directory(twelve: Path, prompts: Path) -> None:
    model = read_directory(twelve, "twelve")
    for bos in (False, True):
        tasks, whose = prompts_of(model, prompts, None, bos)
        assert whose is Prompts.DRAWN, "48 prompts are no sample that the tolerance of a subset is meant for"
        for kind, task in tasks.items():
            drawn = sequence_task(model, kind, 48, bos=bos, seed=9)
            assert np.array_equal(task.tokens, drawn.tokens) and np.array_equal(task.corrupted, drawn.corrupted)
            assert np.array_equal(task.answers, drawn.answers)


def test_a_part_of_the_prompts_is_balanced(twelve: Path, prompts: Path) -> None:
    model = read_directory(twelve, "twelve")
    whole = prompts_of(model, prompts, None, bos=False)[0]["words"]
    shuffled = whole.take(np.argsort(whole.tokens[:, whole.member_positions[0]], kind="stable"))
    part = shuffled.take(balanced(shuffled, 24))
    cells = list(zip(part.templates, part.tokens[:, part.member_positions[0]], strict=True))
    assert len(set(cells)) == 24, "each template with each start, once"
    assert len(balanced(shuffled, 48)) == 48 and (np.diff(balanced(shuffled, 30)) > 0).all()


def test_whole_sets_of_the_authors_size_have_the_tight_tolerance(
    twelve: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = read_directory(twelve, "twelve")
    directory = write_prompts(tmp_path / "many", twelve, 1536)
    tasks, whose = prompts_of(model, directory, None, bos=True)
    assert whose is Prompts.AUTHORS
    looked = retrace.attention_part(tasks["words"])
    assert len(looked) == 384 and np.array_equal(looked.tokens, tasks["words"].tokens[:384])
    assert prompts_of(model, directory, 1535, bos=True)[1] is Prompts.SUBSET
    assert prompts_of(model, directory, 192, bos=True)[1] is Prompts.SUBSET
    assert prompts_of(model, directory, 191, bos=True)[1] is Prompts.DRAWN


def test_bad_input_is_one_line_and_exit_code_2(
    prompts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def copied(name: str) -> Path:
        directory = tmp_path / name
        directory.mkdir()
        for path in prompts.iterdir():
            (directory / path.name).write_text(path.read_text())
        return directory

    missing, field, fewer, member = (copied(name) for name in ("missing", "field", "fewer", "member"))
    (missing / "words_corrupted.json").unlink()
    entries = json.loads((field / "months.json").read_text())
    del entries[5]["corr"]
    (field / "months.json").write_text(json.dumps(entries))
    entries = json.loads((fewer / "words_corrupted.json").read_text())
    (fewer / "words_corrupted.json").write_text(json.dumps(entries[:-1]))
    entries = json.loads((member / "words.json").read_text())
    entries[0]["S2"] = "zillion"
    (member / "words.json").write_text(json.dumps(entries))
    for arguments, told in (
        (("--prompts", str(tmp_path / "nowhere")), "numerals_corrupted.json"),
        (("--prompts", str(missing)), "words_corrupted.json cannot be read"),
        (("--prompts", str(field)), "entry 5 has no field 'corr'"),
        (("--prompts", str(fewer)), "has 48 prompts"),
        (("--prompts", str(member)), "zillion"),
        (("--prompts", str(prompts), "--count", "49"), "has 48 prompts; asked for 49"),
        (("--count", "0"), "--count"),
        (("--model", str(tmp_path / "no-model")), "no-model"),
        (("--device", "tpu:7"), "tpu"),
    ):
        code, out, err = run(capsys, monkeypatch, "-q", *arguments)
        assert code == 2, (arguments, out, err)
        assert told in err and len(err.strip().splitlines()) == 1 and not out


def test_missing_weights_say_how_to_get_them(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    code, out, err = run(capsys, monkeypatch, "--model", "nobody/gpt2-nowhere")
    assert code == 1 and not out
    assert "hf download nobody/gpt2-nowhere" in err and "mini" in err
