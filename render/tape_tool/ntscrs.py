"""Presets of ntsc-rs (JSON, version 1) as settings of ours, with a report of what could not be mapped.

ntsc-rs thinks in pixels at 14.318 MHz; a picture that its own scale settings say is wider is converted back.  Its key
names, their defaults where a file lacks them (those of the version that a key was added in) and their meanings are
facts about its file format; nothing of its code or presets is used.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tapehead.analysis.errors import DamagedEntryError
from tapehead.render.tape.settings import registry
from tapehead.render.tape.systems import SYSTEMS

_RATE = SYSTEMS["NTSC"].rate
_TAPE_SPEEDS = {0: None, 1: "SP", 2: "LP", 3: "EP"}
_FIELDS = {0: "single", 1: "single", 2: "single", 3: "progressive", 4: "upper", 5: "lower"}
_DEMODULATION = {0: "box", 1: "notch", 2: "1H", 3: "2H"}


@dataclass
class Imported:
    """What an ntsc-rs preset becomes."""

    settings: dict[str, Any] = field(default_factory=dict)
    approximated: list[str] = field(default_factory=list)
    """Keys whose effect is near, not equal; each with what was done."""
    dropped: list[str] = field(default_factory=list)
    """Keys that nothing here corresponds to; each with why."""

    def preset(self, name: str, title: str) -> dict[str, Any]:
        """A preset file's contents."""
        return {"name": name, "version": 1, "title": title, "effect": "vhs", "settings": self.settings}


def import_preset(text: str, source: str) -> Imported:
    """Read an ntsc-rs preset.

    Raises:
        DamagedEntryError: it is no JSON object of numbers and switches, or of another version.
    """
    try:
        given = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DamagedEntryError(f"{source} is not JSON: {error}") from None
    if not isinstance(given, dict):
        raise DamagedEntryError(f"{source} is no ntsc-rs preset: it must be one JSON object")
    if given.get("version") != 1:
        raise DamagedEntryError(
            f"{source} is an ntsc-rs preset of version {given.get('version')!r}; version 1 is known"
        )
    for name, value in given.items():
        if not isinstance(value, bool | int | float) or (isinstance(value, float) and not math.isfinite(value)):
            raise DamagedEntryError(f"{source}: '{name}' is {value!r}; ntsc-rs presets hold numbers and switches")
    return _Import(given).run()


