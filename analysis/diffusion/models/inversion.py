"""From picture to noise and back: deterministic DDIM between any two times, for every kind of prediction.

With a_t = ``alphas_cumprod[t]``, a step predicts the clean x0 and the noise, and puts them together anew:
x_s = sqrt(a_s) x0 + sqrt(1 - a_s) eps.  Down in t this samples (eta 0); up in t it inverts.  As in the published
procedure there is one evaluation per step, at the time the step leaves, so a round trip comes back up to an error
that falls with the number of steps.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tapehead.analysis.diffusion.models.model import LEAST_SIGNAL, DiffusionModel
from tapehead.analysis.errors import UsageError

Prompt = str | Sequence[str] | None
"""One caption for all rows, one per row, or none (the empty caption of a model that takes captions)."""
Hook = Callable[[Any], Any]
"""Changes x (n, C, H, W) on its way; the time at which it is called is its key."""


def last_time(model: DiffusionModel) -> int:
    """The noisiest time: T - 1, or the last one that still has a signal, where the schedule ends in pure noise."""
    levels = model.scheduler.alphas_cumprod
    last = int(model.scheduler.config.num_train_timesteps) - 1
    while last > 0 and float(levels[last]) < LEAST_SIGNAL**2:
        last -= 1
    return last


def check_time(model: DiffusionModel, t: int) -> int:
    """``t`` as it is.

    Raises:
        UsageError: the schedule has no such time.
    """
    if not 0 <= t <= last_time(model):
        raise UsageError(f"the noise of '{model.name}' has the times 0 to {last_time(model)}; asked for {t}")
    return t


def signal_and_noise(model: DiffusionModel, t: int) -> tuple[float, float]:
    """sqrt(a_t) and sqrt(1 - a_t): how much of x_t is picture and how much is noise."""
    kept = float(model.scheduler.alphas_cumprod[check_time(model, t)])
    return kept**0.5, (1 - kept) ** 0.5


def states_of(model: DiffusionModel, prompt: Prompt, rows: int) -> Any:
    """Text states (rows, tokens, width), or ``None`` for a model without captions.

    Raises:
        UsageError: captions for a model that takes none, too long ones, or not one per row.
    """
    prompts = [prompt or ""] * rows if prompt is None or isinstance(prompt, str) else list(prompt)
    if len(prompts) != rows:
        raise UsageError(f"{rows} noisy pictures take {rows} captions; there are {len(prompts)}")
    if len(set(prompts)) == 1:
        states = model.read(prompts[:1])
        return None if states is None else states.expand(rows, *states.shape[1:])
    return model.read(prompts)


def output(model: DiffusionModel, x: Any, t: int, states: Any) -> Any:
    """What the U-Net says (n, C, H, W), in whatever it predicts."""
    return model.called(model.unet, x, t, states)


def predicts(model: DiffusionModel) -> str:
    """``epsilon`` (schedulers of old say nothing), ``v_prediction`` or ``sample``."""
    return str(getattr(model.scheduler.config, "prediction_type", "epsilon"))


def as_noise(model: DiffusionModel, said: Any, x: Any, t: int) -> Any:
    """The noise in x that the U-Net's output ``said`` stands for.

    Raises:
        UsageError: the model predicts something else than noise, v or the clean picture.
    """
    signal, noise = signal_and_noise(model, t)
    kind = predicts(model)
    if kind == "epsilon":
        return said
    if kind == "v_prediction":
        return signal * said + noise * x
    if kind == "sample":
        return (x - signal * said) / noise
    raise UsageError(f"'{model.name}' predicts '{kind}'; known are epsilon, v_prediction and sample")


def predicted_noise(model: DiffusionModel, x: Any, t: int, prompt: Prompt = None, guidance: float = 1.0) -> Any:
    """eps (n, C, H, W) in x_t, with classifier-free guidance eps_0 + w (eps_caption - eps_0).

    Args:
        model: any diffusion model.
        x: noisy pictures (n, C, H, W).
        t: their time.
        prompt: caption(s).
        guidance: w; 1 is none.
    """
    states = states_of(model, prompt, len(x))
    plain = states_of(model, None, len(x)) if states is not None and guidance != 1 else None
    return _guided(model, x, t, states, plain, guidance)


def _guided(model: DiffusionModel, x: Any, t: int, states: Any, plain: Any, guidance: float) -> Any:
    """eps (n, C, H, W) in x_t from text states; ``plain`` are those of the empty caption, ``None`` without guidance."""
    named = as_noise(model, output(model, x, t, states), x, t)
    if plain is None:
        return named
    empty = as_noise(model, output(model, x, t, plain), x, t)
    return empty + guidance * (named - empty)


def clean(model: DiffusionModel, x: Any, t: int, eps: Any) -> Any:
    """The x0 that x_t and its noise stand for."""
    signal, noise = signal_and_noise(model, t)
    return (x - noise * eps) / signal


def noisy(model: DiffusionModel, x0: Any, t: int, eps: Any) -> Any:
    """x_t of a clean x0 and noise."""
    signal, noise = signal_and_noise(model, t)
    return signal * x0 + noise * eps


def times_between(model: DiffusionModel, start: int, stop: int, steps: int, through: Sequence[int] = ()) -> list[int]:
    """Times from ``start`` to ``stop``, evenly, with those of ``through`` that lie between them.

    Args:
        model: whose schedule it is.
        start: first time.
        stop: last time; below or above ``start``.
        steps: steps between them; fewer are given if there are fewer whole times.
        through: times that must be met exactly, where something is to be changed or looked at.

    Raises:
        UsageError: no steps, or times that are not there.
    """
    if steps < 1:
        raise UsageError(f"a way from time {start} to {stop} takes at least one step; asked for {steps}")
    check_time(model, start), check_time(model, stop)
    low, high = min(start, stop), max(start, stop)
    even = {round(start + (stop - start) * i / steps) for i in range(steps + 1)}
    return sorted(even | {t for t in through if low <= t <= high}, reverse=stop < start)


def travel(
    model: DiffusionModel,
    x: Any,
    times: Sequence[int],
    prompt: Prompt = None,
    guidance: float = 1.0,
    hooks: Mapping[int, Hook] | None = None,
    seen: Callable[[int, Any], None] | None = None,
    block: int = 64,
) -> Any:
    """Carry noisy pictures along ``times``, down (sampling) or up (inversion).

    Args:
        model: any diffusion model.
        x: (n, C, H, W) at ``times[0]``.
        times: at least one time; x is given back at the last of them.
        prompt: caption(s), for guidance too.
        guidance: classifier-free weight.
        hooks: time -> function that changes x there, before the step away from it (and at the end).
        seen: told every time and x there, after the hook; called once for each block of rows.
        block: rows at a time.

    Raises:
        UsageError: no times, a hook at a time that the way does not meet, or a hook that changes the shape.
    """
    import torch

    hooks = hooks or {}
    if not times:
        raise UsageError("a way through the noise needs at least one time")
    if missed := sorted(set(hooks) - set(times)):
        raise UsageError(f"x is to be changed at time {missed[0]}, which is not among the times of the way")
    prompts = [prompt] * len(x) if prompt is None or isinstance(prompt, str) else list(prompt)
    if len(prompts) != len(x):
        raise UsageError(f"{len(x)} noisy pictures take {len(x)} captions; there are {len(prompts)}")
    arrived = []
    with torch.no_grad():
        for at in range(0, len(x), block):
            part = x[at : at + block]
            # Words are read once for all steps.
            states = states_of(model, [p or "" for p in prompts[at : at + block]], len(part))
            plain = states_of(model, None, len(part)) if states is not None and guidance != 1 else None
            for i, t in enumerate(times):
                if t in hooks:
                    shape = part.shape
                    part = hooks[t](part)
                    if part.shape != shape:
                        raise UsageError(f"the change at time {t} made {tuple(part.shape)} of {tuple(shape)}")
                if seen is not None:
                    seen(t, part)
                if i + 1 < len(times):
                    eps = _guided(model, part, t, states, plain, guidance)
                    part = noisy(model, clean(model, part, t, eps), times[i + 1], eps)
            arrived.append(part)
    return torch.cat(arrived)


def denoise(
    model: DiffusionModel,
    x: Any,
    start: int,
    stop: int = 0,
    steps: int = 30,
    prompt: Prompt = None,
    guidance: float = 1.0,
    hooks: Mapping[int, Hook] | None = None,
    block: int = 64,
) -> Any:
    """x at ``stop`` of x at ``start`` >= ``stop``, in ``steps`` DDIM steps that meet the hooks' times exactly."""
    if start < stop:
        raise UsageError(f"denoising goes down in time; asked to go from {start} to {stop}")
    times = times_between(model, start, stop, steps, tuple(hooks or ()))
    return travel(model, x, times, prompt, guidance, hooks, block=block)


def invert(
    model: DiffusionModel,
    x0: Any,
    stop: int,
    steps: int = 30,
    prompt: Prompt = None,
    guidance: float = 1.0,
    block: int = 64,
) -> Any:
    """The x at time ``stop`` from which denoising leads to ``x0`` (n, C, H, W), nearly."""
    return travel(model, x0, times_between(model, 0, stop, steps), prompt, guidance, block=block)


def pictures(
    model: DiffusionModel,
    x: Any,
    t: int,
    steps: int = 20,
    prompt: Prompt = None,
    guidance: float = 1.0,
    block: int = 64,
) -> Any:
    """Decoded pictures (n, 3, size, size) in [0, 1], on the CPU, of noisy x_t (n, C, H, W)."""
    import torch

    x0 = denoise(model, x, t, 0, steps, prompt, guidance, block=block)
    return torch.cat([model.show(part).cpu() for part in x0.split(block)])
