"""The compiled back-end: the plan as float32 arrays, and the loops over lines that carry it out."""

from __future__ import annotations

import functools
import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapehead.render.compiled import compiled
from tapehead.render.tape.events import Events
from tapehead.render.tape.filters import Taps
from tapehead.render.tape.kernel_lines import (
    add_ramps,
    bells,
    fir,
    fir_narrow,
    fma,
    gather,
    go_on,
    mixed,
    pairs,
    spread,
)
from tapehead.render.tape.kernel_picture import to_picture, to_raster
from tapehead.render.tape.plan import FRACTAL_CELLS, SPARK_LEVEL, STREAK_LEVEL, WHITE, Fixed, Pass, Plan
from tapehead.render.tape.timing import EDGE, MARGIN

Frame = NDArray[np.uint8]

_F = np.float32
_WHITE, _SPARK, _STREAK = _F(WHITE), _F(SPARK_LEVEL), _F(STREAK_LEVEL)
_CELL_0, _CELL_1 = FRACTAL_CELLS
_ROOM = 256
"""Samples on both sides of a line for filters and shifts; no filter reaches further."""


@functools.lru_cache(maxsize=128)
def _packed(size: int, origin: int, raw: bytes) -> tuple[NDArray[np.float32], int]:
    """Taps in reading order, filled up to a multiple of eight, and the place of the first relative to the sample."""
    taps = np.frombuffer(raw)[::-1]
    filled = np.zeros(-(-size // 8) * 8, np.float32)
    filled[:size] = taps
    first = origin - (size - 1)
    assert first > 8 - _ROOM and first + len(filled) < _ROOM - 8, "a filter reaches beyond the room beside a line"
    return filled, first


@functools.lru_cache(maxsize=128)
def _parted(size: int, origin: int, raw: bytes) -> tuple[NDArray[np.float32], int]:
    """As :func:`_packed`, even taps before odd ones, each filled up to a multiple of eight."""
    taps, first = _packed(size, origin, raw)
    each = -(-len(taps) // 16) * 8
    parted = np.zeros(2 * each, np.float32)
    parted[: len(taps) // 2], parted[each : each + len(taps) // 2] = taps[0::2], taps[1::2]
    return parted, first


def parted(taps: Taps) -> tuple[NDArray[np.float32], int]:
    """Taps as :func:`tapehead.render.tape.kernel_lines.fir_narrow` takes them."""
    return _parted(len(taps.taps), taps.origin, np.ascontiguousarray(taps.taps, np.float64).tobytes())


def packed(taps: Taps) -> tuple[NDArray[np.float32], int]:
    """Taps as :func:`tapehead.render.tape.kernel_lines.fir` takes them."""
    return _packed(len(taps.taps), taps.origin, np.ascontiguousarray(taps.taps, np.float64).tobytes())


def _tables(fixed: Fixed) -> dict[str, Any]:
    forward = fixed.system.forward.astype(np.float32)
    return {
        "rows_in": fixed.rows_in.start,
        "rows_in_w": fixed.rows_in.weight.astype(np.float32),
        "columns_in": fixed.columns_in.start,
        "columns_in_w": fixed.columns_in.weight.astype(np.float32),
        "columns_out": fixed.columns_out.start,
        "columns_out_w": fixed.columns_out.weight.astype(np.float32),
        "forward": forward,
        "backward": fixed.system.backward.astype(np.float32),
    }


_rooms = threading.local()
"""Memory to work in, one piece for each thread: fresh pages for every frame would cost as much as the filters.  Nothing
in it is read before it is written."""


def _room(lines: int, width: int) -> NDArray[np.float32]:
    found = getattr(_rooms, "planes", None)
    if found is None or found.shape[1:] != (lines, width):
        found = _rooms.planes = np.empty((6, lines, width), np.float32)
    return found


def treat(plan: Plan, frame: Frame) -> Frame:
    """The whole chain on one picture."""
    fixed, system = plan.fixed, plan.fixed.system
    tables = _tables(fixed)
    height, width = frame.shape[:2]
    flat = np.ascontiguousarray(frame).reshape(height, width * 3)
    planes = _room(system.lines, system.width)
    y, i, q = planes[0], planes[1], planes[2]
    to_raster(
        flat, tables["rows_in"], tables["rows_in_w"], tables["columns_in"], tables["columns_in_w"], tables["forward"],
        y, i, q,
    )  # fmt: skip
    y, i, q = tape(plan, planes)
    out = np.empty((height, width * 3), np.uint8)
    to_picture(
        y, i, q, tables["backward"], tables["columns_out"], tables["columns_out_w"], plan.rows_index,
        plan.rows_weight.astype(np.float32), out,
    )  # fmt: skip
    return out.reshape(height, width, 3)


def tape(plan: Plan, planes: NDArray[np.float32]) -> tuple[Any, Any, Any]:
    """Composite path, generations and text on ``planes[0:3]``; the other three are room to work in."""
    step = plan.now.step
    y, i, q, a, b, c = planes
    if plan.fixed.composite is not None:
        path = plan.fixed.composite
        wide, narrow, band = packed(path.wide), packed(path.narrow), packed(path.bandpass)
        slim = path.narrow is not path.wide
        if slim:
            narrow = parted(path.narrow)
        encode_lines(y, i, q, plan.carrier, plan.alternate, *wide, *narrow, slim, a)
        weights = np.array(path.weights, np.float32)
        decode_lines(a, plan.carrier, plan.alternate, weights, *band, step * plan.fixed.system.comb, y, i, q)
    for p in plan.passes:
        _generation(p, step, y, i, q, a, b, c)
    for over in plan.overlays:
        write_lines(y, i, q, over.top, over.left, over.cover, over.level)
    return y, i, q


def _generation(p: Pass, step: int, y: Any, i: Any, q: Any, a: Any, b: Any, c: Any) -> None:
    """One pass from (y, i, q) by way of (a, b, c) back into (y, i, q)."""
    luma = packed(p.luma)
    slim = p.chroma_bandwidth_share < 0.06
    chroma = parted(p.chroma) if slim else packed(p.chroma)
    noise = np.array([p.noise_black, p.noise_slope, p.chroma_noise, p.fractal], np.float32)
    turns = np.stack([p.turn_cos, p.turn_sin, p.band_noise]).astype(np.float32)
    filter_lines(
        y,
        i,
        q,
        p.luma_key,
        p.chroma_key,
        p.fractal_key,
        noise,
        turns,
        *luma,
        *chroma,
        slim,
        *_listed(p.sparks),
        a,
        b,
        c,
    )
    shifts = p.shifts
    play_lines(
        a, b, c, step, p.comb, p.delay_lines, *_listed(p.drops), p.doc, shifts.base, shifts.weight.astype(np.float32),
        shifts.turn, y, i, q,
    )  # fmt: skip


def _listed(events: Events) -> tuple[Any, ...]:
    return (events.start, events.place, events.length, events.strength)


@compiled
def _reach(taps: Any, first: int) -> int:
    """How far beside a line a filter reads."""
    return min(_ROOM, max(-first, first + taps.size + 8, 8))


@compiled
def _reach_before(taps: Any, first: int) -> int:
    """How far before a line a filter reads."""
    return min(_ROOM, max(-first, 0) + 8)


@compiled
def _reach_behind(taps: Any, first: int) -> int:
    """How far behind a line a filter reads."""
    return min(_ROOM, max(first + taps.size, 0) + 8)


@compiled
def _narrowed(slim: bool, row: Any, first: int, taps: Any, even: Any, odd: Any, half: Any, out: Any) -> None:
    if slim:
        fir_narrow(row, first, taps, even, odd, half, out)
    else:
        fir(row, first, taps, out)


@compiled
def encode_lines(y: Any, i: Any, q: Any, carrier: Any, alternate: Any, wide: Any, wide_first: int, narrow: Any,
                 narrow_first: int, slim: bool, wire: Any) -> None:  # fmt: skip
    """Luma plus two band-limited colour differences on a subcarrier of period four."""
    lines, width = y.shape
    row = np.zeros(width + 2 * _ROOM, np.float32)
    one, two = np.empty(width, np.float32), np.empty(width, np.float32)
    even, odd, half = np.empty(width, np.float32), np.empty(width, np.float32), np.empty(width, np.float32)
    wide_reach, narrow_reach = _reach(wide, wide_first), _reach(narrow, narrow_first)
    for line in range(lines):
        row[_ROOM : _ROOM + width] = i[line]
        spread(row, _ROOM, width, wide_reach)
        fir(row, _ROOM + wide_first, wide, one)
        row[_ROOM : _ROOM + width] = q[line]
        spread(row, _ROOM, width, narrow_reach)
        if slim:
            fir_narrow(row, _ROOM + narrow_first, narrow, even, odd, half, two)
        else:
            fir(row, _ROOM + narrow_first, narrow, two)
        sign = _F(alternate[line])
        out, source = wire[line], y[line]
        for x in range(width):
            out[x] = source[x]
        first = (4 - carrier[line]) % 4  # where the phase is 0
        for k in range(4):
            at = (first + k) % 4
            if k == 0 or k == 2:
                gain = _F(1.0) if k == 0 else _F(-1.0)
                for x in range(at, width, 4):
                    out[x] = fma(gain, one[x], out[x])
            else:
                gain = sign if k == 1 else -sign
                for x in range(at, width, 4):
                    out[x] = fma(gain, two[x], out[x])


@compiled
def decode_lines(wire: Any, carrier: Any, alternate: Any, weights: Any, band: Any, band_first: int, reach: int,
                 y: Any, i: Any, q: Any) -> None:  # fmt: skip
    """Comb, band-pass, demodulate; what is not colour is luma."""
    lines, width = y.shape
    row = np.zeros(width + 2 * _ROOM, np.float32)
    colour = np.empty(width, np.float32)
    band_reach = _reach(band, band_first)
    before_w, here_w, after_w = weights[0], weights[1], weights[2]
    for line in range(lines):
        before = line - reach if line >= reach else line + reach
        after = line + reach if line + reach < lines else line - reach
        earlier, here, later = wire[before], wire[line], wire[after]
        inner = row[_ROOM : _ROOM + width]
        for x in range(width):
            inner[x] = fma(before_w, earlier[x], fma(here_w, here[x], after_w * later[x]))
        go_on(row, _ROOM, width, band_reach)
        fir(row, _ROOM + band_first, band, colour)
        out_y, out_i, out_q = y[line], i[line], q[line]
        sign = _F(2.0) * _F(alternate[line])
        for x in range(width):
            out_y[x] = here[x] - colour[x]
            out_i[x] = _F(0.0)
            out_q[x] = _F(0.0)
        first = (4 - carrier[line]) % 4
        for x in range(first, width, 4):
            out_i[x] = _F(2.0) * colour[x]
        for x in range((first + 2) % 4, width, 4):
            out_i[x] = _F(-2.0) * colour[x]
        for x in range((first + 1) % 4, width, 4):
            out_q[x] = sign * colour[x]
        for x in range((first + 3) % 4, width, 4):
            out_q[x] = -sign * colour[x]


@compiled
def filter_lines(y: Any, i: Any, q: Any, luma_key: Any, chroma_key: Any, fractal_key: Any, noise: Any, turns: Any,
                 luma: Any, luma_first: int, chroma: Any, chroma_first: int, slim: bool, spark_start: Any,
                 spark_place: Any, spark_length: Any, spark_strength: Any, out_y: Any, out_i: Any,
                 out_q: Any) -> None:  # fmt: skip
    """Noise, band limits and specks of one generation, line by line."""
    lines, width = y.shape
    row = np.zeros(width + 2 * _ROOM, np.float32)
    inner = row[_ROOM : _ROOM + width]
    grain, other = np.empty(width + 2 * _ROOM, np.float32), np.empty(width + 2 * _ROOM, np.float32)
    slow = np.empty(width, np.float32)
    one, two = np.empty(width, np.float32), np.empty(width, np.float32)
    even, odd, half = np.empty(width, np.float32), np.empty(width, np.float32), np.empty(width, np.float32)
    coarse = np.empty(width // _CELL_0 + 2, np.float32)
    coarser = np.empty(width // _CELL_1 + 2, np.float32)
    # Noise does not stop at a line's ends (see the reference): there is some of its own wherever a filter reads.
    luma_before, luma_behind = _reach_before(luma, luma_first), _reach_behind(luma, luma_first)
    chroma_before, chroma_behind = _reach_before(chroma, chroma_first), _reach_behind(chroma, chroma_first)
    luma_reach, chroma_reach = max(luma_before, luma_behind), max(chroma_before, chroma_behind)
    luma_grain, colour_grain = (
        grain[: luma_before + width + luma_behind],
        grain[: chroma_before + width + chroma_behind],
    )
    colour_other = other[: colour_grain.size]
    black, slope, colour_noise, fractal = noise[0], noise[1], noise[2], noise[3]
    for line in range(lines):
        source = y[line]
        base = black + turns[2, line]
        inner[:] = source
        spread(row, _ROOM, width, luma_reach)
        if base > 0 or slope > 0:
            bells(luma_key[line], -luma_before, luma_grain)
            noisy = row[_ROOM - luma_before : _ROOM + width + luma_behind]
            for x in range(noisy.size):
                level = min(max(noisy[x], _F(0.0)), _WHITE)
                noisy[x] = fma(fma(slope, level, base), luma_grain[x], noisy[x])
        if fractal > 0:
            slow[:] = _F(0.0)
            bells(mixed(fractal_key[line]), 0, coarse)
            add_ramps(coarse, _CELL_0, fractal, slow)
            bells(mixed(np.uint32(fractal_key[line] + np.uint32(1))), 0, coarser)
            add_ramps(coarser, _CELL_1, fractal, slow)
            for x in range(width):
                inner[x] += slow[x]
            for k in range(1, luma_reach + 1):
                row[_ROOM - k] += slow[0]
                row[_ROOM + width - 1 + k] += slow[width - 1]
        target = out_y[line]
        fir(row, _ROOM + luma_first, luma, target)
        for n in range(spark_start[line], spark_start[line + 1]):
            place, length = spark_place[n], spark_length[n]
            peak = SPARK_LEVEL * spark_strength[n]
            for x in range(place, min(width, place + int(3 * length) + 1)):
                target[x] += _F(peak * np.exp(-(x - place) / length))
        if colour_noise > 0:
            pairs(chroma_key[line], -chroma_before, colour_grain, colour_other)
        noisy = row[_ROOM - chroma_before : _ROOM + width + chroma_behind]
        inner[:] = i[line]
        go_on(row, _ROOM, width, chroma_reach)
        if colour_noise > 0:
            for x in range(noisy.size):
                noisy[x] = fma(colour_noise, colour_grain[x], noisy[x])
        _narrowed(slim, row, _ROOM + chroma_first, chroma, even, odd, half, one)
        inner[:] = q[line]
        go_on(row, _ROOM, width, chroma_reach)
        if colour_noise > 0:
            for x in range(noisy.size):
                noisy[x] = fma(colour_noise, colour_other[x], noisy[x])
        _narrowed(slim, row, _ROOM + chroma_first, chroma, even, odd, half, two)
        c, s = turns[0, line], turns[1, line]
        target_i, target_q = out_i[line], out_q[line]
        for x in range(width):
            target_i[x] = fma(c, one[x], -(s * two[x]))
            target_q[x] = fma(s, one[x], c * two[x])


@compiled
def _before(line: int, step: int, back: int) -> int:
    earlier = line - step * back
    return earlier if earlier >= 0 else line % step


@compiled
def _colour(plane: Any, late: int, later: int, comb: bool, out: Any) -> None:
    one, two = plane[late], plane[later]
    if comb:
        for x in range(out.size):
            out[x] = (one[x] + two[x]) * _F(0.5)
    else:
        out[:] = one


@compiled
def play_lines(y: Any, i: Any, q: Any, step: int, comb: bool, delay: int, drop_start: Any, drop_place: Any,
               drop_length: Any, drop_strength: Any, doc: bool, base: Any, weight: Any, turn: Any, out_y: Any,
               out_i: Any, out_q: Any) -> None:  # fmt: skip
    """Colour average, dropouts and line timing, line by line."""
    lines, width = y.shape
    rows = np.zeros((3, width + 2 * _ROOM), np.float32)
    spare = np.empty((2, width), np.float32)
    for line in range(lines):
        late = _before(line, step, delay)
        luma, one = rows[0, _ROOM : _ROOM + width], rows[1, _ROOM : _ROOM + width]
        two = rows[2, _ROOM : _ROOM + width]
        luma[:] = y[line]
        _colour(i, late, _before(late, step, 1), comb, one)
        _colour(q, late, _before(late, step, 1), comb, two)
        if drop_start[line] < drop_start[line + 1]:
            before = _before(line, step, 1)
            late = _before(before, step, delay)
            if doc:
                _colour(i, late, _before(late, step, 1), comb, spare[0])
                _colour(q, late, _before(late, step, 1), comb, spare[1])
            for n in range(drop_start[line], drop_start[line + 1]):
                place, length = drop_place[n], drop_length[n]
                end = min(width, place + int(length) + 1)
                if doc:
                    for x in range(place, end):
                        luma[x] = y[before, x]
                        one[x] = spare[0, x]
                        two[x] = spare[1, x]
                else:
                    peak = STREAK_LEVEL * (0.45 + 0.55 * drop_strength[n])
                    for x in range(place, end):
                        luma[x] += _F(peak * np.exp(-2 * (x - place) / length))
                        one[x] *= _F(0.3)
                        two[x] *= _F(0.3)
        at = turn[line]
        for k in range(3):
            row = rows[k]
            spread(row, _ROOM, width, EDGE)
            out = out_y if k == 0 else (out_i if k == 1 else out_q)
            if at > 0:
                gather(row, _ROOM + base[line, 0] - 2, weight[line, 0], out[line], 0, at)
            if at < width:
                gather(row, _ROOM + base[line, 1] - 2, weight[line, 1], out[line], at, width)


@compiled
def write_lines(y: Any, i: Any, q: Any, top: int, left: int, cover: Any, level: Any) -> None:
    """The recorder's text."""
    rows, width = cover.shape
    for row in range(rows):
        out_y, out_i, out_q = y[top + row], i[top + row], q[top + row]
        for x in range(width):
            share = cover[row, x]
            out_y[left + x] = fma(share, level[row, x] - out_y[left + x], out_y[left + x])
            out_i[left + x] *= _F(1.0) - share
            out_q[left + x] *= _F(1.0) - share


assert MARGIN + EDGE < _ROOM, "a shifted line reads beyond the room beside it"
