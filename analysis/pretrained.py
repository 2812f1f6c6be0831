"""Networks that a class of ``transformers`` reads from a directory: whole, finite, in fp32, and no code of others."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tapehead.analysis.errors import MissingPartError, UsageError, first_line
from tapehead.analysis.model_files import ModelError, check_finite
from tapehead.analysis.torchvision_fit import misfit

LONGEST = 200
"""Characters of what a library says that a message repeats."""


def check_device(device: str) -> None:
    """Raise ``UsageError`` unless torch can use ``device`` on this machine."""
    import torch

    try:
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        raise UsageError(f"the device '{device}' is not there: {first_line(error)}; 'cpu' always is") from None


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """No progress bars and no advice while loading; warnings come back afterwards."""
    from transformers.utils import logging

    level = logging.get_verbosity()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        logging.enable_progress_bar()


def read_pretrained(auto: Any, directory: Path, refusal: str) -> Any:
    """The network in a directory, in evaluation mode.

    Args:
        auto: a class with ``from_pretrained``, such as ``AutoModelForCausalLM``.
        directory: ``config.json`` and safetensors, looked at before.
        refusal: how the message begins if the class cannot make anything of them.

    Raises:
        MissingPartError: it cannot, since the torchvision that is there was built for another torch.
        ModelError: it cannot, a weight is missing or has another shape, or one is no number.
    """
    import torch

    with quiet():
        try:
            loaded: Any = auto.from_pretrained(
                str(directory),
                local_files_only=True,
                use_safetensors=True,
                trust_remote_code=False,
                dtype=torch.float32,
                output_loading_info=True,
            )
        except Exception as error:
            if isinstance(error, ImportError) and (wrong_build := misfit()):
                raise MissingPartError(wrong_build) from error
            raise ModelError(f"{refusal}: {first_line(error)[:LONGEST]}") from error
    network, told = loaded
    if wrong := sorted(str(key) for kind in ("missing_keys", "mismatched_keys") for key in told.get(kind, ())):
        raise ModelError(f"the weights in {directory} do not fit its config.json: {', '.join(wrong[:3])}")
    check_finite(network, f"the weights in {directory}")
    return network.eval()
