"""Importing this loads the compiled tape: the fork server does (:mod:`tapehead.render.workers.pool`), so that no
worker has to.

It is the one module that works when it is imported, since that is all that a fork server can be asked for.
"""

from __future__ import annotations

import contextlib

from tapehead.render.workers.warm import warm

with contextlib.suppress(Exception):  # what is broken here is broken in the worker as well, which can say so
    warm()
