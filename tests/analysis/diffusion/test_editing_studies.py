"""The studies of edits, walks and the erasure: what they return holds together, on a tiny network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tapehead.analysis.diffusion.models.inversion import denoise
from tapehead.analysis.diffusion.models.loading import load_model
from tapehead.analysis.diffusion.models.model import DiffusionModel
from tapehead.analysis.diffusion.pullback import effects
from tapehead.analysis.diffusion.pullback.jacobian import bottleneck, jacobian_at
from tapehead.analysis.diffusion.puppets.attributes import read_attributes
from tapehead.analysis.diffusion.puppets.puppets import ATTRIBUTES
from tapehead.analysis.diffusion.studies import crowds as crowd_studies
from tapehead.analysis.diffusion.studies import editing as editing_studies
from tapehead.analysis.diffusion.studies import erasing as erasing_studies
from tapehead.analysis.diffusion.studies import families
from tapehead.analysis.diffusion.studies import pictures as picture_studies
from tapehead.analysis.diffusion.studies import prompted as prompted_studies
from tapehead.analysis.diffusion.studies import responses as response_studies
from tapehead.analysis.diffusion.studies import transporting as transport_studies
from tapehead.analysis.diffusion.studies import walking as walking_studies
from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.analysis.paired import exact_sign, mcnemar_table
from tapehead.analysis.results import Result

SEED = 5
STRINGS = ATTRIBUTES.index("strings")


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def pixel(pixel_directory: Path) -> DiffusionModel:
    return load_model(str(pixel_directory))


@pytest.fixture(scope="module")
def half(pixel: DiffusionModel) -> float:
    """The middle of what a regressor that has hardly learnt anything reads: half of the samples lie above."""
    xs = families.points_at(pixel, 500, 16, SEED)
    x0 = denoise(pixel, xs.reshape(-1, *pixel.shape), 500, 0, 3)
    return float(read_attributes(effects.regressor_of(pixel), pixel.show(x0))[:, STRINGS].median())


@pytest.fixture(scope="module")
def found(pixel: DiffusionModel, half: float) -> Result:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(effects, "STRINGS_ON", half)
        return response_studies.responses(pixel, count=3, k=2, steps=2, seed=SEED)


def test_responses_pick_the_direction_that_moves_the_attribute_most(pixel: DiffusionModel, found: Result) -> None:
    matrix = found["response"]
    assert matrix.shape == (5, 3, 2, 9)
    assert np.allclose(found["size"], np.abs(matrix).mean(1))
    assert np.array_equal(found["picked"], np.abs(matrix[..., STRINGS]).argmax(2))
    assert np.allclose(found["pick"], np.abs(matrix[..., STRINGS]).max(2))
    assert np.allclose(np.linalg.norm(found["direction"], axis=1), 1, atol=1e-5)
    assert found["histogram"].sum() == 5 * 3
    assert found["picture"].dtype == np.uint8
    # The pictures are those of the picked direction, less first: read again, they give the effect.
    eye = effects.regressor_of(pixel)
    for i in range(3):
        read = read_attributes(eye, torch.from_numpy(found["picture"][i].copy()).float() / 255)[:, STRINGS]
        assert float((read[2] - read[0]) / 2) == pytest.approx(found["pick"][0, i], abs=2e-3)
        assert float(read[1]) == pytest.approx(found["start"][i, STRINGS], abs=2e-3)
    # Eigenfaces are the same at every sample: only the turning of the picks can make them differ.
    same = found["cosine"][list(found.quantity("cosine").labels["family"]).index("eigenfaces")]
    assert np.all(np.abs(same) <= 1 + 1e-5)
    assert 0 <= found["flips"].min() <= found["flips"].max() <= 100


def test_flips_are_compared_sample_by_sample(found: Result) -> None:
    flipped = found["flipped"].astype(bool)
    assert np.array_equal(found["flips_count"], flipped.sum(1))
    assert np.allclose(found["flips"], 100 * flipped.mean(1))
    assert found["flips_p"][0] == 1 and np.all(found["flips_p"] <= 1)
    more, less = (flipped[0] & ~flipped[1]).sum(), (~flipped[0] & flipped[1]).sum()
    assert found["flips_p"][1] == pytest.approx(exact_sign(int(more), int(less)))
    assert np.all(found["flips_low"] <= found["flips"]) and np.all(found["flips"] <= found["flips_high"])


def test_the_sterner_control_is_there_and_renders_may_be_left_out(pixel: DiffusionModel) -> None:
    families = ("bottleneck", "same spectrum")
    result = response_studies.responses(pixel, count=2, k=2, steps=2, families=families, off=False, seed=SEED)
    assert result.quantity("flips").labels["family"] == families
    assert "off" not in result.quantities
    with pytest.raises(UnknownNameError, match="same spectrum"):
        response_studies.responses(pixel, count=2, k=2, steps=2, families=("spectrum",), seed=SEED)


def test_responses_repeat_and_depend_on_the_seed(pixel: DiffusionModel) -> None:
    def once(seed: int) -> Result:
        return response_studies.responses(pixel, count=2, k=2, steps=2, families=("bottleneck",), seed=seed)

    first, again, other = once(1), once(1), once(2)
    assert np.array_equal(first["response"], again["response"])
    assert not np.allclose(first["response"], other["response"])
    with pytest.raises(UnknownNameError, match="strings"):
        response_studies.responses(pixel, attribute="string", seed=1)
    with pytest.raises(UnknownNameError, match="isotropic"):
        response_studies.responses(pixel, count=1, families=("isotropc",), seed=1)


def test_a_search_looks_at_every_time(pixel: DiffusionModel) -> None:
    result = response_studies.attribute_search(pixel, times=(800, 400), count=2, k=2, steps=2, seed=SEED)
    assert result["effect"].shape == (3, 2, 2, 9)
    assert np.array_equal(result["place"].sum(2), np.full((3, 2), 2))
    assert np.all((result["share"] >= 0) & (result["share"] <= 100))
    # The mean of the best is at least the best of the means.
    assert np.all(result["pick"] >= result["effect"][..., STRINGS].max(2) - 1e-6)


def test_strips_begin_in_the_middle(pixel: DiffusionModel) -> None:
    result = editing_studies.strips(pixel, k=2, reach=2, unit=3.0, steps=2, seed=SEED)
    assert result["picture"].shape == (4, 2, 5, 3, pixel.size, pixel.size)
    assert result["amount"].tolist() == [-6, -3, 0, 3, 6]
    assert np.all(result["change"][:, :, 2] == 0)
    assert np.all(result["change"][:, :, [0, 4]] > 0)
    middle = result["picture"][:, :, 2].reshape(8, -1)
    assert np.all(middle == middle[0])


def test_guidance_is_compared_at_equal_distance_from_the_data(pixel: DiffusionModel) -> None:
    result = editing_studies.guidance_or_steps(pixel, count=2, k=2, doublings=3, reach=8.0, steps=2, seed=SEED)
    labels = result.quantity("far").labels["method"]
    direct = labels.index("direct")
    assert result["far"][direct].tolist() == pytest.approx([2.0, 4.0, 8.0], rel=1e-5)
    assert result["far"][labels.index("random direct")].tolist() == pytest.approx([2.0, 4.0, 8.0], rel=1e-4)
    for m in range(5):
        for n, level in enumerate(result["level"]):
            x = [float(result["off_start"]), *result["off"][m]]
            y = [0.0, *result["change"][m]]
            expected = float("nan")
            for i in range(1, len(x)):
                if x[i - 1] < level <= x[i]:
                    expected = np.interp(level, x[i - 1 : i + 1], y[i - 1 : i + 1])
                    break
            assert result["change_at"][m, n] == pytest.approx(expected, nan_ok=True)


def test_local_edits_of_a_region(pixel: DiffusionModel) -> None:
    result = editing_studies.local_edits(pixel, regions={"left": "hair"}, count=1, k=2, outside=2, steps=2, seed=SEED)
    assert result["picture"].shape == (1, 4, 3, 3, pixel.size, pixel.size)
    assert np.allclose(result["contrast"], result["inside"] / result["beyond"])
    assert np.all(result["inside"] > 0)


def test_directions_are_carried_to_every_other_sample(pixel: DiffusionModel) -> None:
    result = walking_studies.carried(pixel, count=3, k=3, followed=2, steps=2, seed=SEED)
    there, home = result["there"], result["home"]
    assert np.all(np.isnan(there[:, np.arange(3), np.arange(3)]))
    assert int(result["journeys"]) == 12
    for m in range(5):
        hits = []
        for a in range(3):
            for b in range(3):
                for i in range(2):
                    if a != b:
                        j = np.abs(home[a, i]).argmax()
                        hits.append(home[a, i, j] * there[m, a, b, i, j] > 0)
        assert result["agreement"][m] == pytest.approx(100 * np.mean(hits))
    kept = result["kept"]
    assert np.isnan(kept[2]) and np.isnan(kept[3])
    assert 0 < kept[0] <= 1 and kept[0] == pytest.approx(kept[1])


def test_repeated_steps_go_as_far_as_they_say(pixel: DiffusionModel) -> None:
    result = walking_studies.repeated_steps(pixel, count=1, k=2, number=3, step=2.0, steps=2, seed=SEED)
    labels = result.quantity("far").labels["walk"]
    for walk in ("straight", "low-pass", "isotropic"):
        assert result["far"][labels.index(walk), 0].tolist() == pytest.approx([0, 2, 4, 6], rel=1e-4)
        assert np.all(result["turned"][labels.index(walk)] == 0)
    carried = labels.index("transported")
    assert result["far"][carried, 0, 1] == pytest.approx(2.0, rel=1e-4), "the first step is the same"
    assert result["off"][carried, 0, 1] == pytest.approx(result["off"][labels.index("straight"), 0, 1], abs=1e-5)
    assert result["far"][carried, 0, 3] <= 6.0 + 1e-4
    assert np.all(result["change"][:, :, 0] == 0)
    assert np.all(np.diff(result["length"], axis=2) > 0)


def test_a_geodesic_is_no_longer_than_the_arc(pixel: DiffusionModel) -> None:
    result = walking_studies.curved(pixel, pairs=1, points=5, rounds=8, steps=2, seed=SEED)
    line, arc, geodesic = result["length"][:, 0]
    assert geodesic <= arc * 1.001
    assert np.all(result["curvedness"] >= 1 - 1e-6)
    assert np.all(result["random_curvedness"] >= 1 - 1e-6)
    assert float(result["saved"][0]) == pytest.approx(100 * (1 - geodesic / line))
    # Length along the line, by hand, from the ends alone.
    xs = families.points_at(pixel, 500, 2, SEED)
    way = torch.stack([xs[0] + (xs[1] - xs[0]) * i / 4 for i in range(5)])
    h = bottleneck(pixel, way.reshape(-1, *pixel.shape), 500)
    assert line == pytest.approx(float((h[1:] - h[:-1]).norm(dim=1).sum()), rel=1e-4)


def test_the_erasure_counts_what_it_shows(
    pixel: DiffusionModel, found: Result, half: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(effects, "STRINGS_ON", half)
    result = erasing_studies.erasure(
        pixel,
        found,
        count=12,
        reference=16,
        again=2,
        rounds=2,
        wall=4,
        survivors=3,
        survivors_of="clean side",
        judged=2,
        steps=3,
        seed=SEED,
    )
    score = result["score"]
    high = score > half
    assert np.array_equal(result["scored"], high.sum(1))
    assert np.array_equal(result["kept"], (high & high[0]).sum(1))
    assert np.array_equal(result["new"] + result["kept"], result["scored"])
    labels = result.quantity("scored").labels["method"]
    assert np.all(result["drift"][0] == 0) and result["change"][0] == 0
    assert result["moved"][labels.index("random")] == pytest.approx(
        result["moved"][labels.index("clean side")], rel=1e-4
    )
    last = labels.index("clean side")
    assert result["survivor_score"].tolist() == pytest.approx(sorted(score[last], reverse=True)[:3])
    assert result["survivor_picture"].shape == (2, 3, 3, pixel.size, pixel.size)
    assert np.allclose(result["probe"], 100 * result["probe_correct"] / 12)
    assert float(result["most"]) >= 50
    # After the clean side all lie on one side of the old probe: it says the same of everyone.
    conditions = result.quantity("old_probe").labels["condition"]
    told = int(result["old_probe_correct"][conditions.index("clean side")])
    assert told in (int(high[0].sum()), 12 - int(high[0].sum()))
    assert np.allclose(result["p"], mcnemar_table(high))
    assert np.allclose(result["fewer"], high[0].sum() - high.sum(1))
    assert result["probe_correct"].shape == (3, len(conditions))
    assert int(result["most_correct"]) == max(high[0].sum(), 12 - high[0].sum())
    assert np.allclose(result["arrow"][0], found["direction"][0], atol=1e-6)
    drift = np.sqrt(((score[last] - score[0]) ** 2).mean())
    assert result["drift"][last, STRINGS] == pytest.approx(drift, rel=1e-4)


def test_samples_painted_beforehand_change_nothing(
    pixel: DiffusionModel, found: Result, half: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The erasure of them is the one that paints its own, and its arrows are known before it."""
    monkeypatch.setattr(effects, "STRINGS_ON", half)
    few: dict[str, Any] = {"count": 8, "reference": 16, "again": 1}
    rest: dict[str, Any] = {"rounds": 1, "wall": 2, "survivors": 1, "judged": 1, "steps": 2}
    painted = crowd_studies.crowds(pixel, t=int(found["t"]), **few, seed=SEED)
    plain = erasing_studies.erasure(pixel, found, **few, **rest, seed=SEED)
    result = erasing_studies.erasure(pixel, found, painted, **few, **rest, seed=SEED)
    assert set(result.quantities) == set(plain.quantities) and result.facts == plain.facts
    for name in plain.quantities:
        assert np.array_equal(result[name], plain[name], equal_nan=True), name
    early = erasing_studies.arrows(pixel, found, painted, again=1, seed=SEED)
    for name in early.quantities:
        assert np.array_equal(early[name], plain[name], equal_nan=True), name
    with pytest.raises(UsageError, match="samples 9 were asked for and 8 are there"):
        erasing_studies.erasure(pixel, found, painted, **(few | {"count": 9}), **rest, seed=SEED)
    with pytest.raises(UsageError, match="not of one kind: times"):
        erasing_studies.arrows(pixel, found, painted, again=2, seed=SEED)
    with pytest.raises(UsageError, match="not of one kind: facts"):
        erasing_studies.arrows(pixel, found, painted, again=1, seed=SEED + 1)


