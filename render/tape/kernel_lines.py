"""Compiled loops over lines: filters, noise and the gather that moves a line.  One thread, no state.

Every multiply-add is a fused one by name, and nothing is left to a compiler's licence, so that equal plans give equal
bits whatever processor runs them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from tapehead.render.compiled import compiled
from tapehead.render.tape.noise import GOLDEN, MULTIPLY_1, MULTIPLY_2

_U = np.uint32
_GOLDEN, _M1, _M2 = _U(GOLDEN), _U(MULTIPLY_1), _U(MULTIPLY_2)
_S15, _S16 = _U(15), _U(16)


@intrinsic
def fma(typing_context: Any, a: Any, b: Any, c: Any) -> Any:
    """``a * b + c`` with one rounding, float32."""
    signature = types.float32(types.float32, types.float32, types.float32)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind = ir.FloatType()
        function = builder.module.declare_intrinsic("llvm.fma", [kind], ir.FunctionType(kind, [kind] * 3))
        return builder.call(function, arguments)

    return signature, generate


@intrinsic
def blend_lanes(
    typing_context: Any, source: Any, at: Any, step: Any, weight: Any, first: Any, out: Any, to: Any
) -> Any:
    """``out[to + n] = sum(weight[first + k] * source[at + k * step + n])`` for n and k from 0 to 3, as four lanes.

    All arrays are flat float32.  Left to itself the compiler goes lane by lane, at four times the time.
    """
    index = types.intp
    signature = types.void(source, index, index, weight, index, out, index)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        lanes = ir.VectorType(ir.FloatType(), 4)
        source, at, step, weight, first, out, to = arguments

        def place(array: Any, kind: Any, offset: Any) -> Any:
            data = context.make_array(kind)(context, builder, array).data
            return builder.bitcast(builder.gep(data, [offset]), ir.PointerType(lanes))

        function = cgutils.get_or_insert_function(builder.module, ir.FunctionType(lanes, [lanes] * 3), "llvm.fma.v4f32")
        weights = builder.load(place(weight, signature.args[3], first), align=4)
        total = None
        for k in range(4):
            values = builder.load(place(source, signature.args[0], at), align=4)
            same = ir.Constant(ir.VectorType(ir.IntType(32), 4), [k] * 4)
            gain = builder.shuffle_vector(weights, ir.Constant(lanes, ir.Undefined), same)
            total = builder.fmul(gain, values) if total is None else builder.call(function, [gain, values, total])
            at = builder.add(at, step)
        builder.store(total, place(out, signature.args[5], to), align=4)
        return context.get_dummy_value()

    return signature, generate


@compiled
def mixed(word: Any) -> Any:
    """:func:`tapehead.render.tape.noise.mix` of one word."""
    x = _U(word)
    x = _U(_U(x ^ (x >> _S16)) * _M1)
    x = _U(_U(x ^ (x >> _S15)) * _M2)
    return _U(x ^ (x >> _S16))


@compiled
def words(key: Any, out: Any) -> None:
    """The words along a line."""
    for x in range(out.size):
        out[x] = mixed(_U(key ^ _U(_U(x) * _GOLDEN)))


@compiled
def bells(key: Any, first: int, out: Any) -> None:
    """:func:`tapehead.render.tape.noise.bell` along a line from its sample ``first`` on, as float32."""
    low, one, two, three, byte = _U(0), _U(8), _U(16), _U(24), _U(255)
    for x in range(out.size):
        w = mixed(_U(key ^ _U(_U(first + x) * _GOLDEN)))
        total = np.int32((w >> low) & byte) + np.int32((w >> one) & byte)
        total += np.int32((w >> two) & byte) + np.int32((w >> three) & byte)
        out[x] = np.float32(np.int32(total - 510))


@compiled
def pairs(key: Any, begin: int, first: Any, second: Any) -> None:
    """:func:`tapehead.render.tape.noise.pair` along a line from its sample ``begin`` on, as float32."""
    one, two, three, byte = _U(8), _U(16), _U(24), _U(255)
    for x in range(first.size):
        w = mixed(_U(key ^ _U(_U(begin + x) * _GOLDEN)))
        first[x] = np.float32(np.int32(w & byte) + np.int32((w >> one) & byte) - np.int32(255))
        second[x] = np.float32(np.int32((w >> two) & byte) + np.int32((w >> three) & byte) - np.int32(255))


@compiled
def spread(row: Any, margin: int, width: int, reach: int) -> None:
    """Repeat a line's ends ``reach`` samples to both sides of ``row[margin : margin + width]``."""
    left, right = row[margin], row[margin + width - 1]
    for k in range(1, reach + 1):
        row[margin - k] = left
        row[margin + width - 1 + k] = right


