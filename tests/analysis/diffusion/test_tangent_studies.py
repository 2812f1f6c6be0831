"""What local bases hold of known attributes, against whole Jacobians and the definition of each number."""

import math

import numpy as np
import pytest
import torch

from tapehead.analysis.diffusion.pullback import controls, spectrum, subspaces, tangents
from tapehead.analysis.diffusion.pullback.jacobian import jacobian_at
from tapehead.analysis.diffusion.puppets.puppets import ATTRIBUTES
from tapehead.analysis.diffusion.studies import tangents as studies
from tapehead.analysis.errors import UnknownNameError
from tests.analysis.diffusion.small_networks import small_pixel


def exact(t: int, layer: str = "mid", count: int = 2, seed: int = 3) -> list[tuple[torch.Tensor, ...]]:
    """(J, sigma, V, unit tangents) at each of the studies' points, from the whole Jacobian."""
    model = small_pixel()
    crowd = tangents.faces(model, count, seed)
    found = []
    for x, a in zip(crowd.at(model, t), crowd.attributes, strict=True):
        dense = jacobian_at(model, x, t, layer=layer).dense().double()
        _, s, vt = torch.linalg.svd(dense, full_matrices=False)
        found.append((dense, s, vt, torch.nn.functional.normalize(tangents.tangents(model, a).double(), dim=1)))
    return found


def test_disentangled_is_one_for_arrows_and_none_for_balls() -> None:
    eye = torch.eye(12)
    assert studies.disentangled(eye[:4], eye[:9]) == pytest.approx(1)
    even = torch.ones(1, 12)
    assert studies.disentangled(even, eye[:9]) == pytest.approx(0, abs=1e-12)
    both = torch.stack([eye[0], (eye[1] + eye[2]) / math.sqrt(2)])
    wanted = (1 + (1 - math.log(2) / math.log(9))) / 2
    assert studies.disentangled(both, eye[:9]) == pytest.approx(wanted)


def test_captures_against_whole_jacobians() -> None:
    found = studies.captures(small_pixel(), times=(700, 200), count=2, k=3, seed=3)
    for i, t in enumerate((700, 200)):
        held, heard = [], []
        for dense, s, vt, g in exact(t):
            held.append(100 * (vt[:3] @ g.T).square().sum(0).numpy())
            heard.append(100 * ((dense @ g.T).norm(dim=0) / s[0]).numpy())
        # The solver's residual of 1e-3 leaves thousandths of the whole.
        assert found["captured"][i] == pytest.approx(np.mean(held, 0), abs=0.5)
        assert found["sensitivity"][i] == pytest.approx(np.mean(heard, 0), rel=1e-3)
    assert found.read("chance") == pytest.approx(100 * 3 / 192)
    assert found["control"].shape == (4, 2, 9)
    assert found["ratio"][1, 0, 0] == pytest.approx(found["captured"][0, 0] / found["control"][1, 0, 0])
    ghosts = controls.eigenfaces(small_pixel(), 3, 4).vectors.double()
    wanted = np.mean([100 * (ghosts @ g.T).square().sum(0).numpy() for _, _, _, g in exact(700)], 0)
    assert found["control"][3, 0] == pytest.approx(wanted, abs=1e-3)
    assert found["control_sensitivity"].shape == (3, 2)


def test_depths_against_whole_jacobians() -> None:
    found = studies.depths(small_pixel(), layers=("mid", "down-1"), t=500, count=2, k=2, seed=3)
    for i, layer in enumerate(("mid", "down-1")):
        points = exact(500, layer)
        v = [vt[:2] for _, _, vt, _ in points]
        assert found["dimensions"][i] == points[0][0].shape[0]
        assert found["pair_v"][i] == pytest.approx(subspaces.grassmann_distance(*v), abs=0.03)
        held = np.mean([100 * (b @ p[3].T).square().sum(0).numpy() for b, p in zip(v, points, strict=True)], 0)
        assert found["captured"][i] == pytest.approx(held, abs=0.5)
        keeps = [studies.disentangled(b, p[3]) for b, p in zip(v, points, strict=True)]
        assert found["disentangled"][i] == pytest.approx(np.mean(keeps), abs=0.03)
    assert found["control_captured"].shape == (3, 2)
    assert found["captured"].shape == (2, len(ATTRIBUTES))


def test_a_global_direction_against_its_definition() -> None:
    count, k, column = 5, 4, ATTRIBUTES.index("tilt")
    found = studies.global_direction(small_pixel(), "tilt", t=600, count=count, k=k, bins=5, seed=3)
    rows, firsts, truths = [], [], []
    for _, _, vt, g in exact(600, count=count):
        inside = vt[:k].T @ (vt[:k] @ g[column])
        rows.append(inside / inside.norm())
        firsts.append(vt[0])
        truths.append(g[column])

    def agreement(vectors: list[torch.Tensor]) -> tuple[list[float], list[float]]:
        """|cos| to the mean of all, and to that of the others, by whole matrices."""
        together, apart = [], []
        for i in range(count):
            others = [v for n, v in enumerate(vectors) if n != i]
            for kept, out in ((vectors, together), (others, apart)):
                mean = torch.linalg.eigh(sum(torch.outer(v, v) for v in kept))[1][:, -1]  # type: ignore[arg-type]
                out.append(abs(float(mean @ vectors[i])))
        return together, apart

    kinds = found.quantity("cosine").labels["kind"]
    for name, vectors in (("local", rows), ("tangent", truths)):
        together, apart = agreement(vectors)
        assert found["cosine"][kinds.index(name)] == pytest.approx(together, abs=0.02)
        assert found["held_out"][kinds.index(name)] == pytest.approx(apart, abs=0.02)
    assert found["histogram"].sum(1).tolist() == [count] * len(kinds)
    # Two random directions of 192 dimensions agree by about 1 / sqrt(192); what is nearest to a tangent agrees more.
    assert found.read("held_out_mean", kind="eigenfaces") > found.read("held_out_mean", kind="isotropic")
    assert found["picture"].shape == (len(kinds), 3, 8, 8)
    radius = np.mean([float(spectrum.mean_radius(vt[:k], (3, 8, 8)).mean()) for _, _, vt, _ in exact(600, count=count)])
    assert found.read("radius") == pytest.approx(radius, rel=0.01)
    with pytest.raises(UnknownNameError, match="'strnigs': did you mean strings"):
        studies.global_direction(small_pixel(), "strnigs", seed=0)
