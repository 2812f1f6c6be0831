"""How PyTorch is made to compute a U-Net's products: forward mode, kernels, precision, and whether memory suffices."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from torch import Tensor

Precision = Literal["fp32", "tf32", "bf16"]
"""What products are computed in.  ``tf32`` is fp32 with shortened factors on NVIDIA cards, elsewhere plain fp32."""


@contextlib.contextmanager
def forward_mode() -> Iterator[None]:
    """What forward-mode differentiation of a U-Net needs: plain attention, and a group norm that it can follow.

    The fused attention kernels have no forward-mode formula (pytorch/pytorch#128971, #165530), and the one of
    ``group_norm`` fails on inputs that are not contiguous.
    """
    with plain_attention(), _plain_group_norm():
        yield


def plain_attention() -> contextlib.AbstractContextManager[Any]:
    """Attention by its formula, without the fused kernels."""
    from torch.nn.attention import SDPBackend, sdpa_kernel

    return sdpa_kernel(SDPBackend.MATH)


def _plain_group_norm() -> contextlib.AbstractContextManager[Any]:
    import torch
    import torch.nn.functional as F  # noqa: N812 - its usual name
    from torch.overrides import TorchFunctionMode

    def group_norm(x: Tensor, groups: int, weight: Any = None, bias: Any = None, eps: float = 1e-5) -> Tensor:
        grouped = x.reshape(x.shape[0], groups, -1)
        var, mean = torch.var_mean(grouped, -1, unbiased=False, keepdim=True)
        out = ((grouped - mean) * torch.rsqrt(var + eps)).reshape(x.shape)
        wide = (1, -1) + (1,) * (x.ndim - 2)
        out = out if weight is None else out * weight.reshape(wide)
        return out if bias is None else out + bias.reshape(wide)

    class Plain(TorchFunctionMode):
        def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            if func is F.group_norm:
                return group_norm(*args, **(kwargs or {}))
            return func(*args, **(kwargs or {}))

    return Plain()


@contextlib.contextmanager
def shortened(policy: Precision) -> Iterator[None]:
    """Shortened factors on NVIDIA cards while it lasts if the policy is ``tf32``, and surely none if it is not."""
    import torch

    products, convolutions = torch.backends.cuda.matmul, torch.backends.cudnn
    before = products.allow_tf32, convolutions.allow_tf32
    products.allow_tf32 = convolutions.allow_tf32 = policy == "tf32"
    try:
        yield
    finally:
        products.allow_tf32, convolutions.allow_tf32 = before


def free_memory(device: Any) -> int | None:
    """Bytes that are free on the device, or ``None`` where nobody says."""
    import torch

    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") if device.type == "cpu" else None
    except (ValueError, OSError, AttributeError):
        return None


def out_of_memory(error: BaseException) -> bool:
    """Whether a device or the machine said so, in whatever words."""
    import torch

    words = str(error).lower()
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or any(
        said in words for said in ("out of memory", "can't allocate memory", "not enough memory")
    )
