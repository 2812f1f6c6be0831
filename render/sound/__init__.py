"""The film's sound: narration, a quiet bed and effects, mixed and mastered."""

from render.sound.effects import EFFECTS
from render.sound.meter import SoundReport, measure
from render.sound.mixing import mix

__all__ = ["EFFECTS", "SoundReport", "measure", "mix"]
