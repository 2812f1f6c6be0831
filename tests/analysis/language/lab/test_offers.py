"""What a model is offered in place of a task that it does not do: measured, not remembered."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from tapehead.analysis.errors import UsageError
from tapehead.analysis.language.lab.making import make_rows
from tapehead.analysis.language.lab.networks import open_network
from tapehead.analysis.language.lab.offers import instead, offers
from tapehead.analysis.language.lab.prompts import prompt_set
from tapehead.analysis.language.lab.run import Settings, run_files
from tapehead.analysis.language.models.loading import LanguageModel, load_model
from tapehead.analysis.store import Store
from tests.analysis.language.lab.test_run import Told


def test_the_embedded_model_is_offered_what_it_was_trained_for() -> None:
    model = load_model()
    found = {one.task: one for one in offers(model, open_network(model), but="ioi")}
    assert [name for name, one in found.items() if one.does] == ["successor"]
    assert "induction" in found, "it knows the words, and does not do the task"
    assert not {"agreement", "greater-than", "ioi"} & set(found)
    # Independently: the model itself, prompt by prompt.
    rows, odds = make_rows(model, "successor", 16), []
    for row in rows:
        ids = [model.tokenizer.bos_token_id, *model.tokenizer(row.clean, add_special_tokens=False)["input_ids"]]
        with torch.no_grad():
            logits = model.hf(torch.tensor([ids])).logits[0, -1].double()
        own, other = (
            model.tokenizer(" " + x[0], add_special_tokens=False)["input_ids"][0] for x in (row.answer, row.wrong)
        )
        odds.append(float(logits[own] - logits[other]))
    assert found["successor"].difference == pytest.approx(np.mean(odds), abs=1e-3)
    assert "does successor (log odds" in instead(list(found.values()), "mini")


@pytest.mark.parametrize("name", ["llama", "neox", "qwen2"])
def test_a_random_model_does_nothing(family: Callable[[str], LanguageModel], name: str) -> None:
    model = family(name)
    found = offers(model, open_network(model))
    assert {one.task for one in found} == {"ioi", "successor", "induction"}
    assert not any(one.does for one in found)
    assert "does none (tried: ioi, successor, induction)" in instead(found, name)


def test_a_run_that_stops_says_what_would_not(tmp_path: Path) -> None:
    model = load_model()
    prompts = prompt_set(model, "my-ioi", make_rows(model, "ioi", 16))
    with pytest.raises(UsageError, match=r"or go on with --force\. Of our tasks 'mini' does successor"):
        run_files(model, [prompts], Settings(), Store(tmp_path), Told())
