"""The regressor, the nearest render, the scores, and the card."""

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors import safe_open

from tapehead.analysis.diffusion.models import loading as models
from tapehead.analysis.diffusion.puppets import attributes
from tapehead.analysis.diffusion.puppets.captions import words_of
from tapehead.analysis.diffusion.puppets.puppets import ATTRIBUTES, render, sample_attributes
from tapehead.analysis.diffusion.training import card
from tapehead.analysis.diffusion.training import sample_quality as quality
from tapehead.analysis.errors import TapeheadError


def test_a_regressor_comes_back_in_half_precision(tiny: Any, tmp_path: Path) -> None:
    network = attributes.make_regressor(tiny.eye, 1)
    attributes.save_regressor(network, tiny.eye, tmp_path / "eye.safetensors")
    pictures = torch.rand(5, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    with safe_open(str(tmp_path / "eye.safetensors"), framework="pt") as file:
        # Several would come in an order that changes from process to process, and the model's digest with it.
        assert len(file.metadata()) == 1
    again = attributes.load_regressor(tmp_path / "eye.safetensors")
    assert attributes.read_attributes(again, pictures, block=2) == pytest.approx(
        attributes.read_attributes(network, pictures), abs=5e-3
    )
    (tmp_path / "eye.safetensors").write_bytes(b"nothing")
    with pytest.raises(TapeheadError, match="cannot be read"):
        attributes.load_regressor(tmp_path / "eye.safetensors")


def test_r2_is_one_for_the_truth_and_zero_for_the_mean() -> None:
    truth = sample_attributes(50, attributes.HELD_OUT_SEED)

    class Knows(torch.nn.Module):
        def __init__(self, answers: torch.Tensor) -> None:
            super().__init__()
            self.answers = answers

        def forward(self, pictures: torch.Tensor) -> torch.Tensor:
            return self.answers[: len(pictures)]

    assert set(attributes.held_out_r2(Knows(truth), 8, 50).values()) == {1.0}
    mean = truth.mean(0, keepdim=True).expand(50, -1)
    assert list(attributes.held_out_r2(Knows(mean), 8, 50).values()) == pytest.approx([0.0] * 9, abs=1e-5)


def test_a_regressor_learns(tmp_path: Path) -> None:
    settings = attributes.RegressorSettings(
        size=16,
        faces=300,
        channels=(8, 16, 16),
        plan=attributes.Plan(steps=150, rows=32, rate=4e-3, warm_up=5, average=0.95),
    )
    network = attributes.trained_regressor(settings, 0, tmp_path, lambda _line: None)
    found = attributes.held_out_r2(network, 16, 200)
    assert found["background"] > 0.8
    assert found["strings"] > 0.8
    again = attributes.trained_regressor(settings, 0, tmp_path, lambda _line: pytest.fail("kept weights are read"))
    assert all(torch.equal(a, b) for a, b in zip(network.parameters(), again.parameters(), strict=True))


def test_the_nearest_render_of_a_render_is_itself() -> None:
    truth = sample_attributes(6, 21) * 0.9
    pictures = render(truth, 32)
    start = truth + 0.04 * torch.randn(truth.shape, generator=torch.Generator().manual_seed(1))
    values, rms = attributes.nearest_render(pictures, start, rounds=8, block=4)
    assert float(rms.max()) < 2e-3
    off = [i for i, name in enumerate(ATTRIBUTES) if name != "strings"]  # strings are nearly flat when on or off
    assert float((values - truth)[:, off].abs().max()) < 0.02


def test_the_nearest_render_of_something_else_is_far_and_no_farther_than_the_start() -> None:
    noise = torch.rand(3, 3, 32, 32, generator=torch.Generator().manual_seed(2))
    start = torch.zeros(3, 9)
    _, rms = attributes.nearest_render(noise, start, rounds=3)
    before = (render(start, 32) - noise).square().mean((1, 2, 3)).sqrt()
    assert bool((rms <= before + 1e-6).all())
    assert float(rms.min()) > 0.2


def test_adherence_counts_hits() -> None:
    values = torch.zeros(3, 9)
    values[:, ATTRIBUTES.index("age")] = torch.tensor([0.5, -0.5, 0.1])
    values[:, ATTRIBUTES.index("hair")] = torch.tensor([-0.9, 0.9, 0.0])
    words = [{"age": "old", "hair": "red"}, {"age": "old", "hair": "blue"}, {"hair": "green"}]
    followed, named = quality.adherence(values, words)
    assert followed == {"hair": pytest.approx(2 / 3), "age": 0.5}
    assert named == {"hair": 3, "age": 2}


def test_true_attributes_follow_every_caption() -> None:
    faces = sample_attributes(60, 3)
    followed, named = quality.adherence(faces, [words_of(row) for row in faces.tolist()])
    assert set(followed) == set(named) == set(ATTRIBUTES)
    assert set(followed.values()) == {1.0}


def test_variety_of_faces_and_of_one_face() -> None:
    faces, others = render(sample_attributes(20, 1), 16), render(sample_attributes(20, 2), 16)
    pair, repeated = quality.variety(others, faces)
    assert 0.8 < pair < 1.25
    assert repeated <= 0.1
    same = others[:1].expand(20, -1, -1, -1) + 0.001 * torch.randn(others.shape, generator=torch.manual_seed(0))
    pair, repeated = quality.variety(same, faces)
    assert pair < 0.05
    assert repeated == 1.0


def test_caption_words_are_seeded_and_unseen() -> None:
    assert quality.caption_words(5, 0) == quality.caption_words(5, 0)
    assert quality.caption_words(5, 0) != quality.caption_words(5, 1)


def test_cards_say_what_was_measured(latent_directory: Path, pixel_directory: Path) -> None:
    text = (latent_directory / "MODEL_CARD.md").read_text()
    assert "Training is finished." in text
    assert models.directory_digest(latent_directory) in text
    assert "tapehead train tiny-latent --seed 0" in text
    assert "| puppet-64 | 4 of 4 | 4 | 0.001 |" in text
    assert "12 samples, one for each of as many captions of unseen faces at guidance 3" in text
    assert "Targets missed:" in text
    size = (latent_directory / "unet" / "diffusion_pytorch_model.safetensors").stat().st_size
    assert f"fp16, {size} bytes" in text
    pixels = (pixel_directory / "MODEL_CARD.md").read_text()
    assert "6 samples, without captions" in pixels
    assert "Captions name" not in pixels


def test_a_card_of_an_unfinished_training_says_so(tiny: Any) -> None:
    from tapehead.analysis.diffusion.checkpointed_training import Weights

    scores = quality.Quality(
        samples=5,
        steps=3,
        guidance=3.0,
        r2=dict.fromkeys(ATTRIBUTES, 0.9),
        adherence={"age": 0.8, "hair": 0.9},
        named={"age": 4, "hair": 5},
        spread=dict.fromkeys(ATTRIBUTES, 1.0),
        distance=(0.1, 0.2, 0.3),
        pair=1.0,
        repeated=0.0,
    )
    assert scores.missed() == ["age 80.0% of 90%"]
    stages = {"puppet-64": (tiny.latent.unet, Weights({}, 2, 4, 60.0, 0.5))}
    facts = card.CardFacts("tiny", ["A line."], 0, 12, 16, stages, {}, "d" * 64, scores)
    text = card.card(facts)
    assert "**Training is not finished**: puppet-64 2 of 4 steps" in text
    assert "| age | 0.9000 | 80.0 | 90 | 4 | 1.00 |" in text
    assert "Targets missed: age 80.0% of 90%." in text