@compiled
def go_on(row: Any, margin: int, width: int, reach: int) -> None:
    """Let a line with a subcarrier go on for ``reach`` samples on both sides of ``row[margin : margin + width]``."""
    last = margin + width - 1
    for k in range(1, reach + 1):
        row[margin - k] = row[margin - k + 4]
        row[last + k] = row[last + k - 4]


@compiled
def fir(row: Any, first: int, taps: Any, out: Any) -> None:
    """``out[x] = sum(taps[k] * row[first + x + k])``; the number of taps is a multiple of eight."""
    for x in range(out.size):
        out[x] = np.float32(0.0)
    add_fir(row, first, taps, out)


@compiled
def fir_narrow(row: Any, first: int, taps: Any, even: Any, odd: Any, half: Any, out: Any) -> None:
    """:func:`fir` for filters that leave less than an eighth of the rate: every other sample, then those between.

    The four-point interpolation is within 0.2 % there.  ``taps`` are the even ones, then the odd ones; ``even``,
    ``odd`` and ``half`` are room to work in.
    """
    width = out.size
    each = taps.size // 2
    count = width // 2 + 4
    reach = count + each
    source = row[first - 2 : first - 2 + 2 * reach]
    for x in range(reach):
        even[x] = source[2 * x]
        odd[x] = source[2 * x + 1]
    inner = half[:count]
    for x in range(count):
        inner[x] = np.float32(0.0)
    add_fir(even, 0, taps[:each], inner)
    add_fir(odd, 0, taps[each:], inner)
    near, far = np.float32(0.5625), np.float32(-0.0625)
    for x in range(width // 2):
        out[2 * x] = inner[x + 1]
        out[2 * x + 1] = fma(near, inner[x + 1] + inner[x + 2], far * (inner[x] + inner[x + 3]))


@compiled
def add_fir(row: Any, first: int, taps: Any, out: Any) -> None:
    """Add to ``out`` what :func:`fir` would make."""
    width = out.size
    for k in range(0, taps.size, 8):
        a, b, c, d = taps[k], taps[k + 1], taps[k + 2], taps[k + 3]
        e, f, g, h = taps[k + 4], taps[k + 5], taps[k + 6], taps[k + 7]
        source = row[first + k : first + k + width + 8]
        for x in range(width):
            total = fma(a, source[x], out[x])
            total = fma(b, source[x + 1], total)
            total = fma(c, source[x + 2], total)
            total = fma(d, source[x + 3], total)
            total = fma(e, source[x + 4], total)
            total = fma(f, source[x + 5], total)
            total = fma(g, source[x + 6], total)
            out[x] = fma(h, source[x + 7], total)


@compiled
def gather(row: Any, first: int, weight: Any, out: Any, begin: int, end: int) -> None:
    """Six-point interpolation: ``out[x] = sum(weight[k] * row[first + x + k])`` for x from ``begin`` to ``end``."""
    a, b, c, d, e, f = weight[0], weight[1], weight[2], weight[3], weight[4], weight[5]
    count = end - begin
    source = row[first + begin : first + begin + count + 5]
    target = out[begin:end]
    for x in range(count):
        total = a * source[x]
        total = fma(b, source[x + 1], total)
        total = fma(c, source[x + 2], total)
        total = fma(d, source[x + 3], total)
        total = fma(e, source[x + 4], total)
        target[x] = fma(f, source[x + 5], total)


@compiled
def add_ramps(points: Any, cell: int, gain: Any, out: Any) -> None:
    """Add ``gain`` times straight lines between ``points``, ``cell`` samples apart."""
    width = out.size
    for number in range((width + cell - 1) // cell):
        left = gain * points[number]
        slope = (gain * points[number + 1] - left) / np.float32(cell)
        part = out[number * cell : min(width, number * cell + cell)]
        for x in range(part.size):
            part[x] += fma(slope, np.float32(x), left)
