"""The stage that all episodes share: base scene, palette, lettering, reusable mobjects.

Import from the modules themselves (``from tapehead.scenes.stage.palette import NOSE``): a reader sees where a name
lives.
"""
