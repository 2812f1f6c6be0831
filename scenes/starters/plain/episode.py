"""What the film consists of: scenes in their order.  This one computes nothing; its badge says "illustration"."""

from __future__ import annotations

from tapehead.scenes.episode import Episode, SceneRef

EPISODE = Episode(
    title="A film of your own",
    # name, class, title.  A line's key in script.toml begins with the scene's name.
    scenes=(SceneRef("turn", ".turn:Turn", "A square turns", chapter=False),),
    description="Words and shapes.",
    tags=("manim",),
)
