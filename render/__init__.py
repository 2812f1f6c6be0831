"""Rendering: plan, draw, tape, sound, captions, encode; and the command line.

The package can be called: ``tapehead.render("linear-algebra")`` is :func:`tapehead.render.notebook.api.render`.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class _Callable(ModuleType):
    """A package is an attribute of ``tapehead`` as soon as it is imported, so a function beside it would be lost."""

    def __call__(self, *arguments: Any, **choices: Any) -> Any:
        """Render an episode's film."""
        from tapehead.render.notebook.api import render

        return render(*arguments, **choices)


sys.modules[__name__].__class__ = _Callable
