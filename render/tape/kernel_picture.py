"""Compiled loops between pixels and raster samples.

A pixel's colours go through the horizontal loops four lanes wide (the fourth is a neighbour's, and not looked at): so
each is one vector operation.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tapehead.render.compiled import compiled
from tapehead.render.tape.kernel_lines import blend_lanes, fma

_F = np.float32


@compiled
def add_pixels(source: Any, weight: Any, out: Any) -> None:
    """``out += weight * source`` over a row of bytes."""
    for x in range(source.size):
        out[x] = fma(weight, _F(source[x]), out[x])


@compiled
def set_pixels(source: Any, weight: Any, out: Any) -> None:
    """``out = weight * source`` over a row of bytes."""
    for x in range(source.size):
        out[x] = weight * _F(source[x])


@compiled
def mean_pixels(a: Any, b: Any, c: Any, d: Any, weight: Any, out: Any) -> None:
    """Four rows at once, as most sizes need."""
    p, q, r, s = weight[0], weight[1], weight[2], weight[3]
    for x in range(a.size):
        total = p * _F(a[x])
        total = fma(q, _F(b[x]), total)
        total = fma(r, _F(c[x]), total)
        out[x] = fma(s, _F(d[x]), total)


@compiled
def across_in(row: Any, start: Any, weight: Any, out: Any) -> None:
    """Pixels of a row ``(3 * columns,)`` to samples, four lanes each ``(4 * samples,)``."""
    taps = weight.shape[1]
    if taps == 4:
        flat = weight.reshape(weight.size)
        for o in range(start.size):
            blend_lanes(row, 3 * start[o], 3, flat, 4 * o, out, 4 * o)
        return
    for o in range(start.size):
        at = 3 * start[o]
        a = b = c = _F(0.0)
        for k in range(taps):
            w = weight[o, k]
            a = fma(w, row[at], a)
            b = fma(w, row[at + 1], b)
            c = fma(w, row[at + 2], c)
            at += 3
        out[4 * o], out[4 * o + 1], out[4 * o + 2] = a, b, c


@compiled
def to_raster(frame: Any, rows: Any, row_weight: Any, columns: Any, column_weight: Any, forward: Any,
              y: Any, i: Any, q: Any) -> None:  # fmt: skip
    """The picture ``(height, width * 3)`` to three planes ``(lines, samples)``."""
    lines, width = y.shape
    row = np.zeros(frame.shape[1] + 8, np.float32)
    inner = row[: frame.shape[1]]
    wide = np.empty(4 * width, np.float32)
    taps = row_weight.shape[1]
    m = forward
    for line in range(lines):
        first = rows[line]
        if taps == 4:
            mean_pixels(frame[first], frame[first + 1], frame[first + 2], frame[first + 3], row_weight[line], inner)
        else:
            set_pixels(frame[first], row_weight[line, 0], inner)
            for k in range(1, taps):
                if row_weight[line, k] != 0:
                    add_pixels(frame[first + k], row_weight[line, k], inner)
        across_in(row, columns, column_weight, wide)
        out_y, out_i, out_q = y[line], i[line], q[line]
        for x in range(width):
            r, g, b = wide[4 * x], wide[4 * x + 1], wide[4 * x + 2]
            out_y[x] = fma(m[0, 0], r, fma(m[0, 1], g, m[0, 2] * b))
            out_i[x] = fma(m[1, 0], r, fma(m[1, 1], g, m[1, 2] * b))
            out_q[x] = fma(m[2, 0], r, fma(m[2, 1], g, m[2, 2] * b))


@compiled
def across_out(wide: Any, start: Any, weight: Any, out: Any) -> None:
    """Samples of a line, four lanes each, to pixels ``(3 * columns + 1,)``."""
    taps = weight.shape[1]
    if taps == 4:
        flat = weight.reshape(weight.size)
        for o in range(start.size):
            blend_lanes(wide, 4 * start[o], 4, flat, 4 * o, out, 3 * o)  # its fourth lane is written over next
        return
    for o in range(start.size):
        at = 4 * start[o]
        a = b = c = _F(0.0)
        for k in range(taps):
            w = weight[o, k]
            a = fma(w, wide[at], a)
            b = fma(w, wide[at + 1], b)
            c = fma(w, wide[at + 2], c)
            at += 4
        out[3 * o], out[3 * o + 1], out[3 * o + 2] = a, b, c


@compiled
def blend_four(a: Any, b: Any, c: Any, d: Any, weight: Any, out: Any) -> None:
    """Four rows of pixels to one row of bytes."""
    p, q, r, s = weight[0], weight[1], weight[2], weight[3]
    for x in range(out.size):
        total = p * a[x]
        total = fma(q, b[x], total)
        total = fma(r, c[x], total)
        total = fma(s, d[x], total)
        total = min(max(total, _F(0.0)), _F(255.0)) + _F(0.5)
        out[x] = np.uint8(np.int32(total))


@compiled
def to_picture(y: Any, i: Any, q: Any, backward: Any, columns: Any, column_weight: Any, rows: Any, row_weight: Any,
               frame: Any) -> None:  # fmt: skip
    """Three planes to the picture; a row index of ``lines`` is black.

    Lines are widened once each, in the order in which the picture needs them, into a ring.
    """
    lines, width = y.shape
    height, taps = rows.shape
    m = backward
    size = frame.shape[1]
    ring = max(8, taps)
    held = np.full(ring, -1, np.int64)
    store = np.zeros((ring + 1, size + 8), np.float32)  # the last one stays black
    wide = np.zeros(4 * width, np.float32)
    places = np.empty(taps, np.int64)
    total = np.empty(size, np.float32)
    for row in range(height):
        for k in range(taps):
            line = rows[row, k]
            if line >= lines:
                places[k] = ring
                continue
            at = line % ring
            if held[at] != line:
                source_y, source_i, source_q = y[line], i[line], q[line]
                for x in range(width):
                    a, b, c = source_y[x], source_i[x], source_q[x]
                    wide[4 * x] = fma(m[0, 2], c, fma(m[0, 1], b, a))
                    wide[4 * x + 1] = fma(m[1, 2], c, fma(m[1, 1], b, a))
                    wide[4 * x + 2] = fma(m[2, 2], c, fma(m[2, 1], b, a))
                across_out(wide, columns, column_weight, store[at])
                held[at] = line
            places[k] = at
        if taps == 4:
            blend_four(
                store[places[0], :size], store[places[1], :size], store[places[2], :size], store[places[3], :size],
                row_weight[row], frame[row],
            )  # fmt: skip
        else:
            total[:] = _F(0.0)
            for k in range(taps):
                w, source = row_weight[row, k], store[places[k]]
                for x in range(size):
                    total[x] = fma(w, source[x], total[x])
            target = frame[row]
            for x in range(size):
                target[x] = np.uint8(np.int32(min(max(total[x], _F(0.0)), _F(255.0)) + _F(0.5)))
