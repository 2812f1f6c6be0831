"""The torch back-end: the plan as operators over batches of frames, for CUDA (and, to compare, the processor).

Float32 throughout, TF32 off; the noise is the same 32-bit integers as everywhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from tapehead.analysis.errors import MissingPartError
from tapehead.render.tape.events import Events
from tapehead.render.tape.filters import Taps, places_going_on
from tapehead.render.tape.noise import MULTIPLY_1, MULTIPLY_2, steps
from tapehead.render.tape.noise import mix as mix_words
from tapehead.render.tape.plan import FRACTAL_CELLS, SPARK_LEVEL, STREAK_LEVEL, WHITE, Pass, Plan
from tapehead.render.tape.resample import Table
from tapehead.render.tape.timing import EDGE, MARGIN, TAPS

Frame = NDArray[np.uint8]
Tensor = torch.Tensor
Planes = tuple[Tensor, Tensor, Tensor]


def device_named(name: str) -> torch.device:
    """``cpu`` or ``cuda``.

    Raises:
        MissingPartError: there is no card that torch can use.
    """
    if name == "cuda" and not torch.cuda.is_available():
        raise MissingPartError("tape back-end torch-cuda: torch finds no CUDA card here; use numba, the default")
    return torch.device(name)


def treat_on(name: str, plan: Plan, frame: Frame) -> Frame:
    """One frame on a device and back."""
    device = device_named(name)
    made = treat([plan], torch.from_numpy(np.ascontiguousarray(frame)).to(device)[None])
    return made[0].cpu().numpy()


def treat(plans: Sequence[Plan], frames: Tensor) -> Tensor:
    """A batch of frames ``(frames, height, width, 3)`` of uint8 that stays on its device.

    All plans are of one tape and one size; they may be of any frames and seeds.
    """
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    with torch.inference_mode():
        planes = raster(plans[0], frames)
        if plans[0].fixed.composite is not None:
            planes = composite(plans, planes)
        for number in range(len(plans[0].passes)):
            planes = record_and_play(plans, [plan.passes[number] for plan in plans], planes)
        return picture(plans, write_over(plans, planes))


def _float(values: Any, device: torch.device) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(values, np.float32)).to(device, non_blocking=True)


def _index(values: Any, device: torch.device) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(values, np.int64)).to(device, non_blocking=True)


def _per_line(arrays: list[Any], device: torch.device) -> Tensor:
    """``(frames, lines, 1)``."""
    return _float(np.stack(arrays), device)[..., None]


# -- between pixels and the raster --------------------------------------------------------------------


def _resampled(made: Table, values: Tensor, axis: int) -> Tensor:
    weight = _float(made.weight, values.device)
    start = _index(made.start, values.device)
    shape = [1] * values.dim()
    shape[axis] = -1
    total = weight[:, 0].reshape(shape) * values.index_select(axis, start)
    for k in range(1, made.taps):
        total = total + weight[:, k].reshape(shape) * values.index_select(axis, start + k)
    return total


def raster(plan: Plan, frames: Tensor) -> Planes:
    """Pixels to samples, R'G'B' to luma and colour differences; planes are ``(frames, lines, width)``."""
    samples = _resampled(plan.fixed.rows_in, frames.to(torch.float32), 1)
    samples = _resampled(plan.fixed.columns_in, samples, 2)
    return _turned(samples.unbind(-1), plan.fixed.system.forward)


def _turned(planes: Sequence[Tensor], matrix: NDArray[Any]) -> Planes:
    one, two, three = (float(row[0]) * planes[0] + float(row[1]) * planes[1] + float(row[2]) * planes[2]
                       for row in matrix)  # fmt: skip
    return one, two, three


