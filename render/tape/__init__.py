"""The tape: what happens to a finished frame between the master and the encoder."""

from tapehead.render.tape.effects import tape_from, tape_named
from tapehead.render.tape.presets import tape_names
from tapehead.render.tape.stage import TapeStage

__all__ = ["TapeStage", "tape_from", "tape_named", "tape_names"]