class _Import:
    def __init__(self, given: Mapping[str, Any]) -> None:
        self.given, self.seen = given, {"version"}
        self.found = Imported()
        scale = float(self.value("bandwidth_scale", 1.0)) if self.value("scale_settings", True) else 1.0
        self.pixels_per_us = _RATE * (scale or 1.0)

    def value(self, name: str, default: Any) -> Any:
        """A key's value or ntsc-rs' default for it; the key counts as seen."""
        self.seen.add(name)
        return self.given.get(name, default)

    def put(self, name: str, value: Any, note: str = "") -> None:
        """Set one of ours, held inside its range."""
        limits = registry()[name].range
        if limits is not None and isinstance(value, int | float) and not isinstance(value, bool):
            held = min(max(value, limits[0]), limits[1])
            if abs(held - value) > 1e-9 * max(1.0, abs(value)):
                note = f"{note}; " if note else ""
                note += f"{value:.4g} is outside of {limits[0]:g} to {limits[1]:g}"
            value = round(held, 6)
        self.found.settings[name] = value
        if note:
            self.found.approximated.append(f"{name}: {note}")

    def switched(self, name: str, default: bool, then: Callable[[], None], otherwise: Callable[[], None]) -> None:
        """A group of keys behind a switch."""
        (then if self.value(name, default) else otherwise)()

    def run(self) -> Imported:
        """All keys in the order of the signal."""
        field = int(self.value("use_field", 4))
        self.put("fields", _FIELDS.get(field, "upper"), "one field of each frame" if field in (0, 1, 2) else "")
        self.put("composite.mode", _DEMODULATION.get(int(self.value("chroma_demodulation", 1)), "notch"))
        self.switched("head_switching", True, self.head, lambda: self.put("head.shift", 0.0))
        self.switched("tracking_noise", True, self.tracking, lambda: self.put("track.error", 0.0))
        self.luma()
        self.chroma()
        self.switched("vhs_settings", True, self.vhs, self.no_tape)
        self.rest()
        return self.found

    def head(self) -> None:
        """Rows and pixels at the bottom; ours always starts within a line."""
        self.seen |= {
            "head_switching_start_mid_line",
            "head_switching_mid_line_position",
            "head_switching_mid_line_jitter",
        }
        height, offset = float(self.value("head_switching_height", 8)), float(self.value("head_switching_offset", 3))
        self.put("head.point", 3.0 + max(0.0, height - offset), "rows of the field become lines before sync")
        self.put("head.shift", float(self.value("head_switching_horizontal_shift", 72.0)) / self.pixels_per_us)

    def tracking(self) -> None:
        """The band of noise at the bottom."""
        height = float(self.value("tracking_noise_height", 12))
        noise = float(self.value("tracking_noise_noise_intensity", 0.25))
        self.put("track.height", height)
        self.put("track.pos", 1.0)
        self.put("track.error", noise, "noise intensity is taken for the error")
        self.put("track.wave", float(self.value("tracking_noise_wave_intensity", 15.0)) / self.pixels_per_us)
        self.value("tracking_noise_snow_intensity", 0.025)
        self.value("tracking_noise_snow_anisotropy", 0.25)

    def noise_rms(self, name: str, switch: bool, intensity: float) -> float:
        """Rms of one of its fractal noises, as part of white.

        At a frequency near 1 it is white; it spreads evenly over plus and minus its intensity times a quarter.
        """
        on = self.value(name, switch)
        self.seen |= {f"{name}_frequency", f"{name}_detail"}
        return float(self.value(f"{name}_intensity", intensity)) / (4 * math.sqrt(3)) if on else 0.0

    def luma(self) -> None:
        """Smear, ringing, noise and snow."""
        smear = float(self.value("luma_smear", 0.0))
        self.put("luma.smear", smear / 2 / self.pixels_per_us * 4, "strength becomes a tail")
        if self.value("ringing", True):
            power = float(self.value("ringing_power", 4.0))
            self.put("luma.ring", 4 + 2 * power, "gain of a notch becomes overshoot")
            self.seen |= {"ringing_frequency", "ringing_scale"}
        else:
            self.put("luma.ring", 4.0)
        noise = math.hypot(self.noise_rms("luma_noise", False, 0.01), self.noise_rms("composite_noise", True, 0.05))
        if noise > 0:
            self.put("luma.snr", -20 * math.log10(noise), "composite and luma noise together, by their rms")
        else:
            self.put("luma.snr", None)
        snow = float(self.value("snow_intensity", 0.00025))
        self.put("snow.rate", snow)
        self.value("snow_anisotropy", 0.5)

    def chroma(self) -> None:
        """Noise, phase, delay and loss."""
        noise = float(self.value("chroma_noise_intensity", 0.1)) if self.value("chroma_noise", True) else 0.0
        self.seen |= {"chroma_noise_frequency", "chroma_noise_detail"}
        self.put("chroma.noise", noise * 26.0, "intensity 0.1 was measured as 2.6 levels rms")
        turn = float(self.value("chroma_phase_error", 0.0))
        self.put("chroma.hue", (turn * 360 + 180) % 360 - 180)
        jitter = float(self.value("chroma_phase_noise_intensity", 0.001))
        self.put("chroma.hue_rms", jitter * 360 / math.sqrt(3))
        self.put("chroma.delay", float(self.value("chroma_delay_horizontal", 0.0)) / self.pixels_per_us)
        self.put("chroma.delay_v", max(0, int(self.value("chroma_delay_vertical", 0))))
        self.put("chroma.comb", bool(self.value("vhs_chroma_vert_blend", True)))

    def vhs(self) -> None:
        """The tape itself."""
        speed = _TAPE_SPEEDS.get(int(self.value("vhs_tape_speed", 2)))
        if speed is None:
            self.no_tape()
        else:
            self.put("speed", speed)
            late = {"SP": 4, "LP": 5, "EP": 6}[speed] / _RATE
            self.put("chroma.delay", self.found.settings["chroma.delay"] + late, "with the delay of the tape speed")
            self.put("chroma.bw", {"SP": 0.32, "LP": 0.30, "EP": 0.28}[speed])
        loss = float(self.value("vhs_chroma_loss", 2.5e-5))
        self.put("chroma.loss", loss)
        if self.value("vhs_edge_wave_enabled", True):
            self.put("wave.amp", float(self.value("vhs_edge_wave", 0.5)) / self.pixels_per_us)
            self.put("wave.speed", float(self.value("vhs_edge_wave_speed", 4.0)))
            self.put("wave.freq", float(self.value("vhs_edge_wave_frequency", 0.05)))
            self.value("vhs_edge_wave_detail", 1)
        else:
            self.put("wave.amp", 0.0)
        if self.value("vhs_sharpen_enabled", True):
            self.put("luma.peak", float(self.value("vhs_sharpen", 0.25)) * 6, "strength 1 is taken for 6 dB")
            self.value("vhs_sharpen_frequency", 1.0)

    def no_tape(self) -> None:
        """A composite picture that never saw a tape."""
        self.put("luma.bw", 4.2)
        self.put("chroma.bw", 1.3)
        self.put("wave.amp", 0.0)
        self.put("drop.rate", 0.0)
        self.put("chroma.loss", 0.0)

    def rest(self) -> None:
        """Say what is left."""
        for name in self.given:
            if name not in self.seen:
                self.found.dropped.append(f"{name}: nothing here corresponds to it")
