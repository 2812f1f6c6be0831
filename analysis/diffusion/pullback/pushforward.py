"""J v for a block of v by the chain rule over the functions that U-Nets are made of: linearised once, applied often.

PyTorch's forward mode works on any function, but not fast: its convolution is run three times, its group norm falls
apart into Python, its ``vmap`` costs as much as ten tangents, its fused attention refuses, and the primal pass is run
anew with every block.  Here one pass is watched: each function that meets a :class:`Traced` tensor leaves a linear map
from the tangents (b, *shape) of its inputs to those of its output.  Running the maps again is J v.  A function that has
no rule raises :class:`NoRule`, and the caller takes the slow way.

Rules for linear functions are the functions themselves.  Elementwise ones take their slope from reverse mode on the
primal.  Those of norms and attention are written out:

- y = (x - mean x) / s has dy = (dx - mean dx - y mean(y dx)) / s;
- y = P v, P = softmax(c q k^T), S = c (dq k^T + q dk^T) has dy = (P * S) v - rowsum(P * S) y + P dv.

What dq does there is one small matrix for each query, dy_i = M_i dq_i, M_i = c sum_j P_ij (v_j - y_i) k_j^T: it is made
once, where heads are narrow.  What dk does takes a matrix as large as P for each tangent; they are made a few at a
time, so that they are still in the cache when they are read again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import Tensor

from tapehead.analysis.errors import TapeheadError

ATTENTION_NUMBERS = 2**26
"""Entries of the attention tangents that are held at once: queries are taken in parts of so many."""
ATTENTION_CACHED = 2**18
"""The same on a processor, whose cache holds no more: each entry is written once and read three times."""
ATTENTION_KEPT = 2**22
"""Entries of attention weights, or of what is made of them once, up to which they are kept from product to product."""
FEWEST = 64
"""Queries that are taken at once at least where memory allows it: products of fewer rows are slow."""

Map = Callable[..., Tensor]
"""Tangents of the inputs -> tangents of the output."""


class NoRule(TapeheadError):  # noqa: N818 - a reason to go another way
    """A function met a traced tensor and there is no rule for it."""


class Linear:
    """The linear maps of one pass, in order: ``linear(v)`` is J v for v (b, *shape of x)."""

    def __init__(self) -> None:
        self.steps: list[tuple[Map, tuple[int, ...], int]] = []
        self.places = 1
        self.out = 0
        self.last_use: dict[int, int] = {}
        self.numbers: dict[int, int] = {}
        self.peak = 0
        """Numbers that one row of tangents holds at once, at most, temporary ones aside."""

    def note(self, y: Tensor, inputs: Sequence[Any], how: Map) -> Traced:
        """``y`` as a traced tensor: its tangents are ``how`` of those of the traced ones among ``inputs``."""
        sources = tuple(x.place for x in inputs if isinstance(x, Traced))
        self.steps.append((how, sources, self.places))
        self.numbers[self.places] = y.numel()
        self.places += 1
        return _traced(y, self, self.places - 1)

    def __call__(self, v: Tensor) -> Tensor:
        """J v (b, *shape of the output).  Tangents are let go after their last use."""
        held = {0: v}
        with torch.no_grad():
            for i, (how, sources, place) in enumerate(self.steps):
                held[place] = how(*(held[source] for source in sources))
                for source in set(sources):
                    if self.last_use.get(source) == i:
                        del held[source]
        return held[self.out]

    def close(self, out: Any) -> None:
        """Say where it ends: steps that lead nowhere are dropped."""
        self.out = out.place
        needed, kept = {self.out}, []
        for step in reversed(self.steps):
            if step[2] in needed:
                needed.update(step[1])
                kept.append(step)
        self.steps = kept[::-1]
        self.last_use = {source: i for i, step in enumerate(self.steps) for source in step[1]}
        self.last_use.pop(self.out, None)
        held = 0
        for i, (_, sources, place) in enumerate(self.steps):
            held += self.numbers[place]
            self.peak = max(self.peak, held)
            held -= sum(self.numbers.get(source, 0) for source in set(sources) if self.last_use.get(source) == i)


class Traced(Tensor):
    """A tensor whose way from x is written down: ``place`` of its tangents in the ``linear`` maps."""

    linear: Linear
    place: int

    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """The function's rule, or the function itself where it only asks for shape, type or place."""
        rule = _RULES.get(func)
        with torch._C.DisableTorchFunctionSubclass():
            if rule is not None:
                return rule(func, *args, **(kwargs or {}))
            found = func(*args, **(kwargs or {})) if getattr(func, "__name__", "") in _QUESTIONS else None
            if found is None or isinstance(found, Tensor):
                raise NoRule(getattr(func, "__qualname__", str(func)))
            return found


