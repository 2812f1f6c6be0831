"""The signal chain in plain NumPy and float64: slow, readable, and what the fast back-ends are held against."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tapehead.render.tape.filters import Taps, places_going_on
from tapehead.render.tape.noise import Floats, along, bell, mix, pair
from tapehead.render.tape.plan import FRACTAL_CELLS, SPARK_LEVEL, STREAK_LEVEL, WHITE, Composite, Pass, Plan
from tapehead.render.tape.resample import Table
from tapehead.render.tape.timing import EDGE, MARGIN, TAPS

Frame = NDArray[np.uint8]


class Signal(NamedTuple):
    """Luma and two colour differences on the line raster, each ``(lines, width)``, in levels of 0 to 255."""

    y: Floats
    i: Floats
    q: Floats


def treat(plan: Plan, frame: Frame) -> Frame:
    """The whole chain on one picture."""
    return picture(plan, tape(plan, raster(plan, frame)))


def tape(plan: Plan, signal: Signal) -> Signal:
    """Everything between the raster and the display: composite path, generations, text."""
    if plan.fixed.composite is not None:
        signal = composite(plan, plan.fixed.composite, signal)
    for generation in plan.passes:
        signal = record_and_play(plan, generation, signal)
    return write_over(plan, signal)


# -- between pixels and the raster --------------------------------------------------------------------


def _resampled(made: Table, values: Floats) -> Floats:
    """Along the first axis."""
    places = made.start[:, None] + np.arange(made.taps)
    return np.asarray(np.einsum("ok,ok...->o...", made.weight, values[places]))


def raster(plan: Plan, frame: Frame) -> Signal:
    """Pixels to samples and R'G'B' to luma and colour differences."""
    samples = _resampled(plan.fixed.rows_in, frame.astype(np.float64))
    samples = _resampled(plan.fixed.columns_in, samples.transpose(1, 0, 2)).transpose(1, 0, 2)
    ycc = samples @ plan.fixed.system.forward.T
    return Signal(ycc[..., 0], ycc[..., 1], ycc[..., 2])


def picture(plan: Plan, signal: Signal) -> Frame:
    """Samples to pixels, rounded and held between 0 and 255."""
    rgb = np.stack(signal, axis=-1) @ plan.fixed.system.backward.T
    wide = _resampled(plan.fixed.columns_out, rgb.transpose(1, 0, 2)).transpose(1, 0, 2)
    wide = np.concatenate([wide, np.zeros((1, *wide.shape[1:]))])
    shown = np.einsum("hk,hk...->h...", plan.rows_weight, wide[plan.rows_index])
    return np.floor(np.clip(shown, 0, 255) + 0.5).astype(np.uint8)


# -- the signal ---------------------------------------------------------------------------------------


def beside(taps: Taps, values: Floats) -> Floats:
    """Lines with what a filter reads on both sides of them: there, their edges go on."""
    return np.pad(values, ((0, 0), (taps.reach, taps.reach)), mode="edge")


def going_on(taps: Taps, wire: Floats) -> Floats:
    """Lines of a composite signal, or of colour just taken from one, with what a filter reads on both sides of them:
    there, their last colours go on.

    Such a line is a carrier; one sample of it that stood still would be a colour of its own.
    """
    return wire[:, places_going_on(wire.shape[1], taps.reach)]


def filtered(taps: Taps, values: Floats) -> Floats:
    """Each line through a filter; beside the picture its edges go on."""
    return filtered_inside(taps, beside(taps, values))


def filtered_inside(taps: Taps, padded: Floats) -> Floats:
    """The lines without what is :func:`beside` them, through a filter."""
    width = padded.shape[1] - 2 * taps.reach
    out = np.zeros((padded.shape[0], width))
    for k, tap in enumerate(taps.taps):
        first = taps.reach + taps.origin - k
        out += tap * padded[:, first : first + width]
    return out


def _line_before(plan: Plan, rows: NDArray[np.int64], back: int = 1) -> NDArray[np.int64]:
    """Row of the line ``back`` lines earlier in the same field; the field's first line stands for those before it."""
    step = plan.now.step
    earlier = rows - step * back
    return np.where(earlier >= 0, earlier, rows % step)


def composite(plan: Plan, path: Composite, signal: Signal) -> Signal:
    """Colour onto the subcarrier and back: what leaks is dot crawl in luma and cross-colour in chroma."""
    lines, width = signal.y.shape
    quarter = (plan.carrier[:, None] + np.arange(width)) % 4
    cosine = np.array([1.0, 0.0, -1.0, 0.0])[quarter]
    sine = np.array([0.0, 1.0, 0.0, -1.0])[quarter] * plan.alternate[:, None]
    wire = signal.y + cosine * filtered(path.wide, signal.i) + sine * filtered(path.narrow, signal.q)
    rows = np.arange(lines)
    reach = plan.now.step * plan.fixed.system.comb
    before = np.where(rows >= reach, rows - reach, rows + reach)
    after = np.where(rows + reach < lines, rows + reach, rows - reach)
    earlier, here, later = path.weights
    colour = filtered_inside(
        path.bandpass, going_on(path.bandpass, earlier * wire[before] + here * wire + later * wire[after])
    )
    return Signal(wire - colour, 2 * colour * cosine, 2 * colour * sine)


