"""The film's sound: narration, a quiet bed and effects, mixed and mastered."""

from tapehead.render.sound.effects import EFFECTS
from tapehead.render.sound.meter import SoundReport, measure
from tapehead.render.sound.mixing import mix

__all__ = ["EFFECTS", "SoundReport", "measure", "mix"]
