"""The album is what the model learned from: the first of its training faces, and no others like them."""

import numpy as np
import torch

from tapehead.analysis.diffusion.puppets.puppets import render, sample_attributes
from tapehead.analysis.diffusion.studies.album import album
from tapehead.analysis.diffusion.studies.pictures import ghosts
from tapehead.analysis.diffusion.training.stages import LatentSettings
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
