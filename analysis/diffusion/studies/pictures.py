"""What films show of a diffusion model besides its claims: frames of denoising, ghosts, nudges, a circle and its ruler.

Every array here is drawn as it is; numbers beside the pictures are quantities of the same result.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tapehead.analysis.diffusion.models import inversion
from tapehead.analysis.diffusion.models.model import DiffusionModel
from tapehead.analysis.diffusion.models.sampling import sample, starting_noise
from tapehead.analysis.diffusion.pullback import controls
from tapehead.analysis.diffusion.pullback.local_bases import LIBRARIES, points, random_basis, random_network
from tapehead.analysis.diffusion.puppets.puppets import ATTRIBUTES
from tapehead.analysis.errors import UsageError
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Result, quantity

if TYPE_CHECKING:
    from torch import Tensor

PICTURE = ("channel", "row", "column")


def _regressor(model: DiffusionModel) -> Any | None:
    """The regressor that came with the model, or ``None``: then there are no scores."""
    from tapehead.analysis.diffusion.puppets.attributes import load_regressor

    path = model.attribute_file()
    return load_regressor(path) if path else None


def _scores(model: DiffusionModel, pictures: Tensor) -> np.ndarray:
    """Attributes (n, 9) of pictures; NaN, which cannot be shown, without a regressor."""
    from tapehead.analysis.diffusion.puppets.attributes import read_attributes

    eye = _regressor(model)
    if eye is None:
        return np.full((len(pictures), len(ATTRIBUTES)), np.nan)
    return np.asarray(read_attributes(eye, pictures).numpy())


@analysis("diffusion.portraits", version=1, libraries=LIBRARIES)
def portraits(
    model: DiffusionModel,
    prompts: Sequence[str] = (),
    count: int = 12,
    steps: int = 30,
    guidance: float = 3.0,
    *,
    seed: int,
) -> Result:
    """Samples at fixed seeds, with what a regressor reads off them.

    One picture per caption; without captions ``count`` pictures.  Quantities: ``picture`` (sample, channel, row,
    column) in [0, 1], ``score`` (sample, attribute) in [-1, 1] or a little beyond, ``strings`` (sample,) 1 where the
    score of strings is above 0, ``strings_count``, ``samples``.
    """
    words = list(prompts) or [""] * count
    pictures = sample(model, words, seed, steps, guidance if any(words) else 1.0)
    score = _scores(model, pictures)
    hung = score[:, ATTRIBUTES.index("strings")] > 0
    return Result(
        {
            "picture": quantity(pictures.numpy(), "sample", *PICTURE),
            "score": quantity(score, "sample", "attribute", labels={"attribute": ATTRIBUTES}),
            "strings": quantity(hung.astype(int), "sample"),
            "strings_count": quantity(int(hung.sum())),
            "samples": quantity(len(words)),
            "steps": quantity(steps),
            "guidance": quantity(guidance if any(words) else 1.0),
        },
        model=model.name,
        facts={"prompts": words, "seed": seed},
    )


@analysis("diffusion.denoising", version=1, libraries=LIBRARIES)
def denoising(
    model: DiffusionModel,
    prompts: Sequence[str] = ("",),
    steps: int = 30,
    guidance: float = 1.0,
    *,
    seed: int,
) -> Result:
    """Every step from noise to a face: x_t decoded as it is, and the clean picture that the network sees in it.

    Quantities: ``noisy`` and ``guess`` (step, sample, channel, row, column) in [0, 1], first noise, last the face;
    ``t`` (step,); ``noise_part`` (step,) sqrt(1 - abar) in %; ``change`` (step, sample) root mean square difference of
    a guess to the final picture; ``score`` (step, sample, attribute) read off the guesses; ``final`` (sample, …).
    Control: ``other`` (step, sample) the difference of the guess to the final picture of another sample (the next one),
    where there is one, else NaN.
    """
    import torch

    way = inversion.times_between(model, inversion.last_time(model), 0, steps)
    words = list(prompts)
    x = starting_noise(model, len(words), seed)
    noisy, guess = [], []
    with torch.no_grad():
        for i, t in enumerate(way):
            eps = inversion.predicted_noise(model, x, t, words, guidance)
            clean = inversion.clean(model, x, t, eps)
            noisy.append(model.show(x).cpu())
            guess.append(model.show(clean).cpu())
            if i + 1 < len(way):
                x = inversion.noisy(model, clean, way[i + 1], eps)
    seen, guessed = torch.stack(noisy), torch.stack(guess)
    final = guessed[-1]
    change = (guessed - final).square().mean((2, 3, 4)).sqrt().numpy()
    other = (guessed - final.roll(1, 0)).square().mean((2, 3, 4)).sqrt().numpy()
    score = _scores(model, guessed.flatten(0, 1)).reshape(len(way), len(words), -1)
    parts = [100 * inversion.signal_and_noise(model, t)[1] for t in way]
    return Result(
        {
            "noisy": quantity(seen.numpy(), "step", "sample", *PICTURE),
            "guess": quantity(guessed.numpy(), "step", "sample", *PICTURE),
            "final": quantity(final.numpy(), "sample", *PICTURE),
            "t": quantity(np.array(way), "step"),
            "noise_part": quantity(np.array(parts), "step", unit="%"),
            "change": quantity(change, "step", "sample"),
            "other": quantity(other if len(words) > 1 else np.full_like(other, np.nan), "step", "sample"),
            "score": quantity(score, "step", "sample", "attribute", labels={"attribute": ATTRIBUTES}),
            "steps": quantity(len(way) - 1),
        },
        model=model.name,
        facts={"prompts": words, "seed": seed},
    )


@analysis("diffusion.ghosts", version=2, libraries=LIBRARIES)
def ghosts(
    model: DiffusionModel,
    count: int = 1000,
    shown: int = 8,
    kept: int = 60,
    face: int = 0,
    pages: int = 48,
    *,
    seed: int,
) -> Result:
    """Eigenfaces: the mean of many drawn faces, the first ghosts, and one face put together from them.

    Principal components of the pixels of ``count`` random faces (the model's training world, at its size).  Quantities:
    ``mean`` (channel, row, column) in [0, 1]; ``ghost`` (ghost, …) of length 1, signed; ``plus``, ``minus`` (ghost, …)
    mean and 2 standard deviations of each, in [0, 1]; ``explained`` (component,) share of variance in %, ``together``
    (component,) its sum; ``half`` and ``nine_tenths`` how many ghosts hold 50 and 90 %; ``original`` and ``rebuilt``
    (ghosts, …) a face that was not among them, from 0 to ``shown`` ghosts; ``error`` (ghosts,) root mean square.
    ``page`` (face, channel, row, column) bytes, the first ``pages`` of the faces themselves, ``page_hung`` (face,) 1
    where they were drawn with strings; ``hung`` of all of them, in %, with ``hung_count``.
    Control: ``explained_random`` (component,) of pictures with the same variance at each pixel and nothing in common.
    """
    import torch

    from tapehead.analysis.diffusion.puppets.attributes import HELD_OUT_SEED
    from tapehead.analysis.diffusion.puppets.puppets import render, sample_attributes

    if not shown <= kept < count:
        raise UsageError(f"asked for {shown} ghosts of {kept} components of {count} faces")
    attributes = sample_attributes(count, seed)
    on_strings = (attributes[:, ATTRIBUTES.index("strings")] > 0).numpy()
    with torch.no_grad():
        drawn = torch.cat([render(part, model.size) for part in attributes.split(64)])
        original = render(sample_attributes(face + 1, HELD_OUT_SEED + seed)[face], model.size)
    mean, vectors, variance, total = controls.principal_components(drawn.flatten(1), kept)
    noise = torch.randn(drawn.flatten(1).shape, generator=torch.Generator().manual_seed(seed))
    _, _, noise_variance, noise_total = controls.principal_components(noise * drawn.flatten(1).std(0), kept)
    shape = drawn.shape[1:]
    step = 2 * variance[:shown].sqrt().unsqueeze(1) * vectors[:shown]
    weights = vectors[:shown] @ (original.flatten() - mean)
    rebuilt = torch.stack([mean + weights[:n] @ vectors[:n] for n in range(shown + 1)])
    together = 100 * np.cumsum(variance.numpy()) / total

    def first_over(limit: float) -> int:
        if together[-1] < limit:
            raise UsageError(f"{kept} components hold {together[-1]:.1f} % of the variance; {limit:.0f} % needs more")
        return int((together < limit).sum()) + 1

    return Result(
        {
            "mean": quantity(mean.reshape(shape).numpy(), *PICTURE),
            "ghost": quantity(vectors[:shown].reshape(-1, *shape).numpy(), "ghost", *PICTURE),
            "plus": quantity((mean + step).clamp(0, 1).reshape(-1, *shape).numpy(), "ghost", *PICTURE),
            "minus": quantity((mean - step).clamp(0, 1).reshape(-1, *shape).numpy(), "ghost", *PICTURE),
            "explained": quantity(100 * variance.numpy() / total, "component", unit="%"),
            "together": quantity(together, "component", unit="%"),
            "explained_random": quantity(100 * noise_variance.numpy() / noise_total, "component", unit="%"),
            "half": quantity(first_over(50)),
            "nine_tenths": quantity(first_over(90)),
            "weight": quantity(weights.numpy(), "ghost"),
            "original": quantity(original.numpy(), *PICTURE),
            "rebuilt": quantity(rebuilt.clamp(0, 1).reshape(-1, *shape).numpy(), "ghosts", *PICTURE),
            "error": quantity((rebuilt - original.flatten()).square().mean(1).sqrt().numpy(), "ghosts"),
            "page": quantity((drawn[:pages] * 255).round().to(torch.uint8).numpy(), "face", *PICTURE),
            "page_hung": quantity(on_strings[:pages].astype(int), "face"),
            "hung": quantity(100 * on_strings.mean(), unit="%"),
            "hung_count": quantity(int(on_strings.sum())),
            "faces": quantity(count),
            "pixels": quantity(int(original.numel())),
        },
        model=model.name,
        facts={"data": "drawn faces of the training world"},
    )


@analysis("diffusion.nudges", version=2, libraries=LIBRARIES)
def nudges(
    model: DiffusionModel,
    t: int = 700,
    prompt: str = "",
    draws: int = 64,
    k: int = 10,
    bins: int = 24,
    *,
    seed: int,
) -> Result:
    """Which nudges of x_t are noticed: |J v| of unit nudges v, random ones against the first singular vectors.

    At one sampled point.  Quantities: ``sigma`` (direction,) of the first ``k``; ``isotropic``, ``low_pass``,
    ``same_spectrum`` (draw,) |J v| of random unit nudges, the second as coarse as V, the third with its spectrum;
    ``eigenface`` (direction,); ``…_mean``; ``ratio`` sigma_1 over the mean of the isotropic ones, ``ratio_low_pass``,
    ``ratio_same_spectrum``, and ``ratio_eigenface`` over the loudest eigenface; ``histogram`` (kind, bin) of the random
    ones with ``edges``; ``eigenface_loudest``, ``eigenface_part`` of sigma_1 in %; ``network_sigma`` (direction,) and
    ``network_isotropic_mean`` of the network with random weights, ``network_ratio``.  ``heard`` (kind,) is the same
    measured, not linearised: |h(x + v) - h(x)| at |v| = ``step`` (1 % of |x|) per length, for the first singular
    vector, and the mean over the random nudges of each kind and over the eigenfaces; ``heard_low``, ``heard_high``
    (kind,) their least and greatest; ``heard_isotropic``, ``heard_same_spectrum`` (draw,) one by one,
    ``heard_histogram`` (kind, bin) with ``heard_edges``; ``heard_ratio`` of the first and the isotropic ones.
    ``radius`` mean frequency of the singular vectors, ``radius_noise`` that of white noise.  Pictures (channel, row,
    column) in units of x_t: ``x``, ``loudest``, ``random_nudge``, ``smooth_nudge``; ``shown`` is x_t decoded.
    """
    import torch

    from tapehead.analysis.diffusion.pullback import spectrum
    from tapehead.analysis.diffusion.pullback.jacobian import bottleneck, jacobian_at
    from tapehead.analysis.diffusion.pullback.svd import local_basis

    x = points(model, "sampled", (t,), 1, seed)[0, 0]
    shape = model.shape
    jacobian = jacobian_at(model, x, t, prompt or None)
    basis = local_basis(jacobian, k, seed=seed)
    radius = float(spectrum.mean_radius(basis.v.cpu(), shape).mean())
    # One at a time: orthogonal sets would not be independent draws.
    plain = torch.cat([controls.isotropic(shape, 1, seed + i) for i in range(draws)])
    smooth = torch.cat([controls.low_pass(shape, 1, radius, seed + 1000 + i) for i in range(draws)])
    alike = torch.cat([controls.same_spectrum(basis.v, shape, seed + 2000 + i)[:1] for i in range(draws)])
    faces = controls.eigenfaces(model, k, seed + 1).vectors

    def loud(operator: Any, rows: Tensor) -> np.ndarray:
        return np.asarray(operator.apply(rows).norm(dim=1).cpu().numpy())

    quiet, soft, same, ghost = (loud(jacobian, rows) for rows in (plain, smooth, alike, faces))
    shuffled = jacobian_at(random_network(model, seed + 1), x, t, prompt or None)
    other = random_basis(shuffled, k, seed)
    other_quiet = loud(shuffled, plain).mean()
    step = 0.01 * float(x.norm())
    here = bottleneck(model, x[None], t, prompt or None)

    def measured(rows: Tensor) -> np.ndarray:
        """|h(x + v) - h(x)| per length of nudges of a length that can be made."""
        there = bottleneck(model, x + step * rows.reshape(-1, *shape).to(x.device), t, prompt or None)
        return np.asarray(((there - here).norm(dim=1) / step).cpu().numpy())

    heard = [measured(rows) for rows in (basis.v[:1].cpu(), smooth, plain, alike, faces)]
    heard_kinds = {"kind": ("loudest", "low-pass", "isotropic", "same spectrum", "eigenface")}
    heard_edges = np.linspace(0, 1.05 * float(heard[0][0]), bins + 1)
    sigma = basis.sigma.cpu().numpy()
    edges = np.linspace(0, 1.05 * float(sigma[0]), bins + 1)
    kinds = {"kind": ("isotropic", "low-pass", "same spectrum")}
    return Result(
        {
            "sigma": quantity(sigma, "direction"),
            "isotropic": quantity(quiet, "draw"),
            "low_pass": quantity(soft, "draw"),
            "same_spectrum": quantity(same, "draw"),
            "eigenface": quantity(ghost, "direction"),
            "isotropic_mean": quantity(quiet.mean()),
            "low_pass_mean": quantity(soft.mean()),
            "same_spectrum_mean": quantity(same.mean()),
            "ratio": quantity(sigma[0] / quiet.mean()),
            "ratio_same_spectrum": quantity(sigma[0] / same.mean()),
            "ratio_low_pass": quantity(sigma[0] / soft.mean()),
            "ratio_eigenface": quantity(sigma[0] / ghost.max()),
            "eigenface_loudest": quantity(ghost.max()),
            "eigenface_part": quantity(100 * ghost.max() / sigma[0], unit="%"),
            "histogram": quantity(
                np.stack([np.histogram(row, edges)[0] for row in (quiet, soft, same)]), "kind", "bin", labels=kinds
            ),
            "edges": quantity(edges, "edge"),
            "network_sigma": quantity(other.sigma.cpu().numpy(), "direction"),
            "network_isotropic_mean": quantity(other_quiet),
            "network_ratio": quantity(float(other.sigma[0]) / other_quiet),
            "heard": quantity(np.array([row.mean() for row in heard]), "kind", labels=heard_kinds),
            "heard_low": quantity(np.array([row.min() for row in heard]), "kind", labels=heard_kinds),
            "heard_high": quantity(np.array([row.max() for row in heard]), "kind", labels=heard_kinds),
            "heard_isotropic": quantity(heard[2], "draw"),
            "heard_same_spectrum": quantity(heard[3], "draw"),
            "heard_histogram": quantity(
                np.stack([np.histogram(row, heard_edges)[0] for row in (heard[2], heard[1], heard[3])]),
                "kind",
                "bin",
                labels=kinds,
            ),
            "heard_edges": quantity(heard_edges, "edge"),
            "heard_ratio": quantity(heard[0].mean() / heard[2].mean()),
            "step": quantity(step),
            "x": quantity(x.cpu().numpy(), *PICTURE),
            "shown": quantity(model.show(x[None])[0].cpu().numpy(), *PICTURE),
            "loudest": quantity(basis.v[0].cpu().reshape(shape).numpy(), *PICTURE),
            "random_nudge": quantity(plain[0].reshape(shape).numpy(), *PICTURE),
            "smooth_nudge": quantity(smooth[0].reshape(shape).numpy(), *PICTURE),
            "radius": quantity(radius, unit="cycles"),
            "radius_noise": quantity(float(spectrum.mean_radius(plain, shape).mean()), unit="cycles"),
            "t": quantity(t),
            "draws": quantity(draws),
            "dimensions": quantity(int(np.prod(shape))),
            "h_dimensions": quantity(jacobian.rows),
        },
        model=model.name,
        facts={"source": "sampled", "layer": "mid", "prompt": prompt},
    )


@analysis("diffusion.circle", version=1, libraries=LIBRARIES)
def circle(
    model: DiffusionModel,
    t: int = 700,
    prompt: str = "",
    around: int = 72,
    side: int = 41,
    reach: float = 1.5,
    sizes: Sequence[float] = (0.01, 0.1, 0.3),
    *,
    seed: int,
) -> Result:
    """The circle of nudges that becomes an ellipse, and the ellipse drawn back: the ruler of the pullback metric.

    At one sampled point, in the plane of v_1 and v_2.  Quantities: ``circle`` (angle, axis) the nudges; ``ellipse``
    (angle, axis) their images J v in coordinates (u_1, u_2), ``outside`` (angle,) length of J v outside that plane
    (0 but for the solver's residual); ``true`` (size, angle, axis) and ``true_outside`` (size, angle) the same of the
    network itself, (h(x + s v) - h(x)) / s for s = ``sizes`` of |x|, ``bent`` (size,) mean distance of ``true`` and its
    part outside from the ellipse as a share of its mean radius; ``length`` (angle,) |J v| of unit nudges;
    ``ruler`` (angle, axis) nudges that are all noticed as much as v_1: |J v| = sigma_1; ``metric`` (row, column)
    vᵀJᵀJv on the grid ``grid`` (place,) x ``grid``; ``sigma`` (direction,) of two.  Controls: ``random_length``
    (angle,) and ``random_sigma`` the same in a random plane, ``smooth_length``, ``smooth_sigma`` in a low-pass one;
    ``network_sigma`` (direction,) of the network with random weights.
    """
    import torch

    from tapehead.analysis.diffusion.pullback import spectrum
    from tapehead.analysis.diffusion.pullback.jacobian import bottleneck, jacobian_at
    from tapehead.analysis.diffusion.pullback.svd import local_basis

    x = points(model, "sampled", (t,), 1, seed)[0, 0]
    shape = model.shape
    jacobian = jacobian_at(model, x, t, prompt or None)
    basis = local_basis(jacobian, 2, seed=seed)
    v, u = basis.v.float().cpu(), basis.u.float().cpu()
    angle = torch.arange(around) * (2 * torch.pi / around)
    round_ = torch.stack([angle.cos(), angle.sin()], 1)
    # J is linear: products with v_1 and v_2 give every nudge of the plane, exactly.
    images = jacobian.apply(v).cpu()
    pushed = round_ @ images
    inside = pushed @ u.T
    outside = (pushed - inside @ u).norm(dim=1)
    length = pushed.norm(dim=1)
    lines = torch.linspace(-reach, reach, side)
    places = torch.cartesian_prod(lines, lines)
    metric = (places @ images).square().sum(1).reshape(side, side)
    here = bottleneck(model, x[None], t, prompt or None).cpu()
    true, true_outside, bent = [], [], []
    for size in sizes:
        step = size * float(x.norm())
        moved = (x.cpu().flatten() + step * (round_ @ v)).reshape(-1, *shape).to(x.device)
        change = (bottleneck(model, moved, t, prompt or None).cpu() - here) / step
        flat = change @ u.T
        true.append(flat)
        true_outside.append((change - flat @ u).norm(dim=1))
        bent.append(float((change - pushed).norm(dim=1).mean() / length.mean()))
    radius = float(spectrum.mean_radius(v, shape).mean())
    planes = {
        "random": controls.isotropic(shape, 2, seed + 2),
        "smooth": controls.low_pass(shape, 2, radius, seed + 2),
    }
    other = {name: jacobian.apply(plane).cpu() for name, plane in planes.items()}
    network = random_basis(jacobian_at(random_network(model, seed + 1), x, t, prompt or None), 2, seed)
    quantities = {
        "angle": quantity(angle.numpy(), "angle", unit="rad"),
        "circle": quantity(round_.numpy(), "angle", "axis"),
        "ellipse": quantity(inside.numpy(), "angle", "axis"),
        "outside": quantity(outside.numpy(), "angle"),
        "true": quantity(torch.stack(true).numpy(), "size", "angle", "axis"),
        "true_outside": quantity(torch.stack(true_outside).numpy(), "size", "angle"),
        "bent": quantity(100 * np.array(bent), "size", unit="%"),
        "sizes": quantity(100 * np.array(sizes), "size", unit="%"),
        "length": quantity(length.numpy(), "angle"),
        "ruler": quantity((round_ * float(basis.sigma[0]) / length.unsqueeze(1)).numpy(), "angle", "axis"),
        "metric": quantity(metric.numpy(), "row", "column"),
        "grid": quantity(lines.numpy(), "place"),
        "sigma": quantity(basis.sigma.cpu().numpy(), "direction"),
        "ratio": quantity(float(basis.sigma[0] / basis.sigma[1])),
        "network_sigma": quantity(network.sigma.cpu().numpy(), "direction"),
        "direction": quantity(v.reshape(-1, *shape).numpy(), "direction", *PICTURE),
        "t": quantity(t),
        "dimensions": quantity(int(np.prod(shape))),
    }
    for name, rows in other.items():
        quantities[f"{name}_length"] = quantity((round_ @ rows).norm(dim=1).numpy(), "angle")
        quantities[f"{name}_sigma"] = quantity(torch.linalg.svdvals(rows.double()).numpy(), "direction")
    return Result(quantities, model=model.name, facts={"source": "sampled", "layer": "mid", "prompt": prompt})


STUDIES: tuple[Callable[..., Result], ...] = (portraits, denoising, ghosts, nudges, circle)
"""Everything here that an episode may declare."""
