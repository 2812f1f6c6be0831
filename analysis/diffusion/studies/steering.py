"""Stepping away from a feature: the slider, what it drags along, and the direction that leaves another feature alone.

The direction of an attribute is told by labels: the mean noisy picture of the upper half of a crowd minus that of the
lower half.  Another crowd, which had no part in finding it, is pushed along it and read after decoding; a random
direction with the same power in every channel and ring of frequencies is the control, moved as far.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tapehead.analysis.diffusion.models import inversion
from tapehead.analysis.diffusion.models.model import DiffusionModel
from tapehead.analysis.diffusion.models.sampling import starting_noise
from tapehead.analysis.diffusion.pullback import controls, effects
from tapehead.analysis.diffusion.pullback.local_bases import LIBRARIES
from tapehead.analysis.diffusion.puppets.puppets import ATTRIBUTES
from tapehead.analysis.diffusion.studies.flatness import mean_between
from tapehead.analysis.diffusion.studies.labels import PICTURE, attribute_at, labelled, shown
from tapehead.analysis.errors import UsageError
from tapehead.analysis.paired import exact_sign, mcnemar, share_between
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Quantity, Result, quantity
from tapehead.analysis.vision.sphere import without

if TYPE_CHECKING:
    from torch import Tensor

FAMILIES = ("told", "random")
"""Directions along which the slider goes; the second is the control."""
ARMS = ("told", "freed", "as much taken away")
"""Ways of pushing: as found; less its projection; less a projection as long upon a random direction."""
WAYS = ("away", "back")


def crowd(model: DiffusionModel, t: int, count: int, seed: int, steps: int) -> tuple[Tensor, Tensor]:
    """x_t (n, D) on DDIM's way from seeded noise, and the finished pictures (n, 3, s, s)."""
    import torch

    way = inversion.times_between(model, inversion.last_time(model), 0, steps, (t,))
    kept: list[Tensor] = []

    def seen(at: int, x: Tensor) -> None:
        if at == t:
            kept.append(x.flatten(1).cpu())

    x0 = inversion.travel(model, starting_noise(model, count, seed), way, None, 1.0, seen=seen)
    return torch.cat(kept), torch.cat([model.show(part).cpu() for part in x0.split(64)])


def noise_seeds(seed: int, places: np.ndarray) -> np.ndarray:
    """Seeds from which :func:`~tapehead.analysis.diffusion.models.sampling.starting_noise` draws these samples."""
    return np.asarray(seed * 1_000_003 + np.asarray(places, dtype=np.int64))


def told_directions(xs: Tensor, values: Tensor) -> Tensor:
    """Unit directions (attributes, D): mean x_t of the half that has more of each attribute minus that of the other."""
    import torch

    found = []
    for column in values.T:
        order = column.argsort()
        half = len(order) // 2
        found.append(xs[order[len(order) - half :]].mean(0) - xs[order[:half]].mean(0))
    return torch.nn.functional.normalize(torch.stack(found), dim=1)


def pushed(model: DiffusionModel, eye: Any, xs: Tensor, t: int, way: Tensor, steps: int) -> tuple[Tensor, Tensor]:
    """Attributes (n, 9) and pictures (n, 3, s, s) of x_t (n, D) moved by ``way`` (D,) and painted to the end."""
    seen = effects.look(model, eye, xs + way, t, steps=steps, off=False)
    return seen.attributes, seen.pictures


