"""Makes ``timm`` importable for tests: from the environment, or from ``timm/`` in it, where ``make test`` lays it.

It lies beside the environment and not in it, since torchvision from PyPI is built for CUDA: beside a torch without
CUDA its compiled operators do not load, ``import torchvision`` fails, and with it half of ``transformers``.  Nothing of
``timm``'s classifiers calls these operators.  Their names alone are missing, so the tests (and nothing else) declare
them; who called one would be told that it has no kernel.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch

BESIDE = Path(sys.prefix) / "timm"
_MISSING = re.compile(r"operator (torchvision::\w+) does not exist")


def declare_missing_operators() -> list[str]:
    """Import torchvision and declare every operator that it says is missing; their names."""
    declared: list[str] = []
    while True:
        try:
            import torchvision  # noqa: F401
        except RuntimeError as error:
            missing = _MISSING.search(str(error))
            if missing is None or missing[1] in declared:
                raise
            for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
                del sys.modules[name]
            torch.library.define(missing[1], "(Tensor boxes, Tensor scores, float overlap) -> Tensor")
            declared.append(missing[1])
        else:
            return declared


@contextmanager
def timm_importable() -> Iterator[None]:
    """Within it ``import timm`` works; the test is skipped where ``timm`` is nowhere."""
    sys.path.append(str(BESIDE))
    try:
        declare_missing_operators()
        import timm  # noqa: F401
    except ImportError as error:
        pytest.skip(f"timm is not here ({error}); `make test` lays it into {BESIDE}")
    else:
        yield
    finally:
        sys.path.remove(str(BESIDE))
