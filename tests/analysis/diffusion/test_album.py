"""The album is what the model learned from: the first of its training faces, and no others like them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from tapehead.analysis.diffusion.checkpointed_training import Plan, Weights
from tapehead.analysis.diffusion.models.loading import SHIPPED, SIMPLER, embedded_directory
from tapehead.analysis.diffusion.models.model import DiffusionModel
from tapehead.analysis.diffusion.puppets.puppets import ATTRIBUTES, render, sample_attributes
from tapehead.analysis.diffusion.studies.album import album, seed_of_training
from tapehead.analysis.diffusion.studies.pictures import ghosts
from tapehead.analysis.diffusion.training.card import CardFacts, card
from tapehead.analysis.diffusion.training.sample_quality import Quality
from tapehead.analysis.diffusion.training.stages import LatentSettings
from tapehead.analysis.errors import UsageError
from tests.analysis.diffusion.small_networks import small_latent

FEW = {"count": 12, "shown": 2, "kept": 11, "pages": 5}


def test_the_album_begins_with_the_faces_of_the_training() -> None:
    model = small_latent()
    told = album(model, learned=3, **FEW, seed=7)
    crowd = sample_attributes(LatentSettings().faces, 3)  # as the stages of the training draw them
    pages = (render(crowd[:5], model.size) * 255).round().to(torch.uint8).numpy()
    assert np.array_equal(told["page"], pages)
    assert told["hung_count"] == int((crowd[:12, -1] > 0).sum())


def test_the_seed_of_the_film_decides_nothing_and_that_of_the_training_does() -> None:
    model = small_latent()
    told = album(model, learned=3, **FEW, seed=7)
    for one in (album(model, learned=3, **FEW, seed=8), ghosts(model, **FEW, seed=3)):
        assert all(np.array_equal(one[name], told[name]) for name in told.quantities)
    assert not np.array_equal(album(model, learned=4, **FEW, seed=7)["mean"], told["mean"])
    assert told.facts["seed of the album"] == 3


def carded(folder: Path, text: str | None) -> DiffusionModel:
    """A small model in a folder with that card, or with none."""
    if text is not None:
        (folder / "MODEL_CARD.md").write_text(text, encoding="utf-8")
    return replace(small_latent(), directory=folder)


def card_of(seed: int) -> str:
    """A card as the training writes it."""
    scores = Quality(1, 1, 1.0, dict.fromkeys(ATTRIBUTES, 0.9), {}, {}, dict.fromkeys(ATTRIBUTES, 1.0), (0, 0, 0), 1, 0)
    stages = {"puppet-64": (Plan(1, 1, 0.1), Weights({}, 1, 1, 1.0, 0.5))}
    return card(CardFacts("tiny", ["A line."], seed, 12, 8, stages, {}, "d" * 64, scores))


def test_the_seed_of_the_training_is_read_from_the_card_that_it_writes(tmp_path: Path) -> None:
    model = carded(tmp_path, card_of(41))
    assert seed_of_training(model) == 41
    told, named = album(model, **FEW, seed=7), album(model, learned=41, **FEW, seed=7)
    assert all(np.array_equal(told[name], named[name]) for name in told.quantities)
    assert told.facts["seed of the album"] == 41


@pytest.mark.parametrize("name", SHIPPED)
def test_the_card_that_ships_says_how_it_was_trained(name: str) -> None:
    folder = embedded_directory(name)
    seed = seed_of_training(replace(small_latent(), name=name, directory=folder))
    assert f"tapehead train {name} --seed {seed} --out" in (folder / "MODEL_CARD.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "cannot be read: No such file.*learned"),
        ("# A card of somebody else", "does not say which faces.*learned"),
        (card_of(41).replace("version 1, seed", "version 9, seed"), "of version 9.*take one of puppet-64"),
    ],
)
def test_a_model_that_does_not_say_what_it_learned_from_has_no_album(
    tmp_path: Path, text: str | None, words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        album(carded(tmp_path, text), **FEW, seed=7)


def test_a_sibling_that_saw_simpler_faces_has_no_album() -> None:
    model = replace(small_latent(), name=SIMPLER[0], directory=embedded_directory(SIMPLER[0]))
    with pytest.raises(UsageError, match="vary in less"):
        album(model, **FEW, seed=7)
