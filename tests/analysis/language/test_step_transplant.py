"""The step transplant against plain hooked forward passes, and its prompts, halves and controls."""

import numpy as np
import pytest

from tapehead.analysis.errors import ResultError, UsageError
from tapehead.analysis.language.circuit.last_position import LastPosition
from tapehead.analysis.language.models.forward import Network
from tapehead.analysis.language.models.loading import LanguageModel, load_model
from tapehead.analysis.language.studies import step_transplant as st
from tapehead.analysis.language.tasks.sequences import sequence
from tapehead.analysis.store import Store


def naive(model: LanguageModel, receivers, donors, layers, heads=None) -> np.ndarray:
    """Last logits (n, vocabulary): the donor's c_proj inputs at the last position put in by hooks, plain forwards."""
    import torch

    size = model.hf.config.n_embd // model.heads
    columns = [c for h in (range(model.heads) if heads is None else heads) for c in range(h * size, (h + 1) * size)]
    given, hooks = {}, []

    def store(layer):
        return lambda _module, inputs: given.__setitem__(layer, inputs[0][:, -1].clone())

    def replace(layer):
        def hook(_module, inputs):
            changed = inputs[0].clone()
            changed[:, -1, columns] = given[layer][:, columns]
            return (changed, *inputs[1:])

        return hook

    with torch.no_grad():
        for make, tokens in ((store, donors), (replace, receivers)):
            hooks = [model.hf.transformer.h[k].attn.c_proj.register_forward_pre_hook(make(k)) for k in layers]
            logits = model.hf(torch.tensor(tokens), use_cache=False).logits[:, -1].double().numpy()
            for hook in hooks:
                hook.remove()
    return logits


def expected(logits: np.ndarray, pairs: st.Pairing) -> tuple[np.ndarray, ...]:
    rows = np.arange(len(logits))
    best = logits.argmax(-1)
    return logits[rows, pairs.after] - logits[rows, pairs.before], best == pairs.after, best == pairs.before


def agrees(found: st.Outcome, at: tuple, wanted: tuple[np.ndarray, ...]) -> bool:
    """Raw logit differences within 1e-4 in fp32; the same most likely words."""
    got = (found.difference[at], found.next[at], found.previous[at])
    return np.allclose(got[0], wanted[0], atol=1e-4) and all(
        np.array_equal(g, w) for g, w in zip(got[1:], wanted[1:], strict=True)
    )


def test_every_patch_is_that_of_plain_hooks(rough_model: LanguageModel) -> None:
    pairs = st.pairing(rough_model, "months", "numerals", 2, 3)
    found = st.transplants(Network(rough_model), pairs, 0)
    for layer in range(2):
        for run, donors, layers in (
            ("layer", pairs.donors, [layer]),
            ("control", pairs.controls, [layer]),
            ("onward", pairs.donors, list(range(layer, 2))),
            ("onward control", pairs.controls, list(range(layer, 2))),
        ):
            assert agrees(found[run], (layer,), expected(naive(rough_model, pairs.receivers, donors, layers), pairs))
        for head in range(4):
            logits = naive(rough_model, pairs.receivers, pairs.donors, [layer], [head])
            assert agrees(found["head"], (layer, head), expected(logits, pairs))
    plain = expected(naive(rough_model, pairs.receivers, pairs.donors, []), pairs)
    assert agrees(found["baseline"], (), plain)
    assert not np.allclose(found["layer"].difference, plain[0], atol=1e-3), "a patch changes something"


def test_of_two_layers_the_other_one_is_known(rough_model: LanguageModel) -> None:
    """With two layers the drawn other layer is no choice: a donor's output of layer 1 goes into layer 0."""
    pairs = st.pairing(rough_model, "words", "words", 2, 0)
    network = Network(rough_model)
    found = st.transplants(network, pairs, 0)["other layer"]
    receiver, donor = (LastPosition(network, network.tokens(t)) for t in (pairs.receivers, pairs.donors))
    for layer in range(2):
        own = st.outcome_of(network, receiver.with_z(layer, donor.z[1 - layer]), pairs)
        assert np.allclose(found.difference[layer], own.difference, atol=1e-5)


def test_giving_back_its_own_changes_nothing(rough_model: LanguageModel) -> None:
    network = Network(rough_model, "float64")
    run = LastPosition(network, network.tokens(st.pairing(rough_model, "words", "words", 2, 0).receivers))
    for layer in range(2):
        for same in (
            run.with_z(layer, run.z[layer]),
            run.with_mlp(layer, run.mlp[layer]),
            run.with_z(layer, run.z[layer], run.z[layer + 1 :]),
        ):
            assert np.allclose(same.detach(), run.final.detach(), atol=1e-12)


def test_all_layers_of_a_donor_make_the_donor(rough_model: LanguageModel) -> None:
    """The last word and its place are the same, so nothing but attention tells the prompts apart there."""
    network = Network(rough_model, "float64")
    pairs = st.pairing(rough_model, "months", "numerals", 2, 0)
    receiver, donor = (LastPosition(network, network.tokens(t)) for t in (pairs.receivers, pairs.donors))
    assert np.allclose(receiver.with_z(0, donor.z[0], donor.z[1:]).detach(), donor.final.detach(), atol=1e-12)


