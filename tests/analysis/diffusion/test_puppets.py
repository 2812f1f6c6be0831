"""The renderer: what each attribute changes, its tangents, and the named colours."""

import numpy as np
import pytest
import torch

from tapehead.analysis.diffusion.puppets import puppets
from tapehead.analysis.diffusion.puppets.puppets import (
    ATTRIBUTES,
    BACKGROUND,
    HAIR,
    SKIN,
    attributes_of,
    render,
    sample_attributes,
)
from tapehead.analysis.errors import UsageError


def change(name: str, size: int = 64) -> torch.Tensor:
    """How much each pixel (size, size) changes when an attribute runs from -0.9 to 0.9."""
    low, high = render(puppets.steps_along(name, [-0.9, 0.9], attributes_of(strings=-1)), size)
    return (low - high).abs().amax(0)


def test_pictures_have_the_asked_shape_and_range() -> None:
    pictures = render(sample_attributes(6, 0).view(2, 3, 9), 32)
    assert pictures.shape == (2, 3, 3, 32, 32)
    assert float(pictures.min()) >= 0
    assert float(pictures.max()) <= 1
    assert bool(torch.isfinite(pictures).all())


def test_a_face_does_not_depend_on_its_neighbours() -> None:
    values = sample_attributes(5, 3)
    alone = torch.stack([render(row, 32) for row in values])
    assert torch.allclose(render(values, 32), alone, atol=1e-6), "only the order of sums may differ"


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_every_attribute_is_visible(name: str) -> None:
    assert int((change(name) > 0.15).sum()) >= 40, "at least 40 of 4096 pixels change plainly"


def test_attributes_change_what_they_should() -> None:
    assert float(change("background")[:6].min()) > 0.2, "the whole top is curtain"
    assert float(change("background")[58:, 28:36].max()) < 1e-6, "the coat stays"
    assert float(change("hair")[32:52, 26:38].max()) < 1e-6, "nose and mouth keep their colour"
    smile = change("smile")
    assert float(smile[38:52, 20:44].max()) > 0.5
    assert float(smile[:16].max()) < 1e-6
    strings = change("strings")
    assert float(strings[4:6, 12:52].mean()) > 0.2, "the crossbar"
    assert float(strings[28:46, 24:40].max()) < 1e-6, "no string crosses the face"


def test_tilt_mirrors_the_head() -> None:
    left, right = render(puppets.steps_along("tilt", [-0.8, 0.8], attributes_of(strings=-1)), 64)
    mirrored = float((left - right.flip(-1)).abs().amax(0).mean())
    assert mirrored < 0.4 * float((left - right).abs().amax(0).mean()), "but for the light, which comes from the left"


def test_tangents_agree_with_differences() -> None:
    # In fp64, where central differences of step 1e-5 are good to about 1e-8 of the slope's size.
    values = sample_attributes(1, 8)[0].double()
    exact = torch.func.jacfwd(lambda a: render(a, 16))(values).movedim(-1, 0)
    steps = 1e-5 * torch.eye(len(ATTRIBUTES), dtype=torch.float64)
    difference = (render(values + steps, 16) - render(values - steps, 16)) / 2e-5
    for name, tangent, other in zip(ATTRIBUTES, exact, difference, strict=True):
        assert float(tangent.abs().max()) > 0.01, name
        assert float((tangent - other).abs().max()) < 1e-4 * float(tangent.abs().max()), name


def test_the_whole_jacobian_is_finite() -> None:
    jacobian = torch.func.jacfwd(lambda a: render(a, 16))(attributes_of(strings=1, age=-1))
    assert jacobian.shape == (3, 16, 16, 9)
    assert bool(torch.isfinite(jacobian).all())
    assert float(jacobian.flatten(0, 2).norm(dim=0).min()) > 0.05, "no attribute is flat even at its limit"


def test_crowds_are_seeded_and_strings_are_on_or_off() -> None:
    crowd = sample_attributes(2000, 4)
    assert torch.equal(crowd, sample_attributes(2000, 4))
    assert not torch.equal(crowd, sample_attributes(2000, 5))
    strings = crowd[:, ATTRIBUTES.index("strings")]
    assert float(strings.abs().min()) >= 0.7
    assert 0.45 < float((strings > 0).float().mean()) < 0.55
    others = crowd[:, :-1]
    # Uniform: mean 0 and variance 1/3, each within four standard errors of 2000 draws.
    assert float(others.mean(0).abs().max()) < 4 * (1 / 3 / 2000) ** 0.5
    assert float((others.var(0) - 1 / 3).abs().max()) < 4 * (4 / 45 / 2000) ** 0.5


@pytest.mark.parametrize("palette", [SKIN, HAIR, BACKGROUND])
def test_names_share_the_range_and_meet_their_colours(palette: puppets.Palette) -> None:
    for i, name in enumerate(palette.names):
        middle = palette.value_of(name)
        assert palette.name_of(middle) == name
        seen = palette.colour(torch.tensor([middle], dtype=torch.float64))[0]
        assert seen.numpy() == pytest.approx(np.array(palette.colours[i + 1]), abs=1e-6)
    assert palette.name_of(-1.0) == palette.names[0]
    assert palette.name_of(1.0) == palette.names[-1]
    line = torch.linspace(-1, 1, 2001, dtype=torch.float64)
    assert float(palette.colour(line).diff(dim=0).abs().max()) < 0.01, "no jumps"


def test_bytes_are_the_rounded_pictures() -> None:
    values = sample_attributes(5, 2)
    assert torch.equal(puppets.render_bytes(values, 16, block=2), (render(values, 16) * 255).round().to(torch.uint8))


def test_contact_sheet_puts_pictures_in_rows() -> None:
    pictures = torch.stack([torch.full((3, 4, 4), v) for v in (0.0, 0.5, 1.0)])
    sheet = np.asarray(puppets.contact_sheet(pictures, columns=2, scale=3))
    assert sheet.shape == (24, 24, 3)
    assert (sheet[:12, :12] == 0).all()
    assert (sheet[:12, 12:] == 128).all()
    assert (sheet[12:, :12] == 255).all()


def test_bad_faces_are_refused() -> None:
    with pytest.raises(UsageError, match=r"9 attributes; the table has shape \(2, 8\)"):
        render(torch.zeros(2, 8))
    with pytest.raises(UsageError, match="asked for 4"):
        render(torch.zeros(9), 4)
    with pytest.raises(UsageError, match="no attribute 'beard'"):
        attributes_of(beard=1)
