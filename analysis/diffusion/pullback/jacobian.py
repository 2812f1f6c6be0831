"""The Jacobian of a U-Net's bottleneck as an operator: x_t -> h, products J v and J^T u in blocks.

h is what the mid block (or a down block) hands on; a forward hook ends the pass there, so the decoder never runs and
any diffusers U-Net will do.  J is taken in x_t alone; words enter through cross-attention.  The primal pass is shared
by all rows of all blocks: J v costs about one pass through the encoder per row and J^T u about as much.

J v goes by :mod:`tapehead.analysis.diffusion.pullback.pushforward` where it has rules for all that the U-Net does, by
PyTorch's forward mode where it has not, and by central differences, with a note, where that fails too.

Products come back as fp32 on the CPU or wherever the model is, whatever precision they were computed in.
"""

from __future__ import annotations

import contextlib
import copy
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from tapehead.analysis.diffusion.models.inversion import check_time, states_of
from tapehead.analysis.diffusion.models.model import DiffusionModel
from tapehead.analysis.diffusion.pullback.torch_modes import (
    Precision,
    forward_mode,
    free_memory,
    out_of_memory,
    plain_attention,
    shortened,
)
from tapehead.analysis.errors import UnknownNameError, UsageError, first_line
from tapehead.analysis.model_files import ModelError

if TYPE_CHECKING:
    from torch import Tensor

    from tapehead.analysis.diffusion.pullback.pushforward import Linear

Mode = Literal["forward", "differences"]
"""How J v is found: exactly, by forward-mode differentiation, or approximately, by central differences."""

CHUNK = 32
"""Rows of a block that are computed at once where memory allows it."""
SMALL = 1024
"""Pixels of x_t up to which reverse mode takes plain attention: its matrices are small, and a block runs as one."""
ONE_BY_ONE = 3
"""Rows of a product J^T u up to which each is a backward pass of its own: ``vmap`` costs more than it saves there."""
TEMPORARY = 4
"""Memory of a product, as a multiple of the tangents that it holds at once."""
STEP = 5e-3
"""Of central differences, as a share of |x|."""


