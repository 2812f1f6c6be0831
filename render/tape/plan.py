"""The plan of a treated frame: all numbers that the signal chain needs, in float64.

Filters come from the settings and the picture's size and are kept; the tables of lines come from (settings, seed,
frame) and are made anew.  The three back-ends carry out the same plan.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from tapehead.render.tape.conditions import Conditions, conditions
from tapehead.render.tape.events import Events, scatter
from tapehead.render.tape.field_timing import Moment, moment
from tapehead.render.tape.filters import (
    Taps,
    box_filter,
    chroma_filter,
    comb_filter,
    encoder_filters,
    frequencies,
    luma_filter,
    notch_filter,
)
from tapehead.render.tape.noise import BELL_SD, PAIR_SD, Floats, Words, at, normal, uniform
from tapehead.render.tape.osd import Overlay, overlays
from tapehead.render.tape.resample import Table, compensation, interpolation, table
from tapehead.render.tape.settings import Settings
from tapehead.render.tape.systems import SYSTEMS, System
from tapehead.render.tape.timing import Shifts, line_shifts

Integers = NDArray[np.int64]

WHITE = 255.0
"""Level of white: 100 IRE.  Ratios to the black-to-white swing do not depend on it."""
FRACTAL_CELLS = (16, 64)
"""Distances between the lattice points of low-frequency noise, in samples."""
_FRACTAL_RMS = float(np.sqrt(2 / 3))
"""Of linear interpolation between independent points, per unit of theirs."""
_BAND_NOISE = 34.0
"""Levels rms in the middle of a tracking band: grain, which the flash rule exempts."""
_BAND_SPARKS = 5.0
"""Specks per line there."""
SPARK_LEVEL, STREAK_LEVEL = 120.0, 110.0
"""How bright a speck and an uncompensated dropout are at most, over the picture."""


@dataclass(frozen=True)
class Composite:
    """The one-wire path: encode, part luma and colour, decode."""

    wide: Taps
    narrow: Taps
    bandpass: Taps
    """What of the (combed) signal is taken for colour."""
    weights: tuple[float, float, float]
    """Comb over the lines before, here and after."""


@dataclass(frozen=True)
class Fixed:
    """What does not change from frame to frame."""

    settings: Settings
    system: System
    height: int
    width: int
    columns_in: Table
    rows_in: Table
    columns_out: Table
    luma: tuple[Taps, ...]
    """One filter for each generation."""
    chroma: tuple[Taps, ...]
    noise: tuple[tuple[float, float], ...]
    """For each generation (a, b): luma noise of ``(a + b * luma) * bell``, luma held between 0 and white."""
    chroma_noise: tuple[float, ...]
    fractal: float
    composite: Composite | None


@dataclass(frozen=True)
class Pass:
    """One generation's tables; arrays are ``(lines,)`` unless said otherwise."""

    effect: str
    luma: Taps
    chroma: Taps
    chroma_bandwidth_share: float
    """Chroma bandwidth as a part of the sampling rate: back-ends may work on fewer samples."""
    luma_key: Words
    chroma_key: Words
    fractal_key: Words
    noise_black: float
    noise_slope: float
    band_noise: Floats
    """Additional luma noise."""
    chroma_noise: float
    fractal: float
    turn_cos: Floats
    """Colour is turned by ``(cos -sin; sin cos)``, its loss included."""
    turn_sin: Floats
    comb: bool
    delay_lines: int
    drops: Events
    doc: bool
    sparks: Events
    shifts: Shifts


@dataclass(frozen=True)
class Plan:
    """All of one frame."""

    fixed: Fixed
    now: Moment
    state: Conditions
    carrier: Integers
    """Phase of the subcarrier at each line's first sample, in quarters."""
    alternate: NDArray[np.int64]
    """+1, or -1 where PAL switches V."""
    passes: tuple[Pass, ...]
    overlays: tuple[Overlay, ...]
    rows_index: Integers
    """``(height, taps)``: raster lines of each picture row; the number of lines itself stands for black."""
    rows_weight: Floats


