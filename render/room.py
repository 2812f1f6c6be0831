"""How much memory this process may ask for: what a shell or a batch system allows (``ulimit -v``)."""

from __future__ import annotations

import sys

NEEDED = 2**30
"""Bytes of address space below which libraries fail in ways of their own: one of them waits for ever, another ends the
process (measured: a tape needs 0.8 GiB, a render of two small scenes 1.2)."""


def allowed() -> int | None:
    """Bytes of address space that this process may have; nothing where that is not bounded."""
    if sys.platform == "win32":
        return None
    import resource

    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    return None if limit == resource.RLIM_INFINITY else limit


def too_little() -> str:
    """What to say where less than :data:`NEEDED` is allowed; empty where it is enough."""
    limit = allowed()
    if limit is None or limit >= NEEDED:
        return ""
    return (
        f"this shell allows a program {limit / 2**30:.2g} GiB of address space (ulimit -v), nothing can be computed in "
        f"less than {NEEDED / 2**30:g} GiB; `ulimit -v unlimited` lifts it, or ask the batch system for more"
    )


def is_lack(error: BaseException) -> bool:
    """Whether an error, or what it came from, means that memory or threads ran out."""
    seen: set[int] = set()
    at: BaseException | None = error
    while at is not None and id(at) not in seen:
        seen.add(id(at))
        text = str(at)
        if isinstance(at, MemoryError) or any(sign in text for sign in _SIGNS):
            return True
        at = at.__cause__ or at.__context__
    return False


_SIGNS = ("can't start new thread", "failed to map segment", "Cannot allocate memory", "cannot allocate memory")


def lack(what: str) -> str:
    """What to say when memory ran out."""
    limit = allowed()
    if limit is None:
        return (
            f"{what}: there is not enough memory (or there are too many threads) left on this machine; close something"
        )
    return (
        f"{what}: it needs more than the {limit / 2**30:.2g} GiB of address space that this shell allows (ulimit -v); "
        "`ulimit -v unlimited` lifts it"
    )