def picture(plans: Sequence[Plan], planes: Planes) -> Tensor:
    """Samples to pixels, rounded and held between 0 and 255."""
    fixed = plans[0].fixed
    rgb = torch.stack(_turned(planes, fixed.system.backward), -1)
    wide = _resampled(fixed.columns_out, rgb, 2)
    wide = torch.cat([wide, torch.zeros_like(wide[:, :1])], 1)
    shown = []
    for number, plan in enumerate(plans):
        rows, weight = _index(plan.rows_index, wide.device), _float(plan.rows_weight, wide.device)
        total = weight[:, 0, None, None] * wide[number].index_select(0, rows[:, 0])
        for k in range(1, rows.shape[1]):
            total += weight[:, k, None, None] * wide[number].index_select(0, rows[:, k])
        shown.append(total)
    return torch.stack(shown).clamp_(0, 255).add_(0.5).floor_().to(torch.uint8)


# -- noise --------------------------------------------------------------------------------------------


def _signed(word: int) -> int:
    return word - (1 << 32) if word >= 1 << 31 else word


def _shifted(words: Tensor, bits: int) -> Tensor:
    """Logical shift to the right of 32-bit words kept in signed integers."""
    return (words >> bits) & ((1 << (32 - bits)) - 1)


def mix(words: Tensor) -> Tensor:
    """:func:`tapehead.render.tape.noise.mix`."""
    words = (words ^ _shifted(words, 16)) * _signed(MULTIPLY_1)
    words = (words ^ _shifted(words, 15)) * _signed(MULTIPLY_2)
    return words ^ _shifted(words, 16)


def along(keys: list[Any], width: int, device: torch.device, beside: int = 0) -> Tensor:
    """A word for each sample, ``(frames, lines, width + 2 * beside)`` of int32."""
    places = steps(width, beside).view(np.int32)
    lines = torch.from_numpy(np.stack(keys).view(np.int32)).to(device)
    return mix(lines[..., None] ^ torch.from_numpy(places).to(device))


def bell(words: Tensor) -> Tensor:
    """:func:`tapehead.render.tape.noise.bell`, int32."""
    total = words & 255
    for bits in (8, 16, 24):
        total = total + ((words >> bits) & 255)
    return total - 510


def pair(words: Tensor) -> tuple[Tensor, Tensor]:
    """:func:`tapehead.render.tape.noise.pair`, int32."""
    a, b, c, d = ((words >> bits) & 255 for bits in (0, 8, 16, 24))
    return a + b - 255, c + d - 255


# -- the signal ---------------------------------------------------------------------------------------


def _beside(taps: Taps, values: Tensor) -> Tensor:
    """Lines with what a filter reads on both sides of them: there, their edges go on."""
    frames, lines, width = values.shape
    flat = values.reshape(frames * lines, 1, width)
    return torch.nn.functional.pad(flat, (taps.reach, taps.reach), mode="replicate").reshape(frames, lines, -1)


def _going_on(taps: Taps, wire: Tensor) -> Tensor:
    """Lines of a carrier with what a filter reads on both sides of them: see the reference."""
    return wire.index_select(2, _index(places_going_on(wire.shape[2], taps.reach), wire.device))


def filtered(taps: Taps, values: Tensor) -> Tensor:
    """Each line through a filter; beside the picture its edges go on."""
    return _filtered_inside(taps, _beside(taps, values))


def _filtered_inside(taps: Taps, wide: Tensor) -> Tensor:
    """The lines without what is beside them, through a filter."""
    frames, lines, wider = wide.shape
    padded, width = wide.reshape(frames * lines, 1, wider), wider - 2 * taps.reach
    kernel = _float(taps.taps[::-1], wide.device)[None, None]
    first = taps.reach + taps.origin - (len(taps.taps) - 1)
    made = torch.nn.functional.conv1d(padded[..., first : first + width + len(taps.taps) - 1], kernel)
    return made.reshape(frames, lines, width)