@functools.lru_cache(maxsize=16)
def fixed_plan(settings: Settings, height: int, width: int) -> Fixed:
    """Filters and tables for pictures of one size."""
    system = SYSTEMS[settings["system"]]
    points = len(frequencies(system.rate))
    luma, chroma, noise, chroma_noise = [], [], [], []
    for generation in range(settings["generations"]):
        # The first pass makes up for what the way from pixels to samples and back loses.
        made_up = compensation(width, system.width, settings.luma_bw / system.rate, points) if generation == 0 else ()
        shape = (settings["luma.ring"], settings["luma.peak"], settings["luma.smear"])
        y = luma_filter(system, settings.luma_bw, *shape, made_up, settings["generations"], settings["composite.mode"])
        c = chroma_filter(system, settings["chroma.bw"], settings["chroma.bleed"], settings["chroma.delay"], 0.0)
        luma.append(y)
        chroma.append(c)
        noise.append(_luma_noise(settings, y.noise_gain))
        share = np.sqrt(0.5) if settings["chroma.comb"] else 1.0
        chroma_noise.append(settings["chroma.noise"] / (PAIR_SD * c.noise_gain * share))
    fractal = settings["luma.fractal"] * WHITE / 100 / (BELL_SD * _FRACTAL_RMS * np.sqrt(len(FRACTAL_CELLS)))
    name = settings["out.filter"]
    return Fixed(
        settings=settings,
        system=system,
        height=height,
        width=width,
        columns_in=table(width, system.width),
        rows_in=table(height, system.lines),
        columns_out=table(system.width, width, name),
        luma=tuple(luma),
        chroma=tuple(chroma),
        noise=tuple(noise),
        chroma_noise=tuple(float(x) for x in chroma_noise),
        fractal=float(fractal),
        composite=_composite(settings, system),
    )


def _luma_noise(settings: Settings, gain: float) -> tuple[float, float]:
    """Noise that is ``snr`` below white in mid grey and falls by ``snr_white`` dB from black to white."""
    if settings["luma.snr"] is None:
        return 0.0, 0.0
    grey = WHITE * 10 ** (-settings["luma.snr"] / 20) / (BELL_SD * gain)
    black, white = (10 ** (sign * settings["luma.snr_white"] / 40) for sign in (1, -1))
    scale = grey * 2 / (black + white)
    return scale * black, scale * (white - black) / WHITE


def _composite(settings: Settings, system: System) -> Composite | None:
    mode = settings["composite.mode"]
    if mode == "off":
        return None
    wide, narrow = encoder_filters(system)
    rest = box_filter() if mode == "box" else notch_filter(system) if mode == "notch" else comb_filter(system)
    taps = -rest.taps
    taps[rest.origin] += 1
    bandpass = Taps(taps, rest.origin)
    weights = {"1H": (-0.5, 0.5, 0.0), "2H": (-0.25, 0.5, -0.25)}.get(mode, (0.0, 1.0, 0.0))
    return Composite(wide, narrow, bandpass, weights)


