"""The very faces that a model learned from, as an album: their average, their ghosts and their pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tapehead.analysis.diffusion.models.model import DiffusionModel
from tapehead.analysis.diffusion.pullback.local_bases import LIBRARIES
from tapehead.analysis.diffusion.studies.pictures import ghosts
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Result


@analysis("diffusion.album", version=1, libraries=LIBRARIES)
def album(
    model: DiffusionModel,
    learned: int = 0,
    count: int = 1000,
    shown: int = 8,
    kept: int = 60,
    face: int = 0,
    pages: int = 48,
    *,
    seed: int,
) -> Result:
    """``diffusion.ghosts`` of the first ``count`` faces that the model was trained on, instead of others like them.

    ``learned`` is the seed with which those were drawn: the one of the training, which the model's card names.  A crowd
    of more faces begins with the same ones.  ``original``, the face that is rebuilt, is not among them.  The film's
    ``seed`` decides nothing.

    Raises:
        UsageError: as ``diffusion.ghosts``.
    """
    found = ghosts(model, count, shown, kept, face, pages, seed=learned)
    return replace(found, facts={"data": "the first faces that the model learned from", "seed of the album": learned})


STUDIES: tuple[Callable[..., Result], ...] = (album,)
"""Everything here that an episode may declare."""