class Jacobian:
    """J = dh/dx_t at one point, as an operator on blocks of rows.  Made by :func:`jacobian_at`.

    Attributes:
        columns: D, numbers in x_t.
        rows: M, numbers in h.
        shape: of x_t, (C, H, W).
        h: bottleneck at the point, (M,).
        t, prompt, layer: where and of what.
        n_jvp, n_vjp: products so far, counted in rows.
        mode: how J v is found.
        chunk: rows at a time; it is halved when memory runs out.
        notes: what did not go as planned, in words (smaller chunks, differences instead of forward mode).
    """

    def __init__(self, encoder: Encoder, x: Tensor, prompt: str | None, policy: Precision, mode: Mode) -> None:
        import torch

        from tapehead.analysis.diffusion.pullback.pushforward import NoRule, linearise

        self._encoder, self._policy = encoder, policy
        self._x = x.to(encoder.dtype)
        self._linear: Linear | None = None
        self._pull: Callable[[Tensor], tuple[Tensor]] | None = None
        self._graph: tuple[Tensor, Tensor] | None = None
        self.model = encoder.model.name
        self.t, self.prompt, self.layer = encoder.t, prompt, encoder.layer
        self.mode: Mode = mode
        self.device, self.dtype = x.device, encoder.dtype
        self.n_jvp = self.n_vjp = 0
        self.notes: list[str] = []
        found: Tensor | None = None
        with shortened(policy), contextlib.suppress(NoRule):
            self._linear, found = linearise(encoder, self._x)
        if found is None:
            with torch.no_grad(), shortened(policy):
                found = encoder(self._x)
        self.h_shape = tuple(found.shape[1:])
        self.shape = tuple(x.shape[1:])
        self.h = found.flatten().float()
        self.columns, self.rows = x.numel(), self.h.numel()
        self.chunk = self._fitting_chunk()
        _finite(self.h[None], f"h of '{self.model}' at t={self.t}")

    def apply(self, v: Tensor) -> Tensor:
        """J v of each row: (b, D) -> (b, M).

        Raises:
            UsageError: rows of another length.
            ModelError: a product that is not finite, or memory that does not suffice for one row.
        """
        v = self._checked(v, self.columns, "J v")
        self.n_jvp += len(v)
        if self.mode == "forward":
            try:
                return self._in_chunks(self._forward, v, "J v")
            except (NotImplementedError, RuntimeError) as error:
                if isinstance(error, ModelError):
                    raise
                self._note(
                    f"forward-mode differentiation of '{self.model}' failed ({first_line(error)}); J v is found by "
                    "central differences, to about three digits"
                )
                self.mode = "differences"
        return self._in_chunks(self._differences, v, "J v")

    def transpose(self, u: Tensor) -> Tensor:
        """J^T u of each row: (b, M) -> (b, D).  Raises: as :meth:`apply`."""
        u = self._checked(u, self.rows, "J^T u")
        self.n_vjp += len(u)
        return self._in_chunks(self._reverse, u, "J^T u")

    def dense(self) -> Tensor:
        """The whole matrix (M, D), from the fewer products of the two.  For small models."""
        import torch

        if self.columns <= self.rows:
            return self.apply(torch.eye(self.columns, device=self.device)).T.contiguous()
        return self.transpose(torch.eye(self.rows, device=self.device))

    def adjoint_error(self, seed: int = 0) -> float:
        """How far <w, J v> and <J^T w, v> are apart for random v and w, relative to the size of such a number.

        1e-7 to 1e-5 in fp32; more says that the two products are not of one matrix.
        """
        import torch

        draw = torch.Generator().manual_seed(seed)
        v = torch.randn(1, self.columns, generator=draw).to(self.device)
        w = torch.randn(1, self.rows, generator=draw).to(self.device)
        there, back = self.apply(v).double(), self.transpose(w).double()
        # w is random, so <w, Jv> is about |w| |Jv| / sqrt(M).
        size = w.double().norm() * there.norm() / self.rows**0.5
        return float(((w * there).sum() - (back * v).sum()).abs() / size) if size > 0 else 0.0

    def _fitting_chunk(self) -> int:
        """Rows at a time that fit into the memory that is free now."""
        free = free_memory(self.device)
        if self._linear is None or free is None:
            return CHUNK
        return max(1, min(CHUNK, free // (self._linear.peak * self.dtype.itemsize * TEMPORARY)))

    def _checked(self, rows: Tensor, length: int, what: str) -> Tensor:
        if rows.ndim != 2 or rows.shape[1] != length:
            raise UsageError(
                f"{what} of '{self.model}' at {self.layer} takes rows of {length} numbers, (b, {length}); "
                f"this is {tuple(rows.shape)}"
            )
        return rows.to(self.device)

    def _in_chunks(self, product: Callable[[Tensor], Tensor], rows: Tensor, what: str) -> Tensor:
        import torch

        found: list[Tensor] = []
        done = 0
        while done < len(rows):
            part = rows[done : done + self.chunk]
            try:
                with shortened(self._policy):
                    out = product(part.to(self.dtype)).float()
            except (RuntimeError, MemoryError) as error:
                if not out_of_memory(error):
                    raise
                self._shrink(len(part), what, error)
                continue
            _finite(out, f"{what} of '{self.model}' at t={self.t}", done)
            found.append(out)
            done += len(part)
        return torch.cat(found) if found else rows.new_zeros(0, self.rows if what == "J v" else self.columns)

    def _shrink(self, size: int, what: str, error: BaseException) -> None:
        import torch

        if self.device.type == "cuda":
            torch.cuda.empty_cache()
        if size <= 1:
            raise ModelError(
                f"out of memory on {self.device}: even one row of {what} of '{self.model}' does not fit "
                f"({first_line(error)}). Use policy 'bf16', a smaller picture or a device with more memory"
            ) from error
        self.chunk = size // 2
        self._note(f"out of memory on {self.device} with {size} rows at a time; going on with {self.chunk}")

    def _note(self, text: str) -> None:
        self.notes.append(text)
        warnings.warn(text, RuntimeWarning, stacklevel=4)

    def _forward(self, v: Tensor) -> Tensor:
        import torch
        from torch.func import jvp, vmap

        if self._linear is not None:
            return self._linear(v.reshape(-1, *self._x.shape)).reshape(len(v), -1)

        def push(one: Tensor) -> Tensor:
            return jvp(self._encoder, (self._x,), (one,))[1]

        with torch.no_grad(), forward_mode():
            return vmap(push)(v.reshape(-1, *self._x.shape)).reshape(len(v), -1)

    def _reverse(self, u: Tensor) -> Tensor:
        import torch
        from torch.func import vjp, vmap

        small = self.shape[1] * self.shape[2] <= SMALL
        kernel = plain_attention() if small else contextlib.nullcontext()
        if len(u) <= ONE_BY_ONE:
            if self._graph is None:
                x = self._x.detach().clone().requires_grad_()
                with torch.enable_grad(), kernel:
                    self._graph = x, self._encoder(x)
            x, h = self._graph
            rows = (torch.autograd.grad(h, x, one.reshape(h.shape), retain_graph=True)[0] for one in u)
            return torch.cat([row.reshape(1, -1) for row in rows])
        if self._pull is None:
            with torch.enable_grad(), kernel:
                self._pull = vjp(self._encoder, self._x)[1]
        pull = self._pull
        return vmap(lambda one: pull(one)[0])(u.reshape(-1, 1, *self.h_shape)).reshape(len(u), -1)

    def _differences(self, v: Tensor) -> Tensor:
        import torch

        # Rows of length |x| * STEP; fp32 rounding grows as they shrink, curvature as they grow.
        length = v.norm(dim=1, keepdim=True)
        size = STEP * self._x.norm() / torch.where(length > 0, length, 1)
        nudge = (v * size).reshape(-1, *self.shape)
        with torch.no_grad():
            both = self._encoder(torch.cat([self._x + nudge, self._x - nudge])).flatten(1)
        return (both[: len(v)] - both[len(v) :]) / (2 * size)


class _Reached(Exception):  # noqa: N818 - it is how a pass ends, not an error
    """The hook has what it wants."""


@dataclass(frozen=True, eq=False)
class Encoder:
    """x (n, C, H, W) -> h (n, c, height, width) at one time and caption; the decoder never runs."""

    model: DiffusionModel
    unet: Any
    block: Any
    layer: str
    t: int
    states: Any

    @property
    def dtype(self) -> Any:
        """Of its weights and activations."""
        return self.unet.dtype

    def __call__(self, x: Tensor) -> Tensor:
        """One pass up to the layer."""
        seen: list[Tensor] = []

        def stop(_module: Any, _inputs: Any, output: Any) -> None:
            seen.append(output[0] if isinstance(output, tuple) else output)
            raise _Reached

        hook = self.block.register_forward_hook(stop)
        try:
            states = None if self.states is None else self.states.expand(len(x), *self.states.shape[1:])
            self.model.called(self.unet, x, self.t, states)
        except _Reached:
            return seen[0]
        finally:
            hook.remove()
        raise ModelError(f"the pass through '{self.model.name}' never came to {self.layer}")


def jacobian_at(
    model: DiffusionModel,
    x: Tensor,
    t: int,
    prompt: str | None = None,
    layer: str = "mid",
    policy: Precision = "fp32",
    mode: Mode = "forward",
) -> Jacobian:
    """The Jacobian of x_t -> h at x.

    Args:
        x: x_t, (C, H, W) or (1, C, H, W).
        t: time, 0 to T - 1.
        prompt: caption whose words the cross-attention sees; ``None`` is the empty caption.
        layer: ``mid``, or ``down-1`` (finest) to ``down-n``: what that down block hands on.
        policy: precision of the products.
        mode: ``differences`` asks for central differences; ``forward`` falls back to them, with a note, where
            forward-mode differentiation fails.

    Raises:
        UsageError: an x of another shape, a time, layer, caption, precision or device that does not fit.
        ModelError: a U-Net without the layer, or one that cannot be run.
    """
    x = _checked_point(model, x)
    if x.shape[0] != 1:
        raise UsageError(f"a Jacobian is taken at one x, (C, H, W); this is {tuple(x.shape)}")
    if mode not in get_args(Mode):
        raise UnknownNameError("mode", mode, get_args(Mode))
    encoder = _encoder(model, t, prompt, layer, policy)
    with _explained(model):
        return Jacobian(encoder, x, prompt, policy, mode)


def bottleneck(
    model: DiffusionModel, x: Tensor, t: int, prompt: str | None = None, layer: str = "mid", block: int = 64
) -> Tensor:
    """h of each x: (n, C, H, W) -> (n, M), fp32.  Arguments and errors as :func:`jacobian_at`."""
    import torch

    x = _checked_point(model, x)
    encoder = _encoder(model, t, prompt, layer, "fp32")
    with torch.no_grad(), _explained(model):
        return torch.cat([encoder(part).flatten(1) for part in x.split(block)])


def layers_of(model: DiffusionModel) -> list[str]:
    """Names of the layers that a Jacobian can be taken of, finest first."""
    found = [f"down-{i + 1}" for i in range(len(getattr(model.unet, "down_blocks", None) or []))]
    return found + (["mid"] if getattr(model.unet, "mid_block", None) is not None else [])


def _encoder(model: DiffusionModel, t: int, prompt: str | None, layer: str, policy: Precision) -> Encoder:
    import torch

    check_time(model, t)
    if policy not in get_args(Precision):
        raise UnknownNameError("precision", policy, get_args(Precision))
    there = layers_of(model)
    if layer == "mid" and "mid" not in there:
        raise ModelError(
            f"the U-Net of '{model.name}' has no mid block (mid_block_type null); "
            f"take another layer: {', '.join(there) or 'it has none'}"
        )
    if layer not in there:
        raise UnknownNameError("layer", layer, there)
    unet = model.unet
    if unet.dtype != torch.float32:
        raise UsageError(
            f"the U-Net of '{model.name}' holds {_short(unet.dtype)} weights; products start from float32 ones: "
            "read it with load_model, or unet.float(), and ask for policy='bf16' if it is to be short"
        )
    if unet.device.type != torch.device(model.device).type:
        raise UsageError(f"the U-Net of '{model.name}' is on {unet.device}, the model on {model.device}: move one")
    states = states_of(model, prompt, 1)
    if policy == "bf16":
        unet = torch.nn.Module.to(copy.deepcopy(unet), torch.bfloat16)
        states = None if states is None else states.to(torch.bfloat16)
    block = unet.mid_block if layer == "mid" else unet.down_blocks[int(layer.removeprefix("down-")) - 1]
    return Encoder(model, unet, block, layer, t, states)


def _checked_point(model: DiffusionModel, x: Tensor) -> Tensor:
    """x as (n, C, H, W), fp32, on the model's device."""
    import torch

    found = x[None] if x.ndim == 3 else x
    if found.ndim != 4 or tuple(found.shape[1:]) != model.shape:
        raise UsageError(f"x_t of '{model.name}' has the shape {model.shape}; this is {tuple(x.shape)}")
    if not x.dtype.is_floating_point:
        raise UsageError(f"x_t holds floating-point numbers; this is {_short(x.dtype)}")
    if not bool(torch.isfinite(found).all()):
        raise UsageError(f"x_t for '{model.name}' holds numbers that are not finite")
    return found.detach().to(model.device, torch.float32)


@contextlib.contextmanager
def _explained(model: DiffusionModel) -> Iterator[None]:
    """What diffusers says about a U-Net that wants more than x, t and words, as an error of ours."""
    try:
        yield
    except (RuntimeError, ValueError, TypeError) as error:
        if out_of_memory(error):
            raise ModelError(
                f"out of memory on {model.device}: one pass through '{model.name}' does not fit ({first_line(error)})"
            ) from error
        raise ModelError(f"the U-Net of '{model.name}' cannot be run: {first_line(error)}") from error


def _finite(rows: Tensor, what: str, first: int = 0) -> None:
    import torch

    good = torch.isfinite(rows).all(1)
    if not bool(good.all()):
        at = int((~good).nonzero()[0])
        bad = rows[at][~torch.isfinite(rows[at])]
        raise ModelError(
            f"{what}: row {first + at} holds {len(bad)} numbers that are not finite (the first is {float(bad[0])})"
        )


def _short(dtype: Any) -> str:
    return str(dtype).removeprefix("torch.")
