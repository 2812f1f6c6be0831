"""How many threads a run's own products are shared between."""

from __future__ import annotations

import os
from typing import Any

SMALL = 20_000_000
"""Parameters below which a model's products are too small to be worth sharing between threads."""


def threads(jobs: int, module: Any) -> None:
    """As many threads as asked for; else one for a small model and one per core for others."""
    import torch

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    small = sum(one.numel() for one in module.parameters()) < SMALL
    torch.set_num_threads(jobs or (1 if small else cores))