@analysis("diffusion.steering", version=1, libraries=LIBRARIES)
def steering(
    model: DiffusionModel,
    t: int = 800,
    attribute: str = "hair",
    protected: str = "eyes",
    reference: int = 128,
    count: int = 32,
    amounts: Sequence[float] = (0.0, 3.0, 6.0, 9.0, 12.0),
    length: float = 20.0,
    crossed: int = 16,
    wall: int = 12,
    steps: int = 8,
    *,
    seed: int,
) -> Result:
    """Move away from one attribute, see what else moves, and take the projection out.

    ``reference`` samples give the directions, ``count`` fresh ones are edited: those of them that lie below 0 in
    ``attribute`` are the ones that "have the feature" (for hair: red to yellow).

    Slider, over (family, amount) of "told" and its control "random": ``score`` (…, sample) of the attribute, its
    ``mean`` with ``low`` and ``high`` (95 %, Student's t), and ``left`` (…,) how many of those that had the feature
    still have it; ``had``; ``left_low`` and ``left_high`` % (exact), ``left_p`` (amount,) exact p of McNemar, told
    against random.  ``picture`` (family, amount, place, …) bytes of the first ``wall`` that had it.

    Matrix, over (pushed, attribute), the first ``crossed`` samples pushed by ``length`` and by its negative along the
    direction of each attribute, and along "random": ``cross`` half the difference, in deviations of that attribute over
    the reference, mean over samples; ``cross_p`` exact p of its sign over samples; ``clear`` (pushed,) how many
    attributes beside its own are moved with p below a twentieth, Holm's correction within the row.
    ``cosine`` (pushed, attribute) of the directions.

    Freed: all fresh samples pushed by ``length`` both ways, over (arm,) of :data:`ARMS`, the third a control that takes
    as long a projection away, upon a random direction: ``target`` and ``drag`` (arm, sample) effect on ``attribute``
    and on ``protected``, in deviations; ``target_mean``, ``drag_mean`` with ``_low`` and ``_high``; ``drag_p`` (arm,)
    exact p of the sign of the drag; ``less_p`` (arm,) exact p of the signs of the differences of its size to that of
    "told"; ``kept`` (arm,) % of the target that is kept and ``removed`` (arm,) % of the mean drag that is gone.
    ``arm_picture`` (arm, way, place, …), bytes of the first ``wall`` of all, ``before`` unpushed.  ``overlap``, the
    cosine of the two directions, ``projected``, the part of the length that is taken away, in %.  ``painted`` pictures
    in all; ``noise_seed`` (place,) of the slider's pictures.

    Raises:
        UnknownNameError: an unknown attribute.
        UsageError: one attribute for both, fewer than eight samples anywhere, or no sample that has the feature.
    """
    import torch

    column, other = attribute_at(attribute), attribute_at(protected)
    if column == other or min(reference, count) < 8 or not 2 <= crossed <= count:
        raise UsageError(
            "steering takes two different attributes, at least eight samples to learn from and as many to edit, and "
            f"a matrix of 2 to all of them; asked for {attribute}, {protected}, {reference}, {count} and {crossed}"
        )
    eye = effects.regressor_of(model)
    known, known_pictures = crowd(model, t, reference, seed + 1009, steps + 4)
    learnt = effects.read_attributes(eye, known_pictures)
    fresh, unedited = crowd(model, t, count, seed, steps + 4)
    start = effects.read_attributes(eye, unedited)
    directions = told_directions(known, learnt)
    random = controls.same_spectrum(directions[column][None], model.shape, seed + 17)[0]
    spread = learnt.std(0)
    had = start[:, column] < 0
    if not bool(had.any()):
        raise UsageError(f"none of {count} samples lies below 0 in {attribute}; take more samples or another seed")

    # -- the slider --------------------------------------------------------------------------------------------------
    ways = torch.stack([directions[column], random])
    score = np.zeros((2, len(amounts), count))
    chosen = torch.nonzero(had).flatten()[:wall]
    walls = np.zeros((2, len(amounts), len(chosen), *unedited.shape[1:]), np.uint8)
    for f, way in enumerate(ways):
        for k, amount in enumerate(amounts):
            values, pictures = pushed(model, eye, fresh, t, amount * way, steps)
            score[f, k], walls[f, k] = values[:, column].numpy(), shown(pictures[chosen])
    still = score[:, :, had.numpy()] < 0
    means = np.array([[mean_between(row) for row in rows] for rows in score])
    shares = 100 * np.array([[share_between(int(row.sum()), row.size) for row in rows] for rows in still])

    # -- the matrix --------------------------------------------------------------------------------------------------
    every = torch.cat([directions, random[None]])
    moved = np.zeros((len(every), crossed, len(ATTRIBUTES)))
    for i, way in enumerate(every):
        plus, minus = (pushed(model, eye, fresh[:crossed], t, sign * length * way, steps)[0] for sign in (1, -1))
        moved[i] = ((plus - minus) / 2 / spread).numpy()
    p = np.array([[exact_sign(int((c > 0).sum()), int((c < 0).sum())) for c in rows.T] for rows in moved])

    arms, part = _arms(directions[column], directions[other], model, seed)
    effect = np.zeros((len(ARMS), count, 2))
    arm_walls = np.zeros((len(ARMS), 2, min(wall, count), *unedited.shape[1:]), np.uint8)
    for a, way in enumerate(arms):
        ends = []
        for w, sign in enumerate((1, -1)):
            values, pictures = pushed(model, eye, fresh, t, sign * length * way, steps)
            ends.append(values)
            arm_walls[a, w] = shown(pictures[:wall])
        change = (ends[0] - ends[1]) / 2 / spread
        effect[a] = change[:, [column, other]].numpy()
    labels = {"family": FAMILIES, "pushed": (*ATTRIBUTES, "random"), "attribute": ATTRIBUTES, "arm": ARMS}
    quantities = {
        "direction": labelled(directions.numpy(), "attribute", "x", labels=labels),
        "amount": quantity(np.array(amounts), "amount"),
        "score": labelled(score, "family", "amount", "sample", labels=labels),
        **{
            name: labelled(means[..., n], "family", "amount", labels=labels)
            for n, name in enumerate(("mean", "low", "high"))
        },
        "left": labelled(still.sum(2), "family", "amount", labels=labels),
        "left_share": labelled(100 * still.mean(2), "family", "amount", unit="%", labels=labels),
        "left_low": labelled(shares[..., 0], "family", "amount", unit="%", labels=labels),
        "left_high": labelled(shares[..., 1], "family", "amount", unit="%", labels=labels),
        "left_p": quantity([mcnemar(*still[:, k]) for k in range(len(amounts))], "amount"),
        "had": quantity(int(had.sum())),
        "picture": labelled(walls, "family", "amount", "place", *PICTURE, labels=labels),
        "cross": labelled(moved.mean(1), "pushed", "attribute", labels=labels),
        "cross_p": labelled(p, "pushed", "attribute", labels=labels),
        "clear": labelled(_clear(p), "pushed", labels=labels),
        "cosine": labelled((directions @ directions.T).numpy(), "attribute", "other", labels=labels),
        "arm_picture": labelled(
            arm_walls, "arm", "way", "place", *PICTURE, labels={"arm": ARMS, "way": WAYS}
        ),
        "before": quantity(shown(unedited[:wall]), "place", *PICTURE),
        "overlap": quantity(part),
        "projected": quantity(100 * abs(part), unit="%"),
        **_freed(effect),
    }  # fmt: skip
    for name, value in (("t", t), ("length", length), ("count", count), ("reference", reference), ("steps", steps)):
        quantities[name] = quantity(value)
    # All that was painted to the end: both crowds, the slider, the matrix and the arms.
    painted = reference + count + score.size + 2 * len(every) * crossed + 2 * len(arms) * count
    quantities |= {
        "crossed": quantity(crossed),
        "painted": quantity(painted),
        "noise_seed": quantity(noise_seeds(seed, chosen.numpy()), "place"),
    }
    facts = {
        "attribute": attribute,
        "protected": protected,
        "shape": list(model.shape),
        "control": "a random direction of the same spectrum and size",
        "seed": seed,
    }
    return Result(quantities, model=model.name, facts=facts)


