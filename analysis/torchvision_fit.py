"""Whether the torchvision that is there can be imported: one built for another torch breaks whoever asks for it.

Its compiled operators belong to one release and one build of torch.  Where they do not load, ``import torchvision``
fails, and with it ``timm`` and every model of ``transformers``, whose own message names neither of the two.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util

BEFORE = 15
"""torchvision 0.n belongs to torch 2.(n - 15): 0.21 to 2.6, 0.28 to 2.13."""


def misfit() -> str:
    """What is wrong with torchvision and the line that mends it; nothing if it works or is not there."""
    try:
        if importlib.util.find_spec("torchvision") is None:
            return ""
        importlib.import_module("torchvision")
    except Exception:  # errors of its own, of the dynamic linker and of torch
        import torch

        release, _, build = torch.__version__.partition("+")
        place = f" --index-url https://download.pytorch.org/whl/{build}" if build else ""
        return (
            f"the torchvision that is installed ({_release('torchvision')}) was built for another torch than {release}"
            f"{f' ({build})' if build else ''}: pip install --force-reinstall --no-deps '{fitting(release)}'{place}"
        )
    return ""


def fitting(torch: str) -> str:
    """The requirement that brings the torchvision of a release of torch (``2.13.0``)."""
    major, minor = torch.split(".")[:2]
    return f"torchvision==0.{int(minor) + BEFORE}.*" if major == "2" and minor.isdigit() else "torchvision"


def _release(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "of unknown release"
