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
    ``distance`` (with an autoencoder), ``score`` (…, attribute).  Families: found; random, as long in x; random, as
    loud in h.  ``reached`` (time, direction, place): whether the loud control came within 10 %; ``unreached``;
    ``difference`` (…, row, column) between the ends; ``longer``: how many times farther the loud control had to go.
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

Saved in ``--out`` as ``results.safetensors`` and ``results.json``, as ``tapehead circuit`` does.
"""

from __future__ import annotations

from pathlib import Path

from tapehead.analysis.errors import ResultError, UsageError
from tapehead.analysis.language.lab import results as kept_runs
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Result
from tapehead.analysis.store import digest_file

ARRAYS, SIDECAR = kept_runs.ARRAYS, kept_runs.SIDECAR
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

missing, save = kept_runs.missing, kept_runs.save


def load(directory: Path) -> dict[str, Result]:
    """All parts of a run by name.

    Raises:
        UsageError: the folder holds no finished run of ``tapehead directions``.
        ResultError: the run is damaged.
    """
    if not (directory / SIDECAR).is_file():
        raise UsageError(f"{directory} holds no {SIDECAR}: not the --out of a finished `tapehead directions`")
    parts = kept_runs.load(directory)
    if set(parts) != set(PARTS):
        raise UsageError(f"{directory} holds a run of another command; name the --out of `tapehead directions`")
    return parts


def digest(directory: Path) -> str:
    """What changes with any number, label or fact of a saved run."""
    load(directory)
    return digest_file(directory / SIDECAR)


@analysis("diffusion.lab_part", libraries=("numpy", "safetensors"))
def kept(*, directory: str, part: str, digest: str, seed: int = 0) -> Result:
    """One part of a saved run, for an episode.

    Args:
        directory: the run's folder.
        part: one of :data:`PARTS`.
        digest: of the run (:func:`digest`), so that another run in the same folder is another result.
        seed: unused; the run had its own.

    Raises:
        ResultError: the folder holds another run than ``digest`` says.
    """
    found = load(Path(directory))
    if digest_file(Path(directory) / SIDECAR) != digest:
        raise ResultError(f"{directory} holds another run than the one that the film was planned from; plan it again")
    return found[part]