def composite(plans: Sequence[Plan], planes: Planes) -> Planes:
    """Colour onto the subcarrier and back."""
    y, i, q = planes
    path, device, width = plans[0].fixed.composite, y.device, y.shape[2]
    assert path is not None
    quarter = np.stack([plan.carrier for plan in plans])[..., None] + np.arange(width)
    cosine = _float(np.array([1, 0, -1, 0])[quarter % 4], device)
    sine = _float(np.array([0, 1, 0, -1])[quarter % 4], device) * _per_line([p.alternate for p in plans], device)
    wire = y + cosine * filtered(path.wide, i) + sine * filtered(path.narrow, q)
    rows = np.arange(y.shape[1])
    reach = plans[0].now.step * plans[0].fixed.system.comb
    before = _index(np.where(rows >= reach, rows - reach, rows + reach), device)
    after = _index(np.where(rows + reach < len(rows), rows + reach, rows - reach), device)
    earlier, here, later = path.weights
    mixed = here * wire
    if earlier or later:
        mixed = mixed + earlier * wire.index_select(1, before) + later * wire.index_select(1, after)
    colour = _filtered_inside(path.bandpass, _going_on(path.bandpass, mixed))
    return wire - colour, 2 * colour * cosine, 2 * colour * sine


def _low_noise(passes: list[Pass], width: int, device: torch.device) -> Tensor:
    total: Any = 0.0
    place = torch.arange(width, device=device)
    for number, cell in enumerate(FRACTAL_CELLS):
        keys = [mix_words(p.fractal_key + np.uint32(number)) for p in passes]
        points = bell(along(keys, width // cell + 2, device)).to(torch.float32)
        left, part = place // cell, (place % cell).to(torch.float32) / cell
        total = total + points[..., left] * (1 - part) + points[..., left + 1] * part
    return total


def record_and_play(plans: Sequence[Plan], passes: list[Pass], planes: Planes) -> Planes:
    """One generation of all frames."""
    y, i, q = planes
    device, (_frames, lines, width) = y.device, y.shape
    p, step = passes[0], plans[0].now.step
    grain = bell(along([x.luma_key for x in passes], width, device, p.luma.reach)).to(torch.float32)
    base = p.noise_black + _per_line([x.band_noise for x in passes], device)
    wide = _beside(p.luma, y)
    noisy = wide + (base + p.noise_slope * wide.clamp(0, WHITE)) * grain
    if p.fractal:
        noisy = noisy + _beside(p.luma, p.fractal * _low_noise(passes, width, device))
    y = _filtered_inside(p.luma, noisy)
    noise_i, noise_q = pair(along([x.chroma_key for x in passes], width, device, p.chroma.reach))
    one = _filtered_inside(p.chroma, _going_on(p.chroma, i) + p.chroma_noise * noise_i)
    two = _filtered_inside(p.chroma, _going_on(p.chroma, q) + p.chroma_noise * noise_q)
    c, s = (_per_line([getattr(x, name) for x in passes], device) for name in ("turn_cos", "turn_sin"))
    i, q = c * one - s * two, s * one + c * two
    y = _sparkled(passes, y)
    rows = np.arange(lines)
    late = _before(rows, step, p.delay_lines)
    now = _index(late, device)
    if p.comb:
        earlier = _index(_before(late, step, 1), device)
        i, q = ((x.index_select(1, now) + x.index_select(1, earlier)) * 0.5 for x in (i, q))
    else:
        i, q = i.index_select(1, now), q.index_select(1, now)
    y, i, q = _dropped(passes, step, (y, i, q))
    index, weight = _moves(passes, width, device)
    return _moved(y, index, weight), _moved(i, index, weight), _moved(q, index, weight)


def _before(rows: NDArray[Any], step: int, back: int) -> NDArray[Any]:
    earlier = rows - step * back
    return np.where(earlier >= 0, earlier, rows % step)


def _samples(events: list[Events], size: float, width: int, lines: int) -> tuple[Any, Any, Any, Any]:
    """Every sample that an event covers: flat place, line, how far into the event, and the event's own values."""
    found: list[Any] = [[], [], [], []]
    for number, listed in enumerate(events):
        count = np.minimum(width - listed.place, (size * listed.length).astype(np.int64) + 1)
        each = np.repeat(np.arange(len(count)), count)
        into = np.arange(len(each)) - np.repeat(np.cumsum(count) - count, count)
        line = listed.line[each]
        found[0].append((number * lines + line) * width + listed.place[each] + into)
        found[1].append(line)
        found[2].append(into / listed.length[each])
        found[3].append(listed.strength[each])
    place, line, into, strength = (np.concatenate(part) for part in found)
    return place, line, into, strength


def _sparkled(passes: list[Pass], y: Tensor) -> Tensor:
    _, lines, width = y.shape
    place, _line, into, strength = _samples([p.sparks for p in passes], 3.0, width, lines)
    if len(place):
        y.reshape(-1).index_add_(0, _index(place, y.device), _float(SPARK_LEVEL * strength * np.exp(-into), y.device))
    return y


def _dropped(passes: list[Pass], step: int, planes: Planes) -> Planes:
    _, lines, width = planes[0].shape
    place, line, into, strength = _samples([p.drops for p in passes], 1.0, width, lines)
    if not len(place):
        return planes
    device = planes[0].device
    here = _index(place, device)
    if passes[0].doc:
        there = _index(place + (_before(line, step, 1) - line) * width, device)
        made = [plane.clone() for plane in planes]
        for new, old in zip(made, planes, strict=True):
            new.reshape(-1)[here] = old.reshape(-1)[there]
        return made[0], made[1], made[2]
    y, i, q = (plane.contiguous() for plane in planes)
    fall = STREAK_LEVEL * (0.45 + 0.55 * strength) * np.exp(-2 * into)
    y.reshape(-1).index_add_(0, here, _float(fall, device))
    # A place that two dropouts cover fades twice.
    fade = torch.zeros(y.numel(), device=device).index_add_(0, here, torch.ones(len(place), device=device))
    gain = torch.pow(0.3, fade).reshape(y.shape)
    return y, i * gain, q * gain


def _moves(passes: list[Pass], width: int, device: torch.device) -> tuple[Tensor, Tensor]:
    place = torch.arange(width, device=device)
    base = _index(np.stack([p.shifts.base for p in passes]), device)
    turn = _index(np.stack([p.shifts.turn for p in passes]), device)
    second = place[None, None, :] >= turn[..., None]
    index = MARGIN + place + torch.where(second, base[..., 1:2], base[..., 0:1]) - 2
    taps = _float(np.stack([p.shifts.weight for p in passes]), device)
    weight = torch.where(second[..., None], taps[:, :, None, 1], taps[:, :, None, 0])
    return index, weight


def _moved(plane: Tensor, index: Tensor, weight: Tensor) -> Tensor:
    frames, lines, width = plane.shape
    flat = plane.reshape(frames * lines, 1, width)
    padded = torch.nn.functional.pad(flat, (EDGE, EDGE), mode="replicate")
    padded = torch.nn.functional.pad(padded, (MARGIN - EDGE, MARGIN - EDGE)).reshape(frames, lines, -1)
    total = weight[..., 0] * padded.gather(2, index)
    for k in range(1, TAPS):
        total = total + weight[..., k] * padded.gather(2, index + k)
    return total


def write_over(plans: Sequence[Plan], planes: Planes) -> Planes:
    """The recorder's text."""
    if not any(plan.overlays for plan in plans):
        return planes
    y, i, q = (plane.clone() for plane in planes)
    for number, plan in enumerate(plans):
        for over in plan.overlays:
            rows = slice(over.top, over.top + over.cover.shape[0])
            columns = slice(over.left, over.left + over.cover.shape[1])
            cover, level = _float(over.cover, y.device), _float(over.level, y.device)
            y[number, rows, columns] += cover * (level - y[number, rows, columns])
            i[number, rows, columns] *= 1 - cover
            q[number, rows, columns] *= 1 - cover
    return y, i, q