_QUESTIONS = ("__get__", "numel", "size", "dim", "is_floating_point", "is_contiguous", "stride", "__len__")


def linearise(function: Callable[[Tensor], Tensor], x: Tensor) -> tuple[Linear, Tensor]:
    """The linear map of ``function`` at x, and its value there.

    Raises:
        NoRule: the function uses something that has no rule.
    """
    linear = Linear()
    with torch.no_grad():
        out = function(_traced(x, linear, 0))
    if not isinstance(out, Traced):
        raise NoRule("the output does not come from x, or by a way that was not seen")
    linear.close(out)
    with torch._C.DisableTorchFunctionSubclass():
        return linear, out.as_subclass(Tensor)


def _traced(primal: Tensor, linear: Linear, place: int) -> Traced:
    # A new view, so that marking it leaves the tensor that came in as it is.
    made = primal.detach().as_subclass(Traced)
    made.linear, made.place = linear, place
    return made


def _note(y: Tensor, inputs: Sequence[Any], how: Map) -> Traced:
    return next(x.linear for x in inputs if isinstance(x, Traced)).note(y, inputs, how)


def _plain(x: Any) -> Any:
    return x.as_subclass(Tensor) if isinstance(x, Traced) else x


def _refuse(*others: Any) -> None:
    if any(isinstance(other, Traced) for other in others):
        raise NoRule("a traced tensor where weights or settings are expected")


# -- rules: rule(func, *args, **kwargs) of the function as it was called ---------------------------------------------


def _by_batch(func: Any, x: Any, *args: Any, **kwargs: Any) -> Any:
    """Linear, and works on a batch of pictures (n, C, H, W)."""
    _refuse(*args, *kwargs.values())

    def how(t: Tensor) -> Tensor:
        return func(t.flatten(0, 1), *args, **kwargs).unflatten(0, t.shape[:2])

    return _note(func(_plain(x), *args, **kwargs), [x], how)


def _affine(func: Any, input: Any, weight: Any, bias: Any = None, *args: Any, **kwargs: Any) -> Any:
    """Convolutions and linear maps: tangents do without the bias."""
    _refuse(weight, bias)

    def how(t: Tensor) -> Tensor:
        if func is F.linear:
            return F.linear(t, weight)
        return func(t.flatten(0, 1), weight, None, *args, **kwargs).unflatten(0, t.shape[:2])

    return _note(func(_plain(input), weight, bias, *args, **kwargs), [input], how)


def _elementwise(func: Any, x: Any, *args: Any, **kwargs: Any) -> Any:
    """Its slope comes from reverse mode; in-place versions are run as plain ones."""
    kwargs.pop("inplace", None)
    with torch.enable_grad():
        point = _plain(x).detach().requires_grad_(True)
        y = func(point, *args, **kwargs)
        (slope,) = torch.autograd.grad(y.sum(), point)
    return _note(y.detach(), [x], lambda t: t * slope)


def _same(func: Any, x: Any, *args: Any, **kwargs: Any) -> Any:
    """Copies, casts and moves."""
    _refuse(*args, *kwargs.values())
    return _note(func(_plain(x), *args, **kwargs), [x], lambda t: func(t, *args, **kwargs))


