"""The very faces that a model learned from, as an album: their average, their ghosts and their pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from tapehead.analysis.diffusion.models.loading import SHIPPED, SIMPLER
from tapehead.analysis.diffusion.models.model import DiffusionModel
from tapehead.analysis.diffusion.pullback.local_bases import LIBRARIES
from tapehead.analysis.diffusion.studies.pictures import ghosts
from tapehead.analysis.errors import UsageError
from tapehead.analysis.outside_files import read_text
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Result
from tapehead.analysis.shipped import shipped_file

_DRAWN = re.compile(r"drawn by `analysis/diffusion/puppets/puppets\.py`, version (\d+), seed (\d+);")
"""As :mod:`tapehead.analysis.diffusion.training.card` writes of the faces of the training."""
_INSTEAD = f"take one of {', '.join(SHIPPED)}, or name the seed of its training: learned"


def seed_of_training(model: DiffusionModel) -> int:
    """The seed with which the faces of a model's training were drawn, as its card says.

    Raises:
        UsageError: there is no card, it does not say, or its faces are none of those that are drawn here.
    """
    from tapehead.analysis.diffusion.puppets.puppets import WORLD_VERSION

    if model.name in SIMPLER:
        raise UsageError(f"the faces that '{model.name}' learned from vary in less than an album shows; {_INSTEAD}")
    # Named here, those of the embedded models are in the key.
    embedded = (shipped_file("models/puppet-64/MODEL_CARD.md"), shipped_file("models/puppet-32/MODEL_CARD.md"))
    card = {path.parent: path for path in embedded}.get(model.directory, model.directory / "MODEL_CARD.md")
    try:
        text = read_text(card)
    except OSError as error:
        raise UsageError(
            f"which faces '{model.name}' learned from stands in its card, and {card} cannot be read: "
            f"{error.strerror or error}; {_INSTEAD}"
        ) from None
    if (found := _DRAWN.search(text)) is None:
        raise UsageError(f"the card {card} does not say which faces the model learned from; {_INSTEAD}")
    version, seed = map(int, found.groups())
    if version != WORLD_VERSION:
        raise UsageError(
            f"'{model.name}' learned from faces of version {version}, by its card; those that are drawn here are of "
            f"version {WORLD_VERSION}; take one of {', '.join(SHIPPED)}"
        )
    return seed


@analysis("diffusion.album", version=1, libraries=LIBRARIES)
def album(
    model: DiffusionModel,
    learned: int | None = None,
    count: int = 1000,
    shown: int = 8,
    kept: int = 60,
    face: int = 0,
    pages: int = 48,
    *,
    seed: int,
) -> Result:
    """``diffusion.ghosts`` of the first ``count`` faces that the model was trained on, instead of others like them.

    ``learned`` is the seed with which those were drawn: the one of the training, read from the model's card if nobody
    names it.  A crowd of more faces begins with the same ones.  ``original``, the face that is rebuilt, is not among
    them.  The film's ``seed`` decides nothing.

    Raises:
        UsageError: as ``diffusion.ghosts``, and as :func:`seed_of_training`.
    """
    drawn = seed_of_training(model) if learned is None else learned
    found = ghosts(model, count, shown, kept, face, pages, seed=drawn)
    return replace(found, facts={"data": "the first faces that the model learned from", "seed of the album": drawn})


STUDIES: tuple[Callable[..., Result], ...] = (album,)
"""Everything here that an episode may declare."""
