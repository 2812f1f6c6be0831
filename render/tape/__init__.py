"""The tape: what happens to a finished frame between the master and the encoder."""

from tapehead.render.tape.stage import TapeStage, tape_from, tape_named, tape_names

__all__ = ["TapeStage", "tape_from", "tape_named", "tape_names"]