@pytest.mark.parametrize("shape", [(6, 9), (9, 6), (6, 6)])
@pytest.mark.parametrize("height", [1.0, 1e-3, 1e-7, 0.0])
def test_a_whole_basis_is_the_decomposition(shape: tuple[int, int], height: float) -> None:
    """Of matrices with more rows and with more columns, and where directions lead nearly nowhere, or nowhere."""
    columns = torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(3))
    columns[-1] = columns[0] + height * columns[-1]
    columns[-2] = columns[1] + height * columns[-2]
    found = transport_studies.whole_basis(columns)
    assert torch.allclose(found.sigma.double(), torch.linalg.svdvals(columns), atol=1e-6)
    made = (found.v.double().T * found.sigma.double()) @ found.u.double()
    assert torch.allclose(made, columns, atol=1e-5)
    for rows in (found.u, found.v):
        assert torch.allclose(rows @ rows.T, torch.eye(len(rows)), atol=1e-5)


def test_a_way_of_erasing_that_is_not_there_is_named(pixel: DiffusionModel, found: Result) -> None:
    with pytest.raises(UsageError, match="called 'scissors'"):
        erasing_studies.erasure(pixel, found, methods=("unedited", "scissors"), seed=SEED)
    with pytest.raises(UsageError, match="begin with 'unedited'"):
        erasing_studies.erasure(pixel, found, methods=("both",), seed=SEED)