def plan_frame(settings: Settings, height: int, width: int, index: int, fps: Fraction, seed: int) -> Plan:
    """The plan of film frame ``index`` (from 0) of pictures ``height`` by ``width``."""
    fixed = fixed_plan(settings, height, width)
    system = fixed.system
    now = moment(system, settings["fields"], index, fps)
    state = conditions(settings, system, seed, now)
    quarter = (now.line * system.carrier_step + now.field * 3 * system.carrier_step // 2) % 4
    if system.name == "PAL":
        alternate = 1 - 2 * ((now.line + now.field // 2) % 2)
        if settings["fields"] == "progressive":
            alternate = 1 - 2 * (now.line % 2)
    else:
        alternate = np.ones(system.lines, np.int64)
    count = settings["generations"]
    passes = tuple(_pass(fixed, seed, now, state, alternate, number, number == count - 1) for number in range(count))
    index_out, weight_out = _rows_out(fixed, now, state)
    return Plan(
        fixed=fixed,
        now=now,
        state=state,
        carrier=quarter,
        alternate=alternate,
        passes=passes,
        overlays=overlays(system, settings, float(index / fps)),
        rows_index=index_out,
        rows_weight=weight_out,
    )


def _pass(
    fixed: Fixed, seed: int, now: Moment, state: Conditions, alternate: Integers, number: int, last: bool
) -> Pass:
    s, system = fixed.settings, fixed.system
    effect = f"pass {number}"
    lines = system.lines
    band = state.band if last else np.zeros(lines)
    angle = np.full(lines, np.deg2rad(s["chroma.hue"]))
    if s["chroma.hue_rms"] > 0:
        angle = angle + np.deg2rad(s["chroma.hue_rms"]) * normal(at(seed, effect + "/hue", now.spots))
    gain = np.clip(1 - 1.15 * band, 0, 1)
    if last:
        gain = gain * state.colour
    if s["chroma.loss"] > 0:
        gain = gain * (uniform(at(seed, effect + "/loss", now.spots)) >= s["chroma.loss"])
    mean_drops = np.full(lines, (s["drop.rate"] + (state.drops if last else 0.0)) / lines)
    mean_sparks = s["snow.rate"] * system.width + _BAND_SPARKS * band**1.5
    place = (now.field, now.line)
    black, slope = fixed.noise[number]
    return Pass(
        effect=effect,
        luma=fixed.luma[number],
        chroma=fixed.chroma[number],
        chroma_bandwidth_share=s["chroma.bw"] / system.rate,
        luma_key=at(seed, effect + "/luma", now.spots),
        chroma_key=at(seed, effect + "/chroma", now.spots),
        fractal_key=at(seed, effect + "/fractal", now.spots),
        noise_black=black,
        noise_slope=slope,
        band_noise=band**2 * (_BAND_NOISE / (BELL_SD * fixed.luma[number].noise_gain)),
        chroma_noise=fixed.chroma_noise[number],
        fractal=fixed.fractal,
        turn_cos=gain * np.cos(angle),
        turn_sin=gain * np.sin(angle) * alternate,
        comb=s["chroma.comb"],
        delay_lines=s["chroma.delay_v"],
        drops=scatter(seed, effect + "/drop", *place, mean_drops, s["drop.len"] * system.rate, system.width, now.spots),
        doc=s["drop.doc"],
        sparks=scatter(
            seed, effect + "/snow", *place, mean_sparks, s["snow.len"] * system.rate, system.width, now.spots
        ),
        shifts=line_shifts(s, system, seed, effect, now, state, last),
    )


def _rows_out(fixed: Fixed, now: Moment, state: Conditions) -> tuple[Integers, Floats]:
    """Raster lines and weights of every picture row, the picture's vertical place included."""
    system = fixed.system
    lines = system.lines
    source = now.source
    if state.still and now.step == 2:
        source = np.arange(lines) & ~1
    bounce = round(state.bounce * 1024) / 1024
    if bounce == 0:
        made = table(lines, fixed.height, fixed.settings["out.filter"])
        index = made.start[:, None].astype(np.int64) + np.arange(made.taps)
        weight = made.weight
    else:
        places = (np.arange(fixed.height) + 0.5) * (lines / fixed.height) - 0.5 - bounce
        index, weight = interpolation(places, fixed.settings["out.filter"])
        # Small bounces repeat the edge, which overscan hides; from some lines on the blanking comes into the picture.
        if abs(bounce) < 6:
            index = np.clip(index, 0, lines - 1)
        else:
            index = index % system.total_lines
            index = np.where(index < lines, index, lines)
    depth = fixed.settings["out.scanlines"]
    if depth > 0 and fixed.height > lines:
        where = (np.arange(fixed.height) + 0.5) * (lines / fixed.height) - bounce
        weight = weight * (1 - depth * 0.5 * (1 - np.cos(2 * np.pi * (where - 0.5))))[:, None]
    index = np.where(index < lines, np.append(source, lines)[np.minimum(index, lines)], lines)
    return index, weight