def _arms(one: Tensor, other: Tensor, model: DiffusionModel, seed: int) -> tuple[Tensor, float]:
    """The three ways (arm, D), and the cosine of the two unit directions.

    The control loses as much of its length as the freed one, upon a random direction: a vector is mixed from ``one``
    and a random one that has the same cosine to ``one`` as the direction to leave alone.
    """
    import torch

    freed = torch.from_numpy(without(one.numpy(), other.numpy())).float()
    part = float(one @ other)
    anything = controls.same_spectrum(one[None], model.shape, seed + 29)[0]
    aside = torch.from_numpy(without(anything.numpy(), one.numpy())).float()
    decoy = part * one + (1 - part**2) ** 0.5 * aside / aside.norm()
    return torch.stack([one, freed, torch.from_numpy(without(one.numpy(), decoy.numpy())).float()]), part


def _clear(p: np.ndarray) -> np.ndarray:
    """How many attributes beside its own each row moves: p below a twentieth after Holm (1979), within the row."""
    found = []
    for i, row in enumerate(p):
        rest = np.sort(np.delete(row, i) if i < len(row) else row)
        passed = rest * np.arange(len(rest), 0, -1) < 0.05
        found.append(int(np.argmin(passed)) if not passed.all() else len(rest))
    return np.array(found)


def _freed(effect: np.ndarray) -> dict[str, Quantity]:
    """What :func:`steering` says of the arms, from effects (arm, sample, 2) on target and protected attribute."""
    one = {"arm": ARMS}
    found = {}
    for n, name in enumerate(("target", "drag")):
        rows = effect[:, :, n]
        found[name] = labelled(rows, "arm", "sample", labels=one)
        for end, values in zip(("mean", "low", "high"), np.array([mean_between(r) for r in rows]).T, strict=True):
            found[f"{name}_{end}"] = labelled(values, "arm", labels=one)
    target, drag = effect[:, :, 0], effect[:, :, 1]
    signs = [exact_sign(int((row > 0).sum()), int((row < 0).sum())) for row in drag]
    size = np.abs(drag)
    less = [exact_sign(int((size[0] > row).sum()), int((size[0] < row).sum())) for row in size]
    # A mean of nothing has no share that could be kept; it is told as 0.
    whole, pulled = (float(rows[0].mean()) for rows in (target, drag))
    found["drag_p"] = labelled(np.array(signs), "arm", labels=one)
    found["less_p"] = labelled(np.array(less), "arm", labels=one)
    found["kept"] = labelled(100 * target.mean(1) / whole if whole else 0 * target.mean(1), "arm", unit="%", labels=one)
    gone = 100 * (1 - np.abs(drag.mean(1)) / abs(pulled)) if pulled else np.zeros(len(drag))
    found["removed"] = labelled(gone, "arm", unit="%", labels=one)
    return found