def test_portraits_from_a_caption_are_cured_as_they_were_painted(
    latent_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unedited they are those of the intake; a random arrow moves as far; the arrows are taken as they are."""
    model = load_model(str(latent_directory))
    found = response_studies.responses(
        model, t=900, count=3, k=2, steps=2, families=("bottleneck", "eigenfaces"), off=False, seed=SEED
    )
    score = found["start"][:, STRINGS]
    monkeypatch.setattr(effects, "STRINGS_ON", float(np.median(score)))
    few = {"count": 4, "reference": 32, "rounds": 1, "wall": 2, "survivors": 1, "judged": 1, "steps": 2}
    ways = ("unedited", "both", "eigenface")  # the arrows are the same, whatever else is tried
    erased = erasing_studies.erasure(model, found, methods=ways, **few, seed=SEED)
    prompt = "a young puppet"
    result = prompted_studies.cured_portraits(model, erased, prompt, count=3, wall=2, steps=4, seed=SEED)
    painted = picture_studies.portraits(model, [prompt] * 3, steps=4, seed=SEED)
    assert np.abs(result["picture"][0] / 255 - painted["picture"][:2]).max() < 0.02
    assert np.allclose(result["score"][0], painted["score"][:, STRINGS], atol=1e-3)
    labels = result.quantity("scored").labels["method"]
    assert np.abs(result["score"][labels.index("own")] - result["score"][0]).max() > 0
    assert np.array_equal(result["scored"], (result["score"] > effects.STRINGS_ON).sum(1))
    with pytest.raises(UsageError, match="cured by"):
        prompted_studies.cured_portraits(model, erased, prompt, methods=("own",), seed=SEED)


def test_exact_transport_keeps_all_that_the_next_place_can_reach(pixel: DiffusionModel, found: Result) -> None:
    result = transport_studies.transport_ranks(
        pixel, found, count=2, ranks=(2, 9, 0), walked=(2, 0), number=2, step=0.5, draws=4, steps=2, seed=SEED
    )
    size = int(np.prod(pixel.shape))
    assert result["k"].tolist() == [2, 9, size]
    assert result.quantity("off").labels["walk"] == ("straight", "2", "all")
    # More directions hold more, and all of them what the plane of that place has of the tangent.
    assert np.all(np.diff(result["kept"], axis=0) >= -1e-6)
    assert np.allclose(result["energy"], 100 * result["kept"] ** 2)
    xs = families.points_at(pixel, 500, 2, SEED)
    basis = families.bases_of(pixel, xs[:1], 500, 2, SEED)[0]
    pick = int(found["picked"][0, 0])
    sides = []
    for sign in (1.0, -1.0):
        v = sign * basis.v[pick]
        tangent = jacobian_at(pixel, xs[0].reshape(pixel.shape), 500).apply(v[None])[0].double()
        there = jacobian_at(pixel, (xs[0] + 0.5 * v).reshape(pixel.shape), 500).dense().double()
        fitted = there @ torch.linalg.lstsq(there, tangent[:, None], driver="gelsd").solution
        sides.append(float(fitted.norm() / tangent.norm()))
    assert min(abs(side - float(result["kept"][-1, 0])) for side in sides) < 1e-3
    with pytest.raises(UsageError, match="0 for all"):
        transport_studies.transport_ranks(pixel, found, ranks=(-1,), seed=SEED)
    with pytest.raises(UsageError, match="up to 3 samples"):
        transport_studies.transport_ranks(pixel, found, count=9, seed=SEED)


def test_every_study_is_registered_under_its_own_name() -> None:
    modules = (response_studies, editing_studies, walking_studies, erasing_studies, prompted_studies, transport_studies)
    studies = [study for module in modules for study in module.STUDIES]
    names = [study.analysis_info.name for study in studies]  # type: ignore[attr-defined]
    assert len(set(names)) == len(names) == 12
    assert all(name.startswith("diffusion.") for name in names)


@pytest.mark.long
def test_the_first_direction_of_puppet_32_is_that_of_the_strings() -> None:
    """At t = 500, at samples that chose nothing: it flips the marionette, and random directions as coarse do not."""
    model = load_model("puppet-32")
    result = response_studies.responses(
        model, t=500, count=6, k=4, families=("bottleneck", "low-pass"), steps=8, seed=11
    )
    assert int((result["picked"][0] == 0).sum()) >= 4
    assert result["pick"][0].mean() > 0.8
    assert result["pick"][0].mean() > result["pick"][1].mean() + 0.2
    assert result["pick_other"][0].mean() < 0.4 * result["pick"][0].mean()
    assert result["flips"][0] > 80
    # Directions of different samples point the same way; those of the control do not.
    assert result["held_out"][0].mean() > 0.4
    assert abs(result["held_out"][1].mean()) < 0.15
    erased = erasing_studies.erasure(
        model, result, rival="low-pass", count=48, reference=48, rounds=2, steps=8, seed=11
    )
    at = {name: i for i, name in enumerate(erased.quantity("scored").labels["method"])}
    before, after = erased["scored"][at["unedited"]], erased["scored"][at["clean side"]]
    assert after < 0.4 * before
    assert erased["scored"][at["random"]] > 0.8 * before