def low_noise(keys: NDArray[np.uint32], width: int) -> Floats:
    """Low-frequency noise of both scales, in units of the integer noise."""
    total = np.zeros((len(keys), width))
    for number, cell in enumerate(FRACTAL_CELLS):
        points = bell(along(mix(keys + np.uint32(number)), width // cell + 2)).astype(np.float64)
        place = np.arange(width)
        left, part = place // cell, (place % cell) / cell
        total += points[:, left] * (1 - part) + points[:, left + 1] * part
    return total


def record_and_play(plan: Plan, p: Pass, signal: Signal) -> Signal:
    """One generation.

    Noise does not stop at a line's ends: a sample of it that went on there would be a hundred equal ones, of which a
    filter that leaves little of noise leaves all.
    """
    lines, width = signal.y.shape
    wide = beside(p.luma, signal.y)
    grain = bell(along(p.luma_key, width, p.luma.reach))
    y: Floats = wide + (p.noise_black + p.noise_slope * np.clip(wide, 0, WHITE) + p.band_noise[:, None]) * grain
    if p.fractal:
        y = y + beside(p.luma, p.fractal * low_noise(p.fractal_key, width))
    y = filtered_inside(p.luma, y)
    noise_i, noise_q = pair(along(p.chroma_key, width, p.chroma.reach))
    i: Floats = filtered_inside(p.chroma, going_on(p.chroma, signal.i) + p.chroma_noise * noise_i)
    q: Floats = filtered_inside(p.chroma, going_on(p.chroma, signal.q) + p.chroma_noise * noise_q)
    c, s = p.turn_cos[:, None], p.turn_sin[:, None]
    i, q = c * i - s * q, s * i + c * q
    y = sparkled(p, y)
    rows = np.arange(lines)
    late = _line_before(plan, rows, p.delay_lines)
    if p.comb:
        i, q = ((x[late] + x[_line_before(plan, late)]) * 0.5 for x in (i, q))
    else:
        i, q = i[late], q[late]
    y, i, q = dropped(plan, p, Signal(y, i, q))
    return Signal(*(shifted(p, x) for x in (y, i, q)))


def sparkled(p: Pass, y: Floats) -> Floats:
    """Specks: bright at once, gone with a tail."""
    y = y.copy()
    width = y.shape[1]
    events = p.sparks
    for line, place, length, strength in zip(events.line, events.place, events.length, events.strength, strict=True):
        end = min(width, place + int(3 * length) + 1)
        y[line, place:end] += SPARK_LEVEL * strength * np.exp(-np.arange(end - place) / length)
    return y


def dropped(plan: Plan, p: Pass, signal: Signal) -> Signal:
    """Missing signal: the line before in its place, or a bright streak that fades."""
    y, i, q = (x.copy() for x in signal)
    width = y.shape[1]
    before = _line_before(plan, np.arange(y.shape[0]))
    events = p.drops
    for line, place, length, strength in zip(events.line, events.place, events.length, events.strength, strict=True):
        end = min(width, place + int(length) + 1)
        if p.doc:
            for out, source in zip((y, i, q), signal, strict=True):
                out[line, place:end] = source[before[line], place:end]
        else:
            fall = (0.45 + 0.55 * strength) * np.exp(-2 * np.arange(end - place) / length)
            y[line, place:end] += STREAK_LEVEL * fall
            i[line, place:end] *= 0.3
            q[line, place:end] *= 0.3
    return Signal(y, i, q)


def shifted(p: Pass, values: Floats) -> Floats:
    """Every line to its place: its edge for a few samples beside it, then blanking."""
    lines, width = values.shape
    padded = np.zeros((lines, width + 2 * MARGIN))
    padded[:, MARGIN - EDGE : MARGIN + width + EDGE] = np.pad(values, ((0, 0), (EDGE, EDGE)), mode="edge")
    place = np.arange(width)
    part = (place[None, :] >= p.shifts.turn[:, None]).astype(np.int64)
    row = np.arange(lines)[:, None]
    first = MARGIN + place[None, :] + p.shifts.base[row, part] - 2
    out = np.zeros(values.shape)
    for k in range(TAPS):
        out += p.shifts.weight[row, part, k] * padded[row, first + k]
    return out


def write_over(plan: Plan, signal: Signal) -> Signal:
    """The recorder's text, after the tape."""
    y, i, q = (x.copy() for x in signal)
    for over in plan.overlays:
        place = np.s_[over.top : over.top + over.cover.shape[0], over.left : over.left + over.cover.shape[1]]
        y[place] += over.cover * (over.level - y[place])
        i[place] *= 1 - over.cover
        q[place] *= 1 - over.cover
    return Signal(y, i, q)
