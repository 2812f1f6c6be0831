"""tapehead: explainer videos about how neural networks think, in which every number on screen was computed.

For Python and notebooks::

    import tapehead

    film = tapehead.episode("linear-algebra")     # or a folder of yours
    film.results()["cats"].to_pandas()            # .to_xarray(), .read("nap", cat="Tom")
    film.figure("cats")                           # shows itself in a notebook
    film.stills("hook"); film.render("hook")

``tapehead.analyze``, ``figure``, ``stills`` and ``render`` are the same in one call, ``tapehead.episodes()`` lists what
there is, and ``%load_ext tapehead`` makes ``%%tapehead`` draw the scene in a cell.  Nothing heavy is imported before it
is used.

The rooms lie at the top of the repository (``analysis/``, ``scenes/``, ``render/``, ``assets/``); here they are links,
so that what is installed occupies one name only, and a checkout and a wheel are imported, typed and searched alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tapehead.render.notebook.api import analyze as analyze
    from tapehead.render.notebook.api import episode as episode
    from tapehead.render.notebook.api import episodes as episodes
    from tapehead.render.notebook.api import figure as figure
    from tapehead.render.notebook.api import stills as stills

_API = ("analyze", "episode", "episodes", "figure", "stills")


def __getattr__(name: str) -> Any:
    """What is asked for, imported then.  ``tapehead.render`` is the package, which can be called."""
    import importlib

    if name == "render":
        return importlib.import_module("tapehead.render")
    if name in _API:
        return getattr(importlib.import_module("tapehead.render.notebook.api"), name)
    raise AttributeError(f"module 'tapehead' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted((*globals(), *_API, "render"))


def load_ipython_extension(shell: Any) -> None:
    """``%load_ext tapehead``."""
    from tapehead.render.notebook.magic import register

    register(shell)
