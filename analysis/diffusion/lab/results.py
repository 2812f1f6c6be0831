"""What ``tapehead directions`` leaves behind: its parts, their quantities and axes, and how they are read again.

Each part is one :class:`~tapehead.analysis.results.Result`.  All of them are always there, with the scalar ``there``:
1, or 0 if the part was not asked for or could not be computed; then it has no other quantity, and the fact ``why`` says
why.  Pictures are bytes (channel, row, column); "change" is a root mean square difference of pictures on a scale of 0
to 1; attributes are only there where a scorer came with the model.  Times are 0 to T - 1; the first one that was asked
for is the *main* one, at which everything but basis and walk is done.

``picture``
    ``asked`` (what was given, as the model sees it), ``coded`` (through the autoencoder), ``reconstruction`` (inverted
    to the noisiest time asked for and back), ``decoded`` and ``noisy`` (time, …); ``error``, ``coded_error``,
    ``decoded_error`` (time), ``latent_error`` (relative, of x0); control ``other_error``, of a picture made from
    another seed; ``share_of_other`` = error / other_error in %.  ``t``, ``share``, ``noise`` (time); ``x0``, ``x``;
    ``scored``; with a scorer ``off`` (to the nearest picture of its world) and ``off_other`` (to random ones).
    Facts: ``source``, ``prompt``, ``kind`` ("seed" or "picture"), ``predicts``, ``guidance``, ``digest``.
``basis``
    ``sigma``, ``residual`` (time, direction), ``gap``, ``products``, ``converged``, ``isotropic`` (mean |J v| of random
    unit nudges), ``ratio`` = sigma_1 / isotropic (time); ``relative`` = sigma / isotropic; the same of an untrained
    network of the same build at the same x_t: ``untrained_…``; ``v``, ``u``; ``main_ratio``, ``main_untrained_ratio``;
    ``radius`` (mean frequency of the directions).
``walk``
    Along (time, family, direction, place): ``picture``, ``change``, ``length`` (|x' - x|), ``heard`` (|h' - h|),
    ``distance`` (with an autoencoder), ``clip_alike`` (cosine of CLIP's embedding with the unedited picture's, if the
    pipeline brings a CLIP image encoder), ``clip_score`` (100 × cosine with the prompt's, if it brings CLIP's reader
    too), ``score`` (…, attribute); ``end_distance``, ``end_clip_alike``, ``end_clip_score`` (family): means over both
    ends.  Families: found; random, as long in x; random, as loud in h.  ``reached`` (time, direction, place): whether
    the loud control came within 10 %; ``unreached``; ``difference`` (…, row, column) between the ends; ``longer``: how
    many times farther the loud control had to go.
``test``
    Effects of the directions at the main time beside ``draws`` random sets: ``best``, ``best_direction`` (from 1),
    ``random`` (draw) with ``p`` (as long), ``loud`` (draw) with ``loud_p`` (as loud); ``…_mean``, ``…_best``;
    ``change_p`` of the change alone.  Facts: ``attribute`` that the best one moves most.
``carried``
    Along (target, method, direction): ``kept`` (%), ``cosine``, ``change``, ``alike`` (correlation with what it
    changes at home), ``picture`` (…, way); by method ``alike_mean``, ``agreement`` (%, with a scorer).
``removal``
    ``component`` of x_t, ``component_others``, ``others_mean``, ``others_spread``; ``picture`` and ``change`` (family,
    level).
``local`` (with a mask)
    ``picture``, ``inside``, ``outside`` (family, direction, place); ``concentration`` = inside / outside.
``cautions``
    Along ``caution`` (:data:`CAUTIONS`): ``raised``; each also a scalar of its own; ``count``; ``found``: 1 only where
    a scorer came with the model, its pictures are of the scorer's world, and the directions do more than random ones of
    the same length.  Facts: a sentence for every raised one.

Saved in ``--out`` by :mod:`~tapehead.analysis.saved_runs`.
"""

from __future__ import annotations

from pathlib import Path

from tapehead.analysis import saved_runs
from tapehead.analysis.results import Result

PARTS = ("picture", "basis", "walk", "test", "carried", "removal", "local", "cautions")
"""Every run has all of them."""

CAUTIONS = (
    "reconstruction-poor",
    "not-converged",
    "gap-small",
    "untrained-as-steep",
    "not-noticed",
    "no-scorer",
    "not-in-world",
    "as-long-as-strong",
    "as-loud-as-strong",
    "loud-not-reached",
    "carried-little",
    "not-local",
    "basis-of-another-model",
)
"""What can be wrong with a run, in the order in which it is told."""


def load(directory: Path) -> dict[str, Result]:
    """All parts of a run by name.

    Raises:
        UsageError: the folder holds no finished run of ``tapehead directions``.
        ResultError: the run is damaged.
    """
    return saved_runs.load(directory, "tapehead directions", PARTS)