@pytest.mark.parametrize(
    ("donor", "receiver", "count", "first"),
    [
        ("numerals", "numerals", 14, 3),  # 4 … 17: four down from 20, one more below
        ("numerals", "months", 9, 3),  # April … December, as far as numerals reach down
        ("months", "words", 9, 3),
        ("months", "months", 12, 0),
        ("days", "days", 7, 0),
    ],
)
def test_as_many_last_members_as_families_allow(donor: str, receiver: str, count: int, first: int) -> None:
    ranks = st.common_ranks(sequence(donor), sequence(receiver))
    assert (len(ranks), ranks[0]) == (count, first)


def test_prompts_end_in_the_same_member(random_model: LanguageModel) -> None:
    pairs = st.pairing(random_model, "months", "numerals", 3, 0)
    decode = random_model.tokenizer.decode
    places = (4, 9, 14, 19)
    months, numerals = sequence("months").members, sequence("numerals").members
    for row, rank in enumerate(pairs.ranks):
        assert [decode([t]).strip() for t in pairs.receivers[row, places]] == [numerals[rank - 3 + i] for i in range(4)]
        assert [decode([t]).strip() for t in pairs.donors[row, places]] == [
            months[(rank + 3 - i) % 12] for i in range(4)
        ]
        assert [decode([t]).strip() for t in pairs.controls[row, places]] == [months[rank - 3 + i] for i in range(4)]
        assert decode([pairs.after[row]]).strip() == numerals[rank + 1]
        assert decode([pairs.before[row]]).strip() == numerals[rank - 1]
        assert decode([pairs.donor_before[row]]).strip() == months[rank - 1]
    # Same template, position by position; other subjects.
    assert (pairs.receivers[:, 2] == pairs.donors[:, 2]).all()
    assert (pairs.receivers[:, 1] != pairs.donors[:, 1]).any()


def test_a_tokenizer_of_pieces_will_do(pieces_model: LanguageModel) -> None:
    pairs = st.pairing(pieces_model, "numerals", "words", 1, 0)
    assert pieces_model.tokenizer.decode([int(pairs.after[0])]) == " five"
    with pytest.raises(UsageError, match="a word in it is not one token"):
        st.pairing(pieces_model, "months", "words", 1, 0)


@pytest.fixture(scope="module")
def mini() -> LanguageModel:
    return load_model("mini")


def test_chosen_on_one_half_and_measured_on_the_other(mini: LanguageModel) -> None:
    result = st.step_transplant(mini, ("numerals",), 4, seed=2)
    pairs = st.pairing(mini, "numerals", "numerals", 4, 2)
    network = Network(mini)
    assert st.able_ranks(network, pairs, 0.9).tolist() == list(range(3, 17))
    half = np.tile([0, 0, 1, 1], 14)
    for part, key in ((0, "choosing"), (1, "previous")):
        own = pairs.take(half == part)
        shares = [
            100 * expected(naive(mini, own.receivers, own.donors, [k]), own)[2].mean() for k in range(mini.layers)
        ]
        assert np.allclose(np.ravel(result[key]), shares)
    chosen = int(result.read("chosen_layer"))
    assert chosen == int(result["choosing"].argmax())
    assert result.read("chosen_previous", donor="numerals", receiver="numerals") == result["previous"][0, 0, chosen]
    by_member = result["chosen_by_member"][0, 0]
    assert np.flatnonzero(np.isfinite(by_member)).tolist() == list(range(3, 17))
    assert np.nanmean(by_member) == pytest.approx(result["previous"][0, 0, chosen])
    assert result.read("last_members", donor="numerals", receiver="numerals") == 14
    assert result.read("prompts", donor="numerals", receiver="numerals") == 28
    assert "cross_previous" not in result.quantities, "there is one family only"


def test_the_shipped_model_takes_over_the_step(mini: LanguageModel, tmp_path) -> None:
    """From the chosen layer on, attention brings the step, across families; an ascending donor does not turn it."""
    result = st.step_transplant(mini, ("words", "months"), 4, seed=1)
    assert (result["baseline_next"] == 100).all() and (result["baseline_previous"] == 0).all()
    at = int(result.read("onward_chosen_layer"))
    assert at > 0, "from layer 0 onward there would be nothing left of the receiver"
    assert result.read("onward_own_previous") > 95 and result.read("onward_cross_previous") > 60
    assert result.read("onward_own_control") == 0 and result.read("onward_cross_control") < 30
    for name in ("previous", "difference", "control_difference", "onward_previous"):
        assert (result[f"{name}_low"] <= result[name] + 1e-9).all() and (
            result[name] <= result[f"{name}_high"] + 1e-9
        ).all()
    assert result.facts["members"]["words→months"] == list(sequence("months").members[3:])
    store = Store(tmp_path)
    store.put_result("b" * 64, result, {})
    assert set(store.read_result(store.get("result", "b" * 64).path).quantities) == set(result.quantities)


def test_a_model_that_can_not_do_it_is_refused(random_model: LanguageModel) -> None:
    with pytest.raises(ResultError, match="continues no list of numerals rightly"):
        st.step_transplant(random_model, ("numerals",), 2)
    unable = st.step_transplant(random_model, ("numerals",), 2, able=0.0)
    assert unable.read("last_members", donor="numerals", receiver="numerals") == 14


@pytest.mark.parametrize(("kinds", "count"), [((), 4), (("words",), 3), (("words",), 0), (("primes",), 4)])
def test_bad_requests(random_model: LanguageModel, kinds: tuple[str, ...], count: int) -> None:
    with pytest.raises(UsageError):
        st.step_transplant(random_model, kinds, count)