def _dropout(func: Any, input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Any:
    if training and p > 0:
        raise NoRule("dropout while training")
    return input


def _lifted(t: Tensor, ndim: int) -> Tensor:
    """Tangents of something that broadcasting gives ``ndim`` axes: new ones come after the first."""
    return t.reshape(t.shape[:1] + (1,) * (ndim + 1 - t.ndim) + t.shape[1:]) if t.ndim < ndim + 1 else t


def _sum(func: Any, a: Any, b: Any, *, alpha: float = 1) -> Any:
    y = func(_plain(a), _plain(b), alpha=alpha) if alpha != 1 else func(_plain(a), _plain(b))
    first, factor, shape = isinstance(a, Traced), -alpha if func in _MINUS else alpha, y.shape

    def how(*ts: Tensor) -> Tensor:
        t, *more = (_lifted(t, len(shape)) for t in ts)
        t = t if first else factor * t
        for other in more:
            t = torch.add(t, other, alpha=factor)
        return t if t.shape[1:] == shape else t.expand(-1, *shape)

    return _note(y, [a, b], how)


def _product(func: Any, a: Any, b: Any) -> Any:
    x, y = _plain(a), _plain(b)
    out = func(x, y)
    factors = [other for given, other in ((a, y), (b, x)) if isinstance(given, Traced)]

    def how(*ts: Tensor) -> Tensor:
        parts = [_lifted(t, out.ndim) * other for t, other in zip(ts, factors, strict=True)]
        return parts[0] if len(parts) == 1 else parts[0] + parts[1]

    return _note(out, [a, b], how)


def _quotient(func: Any, a: Any, b: Any) -> Any:
    _refuse(b)
    y = func(_plain(a), b)
    if isinstance(b, int | float) and b == 1:
        return _note(y, [a], lambda t: t)
    return _note(y, [a], lambda t: func(_lifted(t, y.ndim), b))


def _sizes(func: Any, x: Any, *sizes: Any, **kwargs: Any) -> Any:
    """``view``, ``reshape`` and ``flatten``; of tangents always a reshape."""
    if sizes and isinstance(sizes[0], torch.dtype):
        raise NoRule("a view as another type")
    y = func(_plain(x), *sizes, **kwargs)
    shape = y.shape
    return _note(y, [x], lambda t: t.reshape(-1, *shape))


def _later(axis: int) -> int:
    return axis if axis < 0 else axis + 1


def _axes(func: Any, x: Any, *axes: Any) -> Any:
    """``transpose``, ``unsqueeze``, ``squeeze``: everything after the tensor names an axis."""
    if not axes:
        raise NoRule(f"{func.__name__} without axes")
    return _note(func(_plain(x), *axes), [x], lambda t: func(t, *map(_later, axes)))


def _permute(func: Any, x: Any, *axes: Any) -> Any:
    order = list(axes[0] if len(axes) == 1 and isinstance(axes[0], Sequence) else axes)
    y = _plain(x).permute(order)
    later = [0, *(1 + axis % y.ndim for axis in order)]
    return _note(y, [x], lambda t: t.permute(later))


def _parts(func: Any, x: Any, parts: Any, dim: int = 0) -> Any:
    found = func(_plain(x), parts, dim=dim)

    def taker(i: int) -> Map:
        return lambda t: func(t, parts, dim=_later(dim))[i]

    return tuple(_note(y, [x], taker(i)) for i, y in enumerate(found))


def _joined(func: Any, tensors: Any, dim: int = 0) -> Any:
    still = [None if isinstance(x, Traced) else x for x in tensors]

    def how(*ts: Tensor) -> Tensor:
        moving = iter(ts)
        rows = [next(moving) if x is None else x.new_zeros(len(ts[0]), *x.shape) for x in still]
        return torch.cat(rows, dim=_later(dim))

    return _note(func([_plain(x) for x in tensors], dim=dim), tensors, how)


def _item(func: Any, x: Any, index: Any) -> Any:
    index = index if isinstance(index, tuple) else (index,)
    if any(isinstance(i, Tensor) for i in index):
        raise NoRule("indexing by a tensor")
    return _note(func(_plain(x), index), [x], lambda t: t[(slice(None), *index)])


def _pad(func: Any, x: Any, pad: Any, mode: str = "constant", value: float | None = None) -> Any:
    if mode != "constant":
        raise NoRule(f"padding by {mode}")
    return _note(func(_plain(x), pad, mode, value), [x], lambda t: func(t, pad, mode, 0.0))


def _group_norm(func: Any, input: Any, groups: int, weight: Any = None, bias: Any = None, eps: float = 1e-5) -> Any:
    _refuse(weight, bias)
    x = _plain(input)
    n = x.shape[0]
    grouped = x.reshape(n * groups, -1).float()
    var, mean = torch.var_mean(grouped, 1, unbiased=False, keepdim=True)
    slope = torch.rsqrt(var + eps)
    unit = (grouped - mean) * slope
    # mean(dx) and mean(y dx) at once, and taken off at once: two products per group instead of five passes.
    known = torch.stack([torch.ones_like(unit), unit], 1)
    each = known.transpose(1, 2) / unit.shape[1]
    # What slope and weight make of a channel: (n, groups, C / groups, 1).
    scale = slope.reshape(n, groups, 1, 1)
    if weight is not None:
        scale = scale * weight.float().reshape(1, groups, -1, 1)

    def how(t: Tensor) -> Tensor:
        rows = t.reshape(len(t), n * groups, -1).transpose(0, 1).float()
        out = torch.baddbmm(rows, rows @ each, known, alpha=-1).transpose(0, 1)
        return (out.reshape(len(t), n, groups, scale.shape[2], -1) * scale).reshape(t.shape).to(t.dtype)

    return _note(func(x, groups, weight, bias, eps), [input], how)


def _layer_norm(func: Any, input: Any, shape: Any, weight: Any = None, bias: Any = None, eps: float = 1e-5) -> Any:
    _refuse(weight, bias)
    if len(shape) != 1:
        raise NoRule("a layer norm over several axes")
    x = _plain(input).float()
    var, mean = torch.var_mean(x, -1, unbiased=False, keepdim=True)
    slope = torch.rsqrt(var + eps)
    unit = (x - mean) * slope

    def how(t: Tensor) -> Tensor:
        rows = t.float()
        out = (rows - rows.mean(-1, keepdim=True) - unit * (unit * rows).mean(-1, keepdim=True)) * slope
        return (out if weight is None else out * weight).to(t.dtype)

    return _note(func(_plain(input), shape, weight, bias, eps), [input], how)


def _attention(
    func: Any,
    query: Any,
    key: Any,
    value: Any,
    attn_mask: Any = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Any:
    if attn_mask is not None or dropout_p or is_causal or enable_gqa:
        raise NoRule("attention with a mask, dropout or shared heads")
    q, k, v = _plain(query), _plain(key), _plain(value)
    y = func(q, k, v, scale=scale)
    factor = 1 / math.sqrt(q.shape[-1]) if scale is None else scale
    moving = [isinstance(x, Traced) for x in (query, key, value)]
    per_query = math.prod(q.shape[:-2]) * k.shape[-2]
    queries = q.shape[-2]
    held = _Weights(q, k, factor, keep=per_query * queries <= ATTENTION_KEPT)
    matrix = k.shape[-1] * v.shape[-1]
    narrow = matrix < k.shape[-2] * (k.shape[-1] + v.shape[-1])
    narrow = narrow and math.prod(q.shape[:-1]) * matrix <= ATTENTION_KEPT
    own: list[Tensor] = []

    def of_queries(dq: Tensor) -> Tensor:
        """dy_i = M_i dq_i, all rows of tangents as columns of one product."""
        if not own:
            # sum_j P_ij (v_j - y_i) is 0: the mean key can be taken off first, so that smaller numbers cancel.
            keys, weights = k - k.mean(-2, keepdim=True), held(slice(None))
            pairs = (v.unsqueeze(-1) * keys.unsqueeze(-2)).flatten(-2)
            both = (weights @ pairs).unflatten(-1, (v.shape[-1], k.shape[-1]))
            own.append((both - y.unsqueeze(-1) * (weights @ keys).unsqueeze(-2)) * factor)
        return (own[0] @ dq.movedim(0, -1)).movedim(-1, 0)

    def some(part: slice, rows: int, dq: Any, dk: Any, dv: Any) -> Tensor:
        """Of some queries: softmax goes along keys, so queries do not meet."""
        weights, terms = held(part), []
        if dv is not None:
            columns = dv.movedim(0, -1)
            terms.append((weights @ columns.flatten(-2)).unflatten(-1, columns.shape[-2:]).movedim(-1, 0))
        blocks = []
        given = dk if dq is None else dq
        for r in range(0, 0 if given is None else len(given), rows):
            logits: Any = None if dq is None else dq[r : r + rows, ..., part, :] @ k.mT
            if dk is not None:
                other = q[..., part, :] @ dk[r : r + rows].mT
                logits = other if logits is None else logits.add_(other)
            logits.mul_(weights).mul_(factor)
            # v^T logits^T, and not logits v: with few columns to make, the product takes four times as long.
            blocks.append((v.mT @ logits.mT).mT - logits.sum(-1, keepdim=True) * y[..., part, :])
        if blocks:
            terms.append(blocks[0] if len(blocks) == 1 else torch.cat(blocks))
        return sum(terms[1:], terms[0])

    def how(*ts: Tensor) -> Tensor:
        given = iter(ts)
        dq, dk, dv = (next(given) if moves else None for moves in moving)
        terms = []
        if dq is not None and narrow:
            terms.append(of_queries(dq))
            dq = None
        if not (dq is None and dk is None and dv is None):
            limit = ATTENTION_CACHED if q.device.type == "cpu" else ATTENTION_NUMBERS
            rows = max(1, min(limit, ATTENTION_NUMBERS) // (per_query * queries))
            size = max(1, min(max(limit, per_query * FEWEST), ATTENTION_NUMBERS) // (per_query * rows))
            found = [some(slice(i, i + size), rows, dq, dk, dv) for i in range(0, queries, size)]
            terms.append(found[0] if len(found) == 1 else torch.cat(found, -2))
        return sum(terms[1:], terms[0])

    return _note(y, [query, key, value], how)


class _Weights:
    """P = softmax(c q k^T) of some queries; of all of them they are kept, where that is little."""

    def __init__(self, q: Tensor, k: Tensor, factor: float, keep: bool) -> None:
        self.q, self.k, self.factor, self.keep = q, k, factor, keep
        self.kept: Tensor | None = None

    def __call__(self, part: slice) -> Tensor:
        if self.kept is not None:
            return self.kept[..., part, :]
        found = torch.softmax((self.q[..., part, :] @ self.k.mT).float() * self.factor, -1).to(self.q.dtype)
        if self.keep and found.shape[-2] == self.q.shape[-2]:
            self.kept = found
        return found


_T = Tensor
_MINUS = (torch.sub, _T.sub, _T.__sub__, torch.subtract)
_RULES: dict[Any, Any] = {F.linear: _affine, F.group_norm: _group_norm, F.layer_norm: _layer_norm, F.pad: _pad}
_RULES |= {F.scaled_dot_product_attention: _attention, F.dropout: _dropout}
_RULES |= dict.fromkeys((torch.conv2d, F.conv2d), _affine)
_RULES |= dict.fromkeys((F.avg_pool2d, F.interpolate), _by_batch)
_RULES |= dict.fromkeys((F.silu, F.gelu, F.relu, F.mish, torch.sigmoid, torch.tanh, _T.sigmoid, _T.tanh), _elementwise)
_RULES |= dict.fromkeys((_T.to, _T.float, _T.contiguous, _T.clone, torch.clone, _T.type), _same)
_RULES |= dict.fromkeys((torch.add, _T.add, _T.__add__, _T.__radd__, *_MINUS), _sum)
_RULES |= dict.fromkeys((torch.mul, _T.mul, _T.__mul__, _T.__rmul__, torch.multiply), _product)
_RULES |= dict.fromkeys((torch.div, _T.div, _T.__truediv__, torch.true_divide), _quotient)
_RULES |= dict.fromkeys((_T.view, _T.reshape, torch.reshape, _T.flatten, torch.flatten), _sizes)
_RULES |= dict.fromkeys((_T.transpose, torch.transpose, _T.unsqueeze, torch.unsqueeze, _T.squeeze), _axes)
_RULES |= dict.fromkeys((_T.permute, torch.permute), _permute)
_RULES |= dict.fromkeys((_T.chunk, torch.chunk, _T.split, torch.split), _parts)
_RULES |= {torch.cat: _joined, _T.__getitem__: _item}
