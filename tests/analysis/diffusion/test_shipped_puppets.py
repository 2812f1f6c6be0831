"""The models that ship: their cards describe the files that are there, and their samples are puppets."""

import pytest
import torch

from tapehead.analysis.diffusion.models import loading as models
from tapehead.analysis.diffusion.models.sampling import sample
from tapehead.analysis.diffusion.puppets import attributes
from tapehead.analysis.diffusion.puppets.captions import caption
from tapehead.analysis.diffusion.puppets.puppets import ATTRIBUTES
from tapehead.analysis.diffusion.training import export
from tapehead.analysis.diffusion.training import sample_quality as quality


@pytest.mark.parametrize("name", models.NAMES)
def test_the_card_describes_these_files(name: str) -> None:
    directory = models.embedded_directory(name)
    text = (directory / "MODEL_CARD.md").read_text()
    assert f"Digest of all parts: `{models.directory_digest(directory)}`" in text
    for path in directory.rglob("*.safetensors"):
        assert f"`{path.relative_to(directory).as_posix()}`" in text
        assert f"{path.stat().st_size} bytes" in text


def test_the_weights_are_within_their_size() -> None:
    files = [path for name in models.NAMES for path in models.embedded_directory(name).rglob("*.safetensors")]
    assert 0 < sum(path.stat().st_size for path in files) <= export.MOST_BYTES


@pytest.mark.parametrize("name", models.SHIPPED)
def test_the_regressor_reads_renders(name: str) -> None:
    model = models.load_model(name)
    path = model.attribute_file()
    assert path is not None
    found = attributes.held_out_r2(attributes.load_regressor(path), model.size, 200)
    assert min(found.values()) > 0.95, "the card says above 0.98; 200 faces vary by a little"


@pytest.mark.long
def test_captions_are_followed() -> None:
    model = models.load_model("puppet-64")
    path = model.attribute_file()
    assert path is not None
    words = quality.caption_words(96, 7)
    pictures = sample(model, [caption(said) for said in words], 7, steps=25, guidance=3.0)
    followed, _ = quality.adherence(attributes.read_attributes(attributes.load_regressor(path), pictures), words)
    # About 58 captions name each: 0.75 is three standard errors below the target of 0.9.
    assert all(followed[name] > 0.75 for name in quality.TARGETS)


@pytest.mark.long
@pytest.mark.parametrize("name", models.SHIPPED)
def test_samples_are_near_puppets_and_varied(name: str) -> None:
    model = models.load_model(name)
    path = model.attribute_file()
    assert path is not None
    pictures = sample(model, [""] * 48, 3, steps=25, guidance=1.0)
    values = attributes.read_attributes(attributes.load_regressor(path), pictures)
    _, distances = attributes.nearest_render(pictures, values)
    assert float(distances.median()) < 0.08
    spread = values.std(0) / (1 / 3) ** 0.5
    assert float(spread.min()) > 0.5, ATTRIBUTES[int(spread.argmin())]
    assert bool(torch.isfinite(pictures).all())
