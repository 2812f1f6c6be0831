"""What a tape does to a picture, measured on treated pictures as one would measure a recorder.

Frequencies are in MHz of the line raster, times in µs or ns of it, so that results do not depend on the picture's size.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tapehead.render.tape.settings import Settings
from tapehead.render.tape.systems import SYSTEMS, System
from tapehead.render.tape_tool import stimuli

Frame = NDArray[np.uint8]
Floats = NDArray[np.floating[Any]]

EFFECT = "vhs"
"""What can be measured: the numbers are those of a recorder."""
QUIET: Mapping[str, Any] = {
    "luma.snr": None,
    "luma.fractal": 0.0,
    "snow.rate": 0.0,
    "chroma.noise": 0.0,
    "chroma.loss": 0.0,
    "chroma.hue_rms": 0.0,
    "drop.rate": 0.0,
    "track.error": 0.0,
    "head.shift": 0.0,
    "wave.amp": 0.0,
    "audio.wow_flutter": 0.0,
    "jitter.line": 0.0,
    "jitter.frame": 0.0,
    "sync.tear": 0.0,
    "sync.roll": 0.0,
    "pause.at": None,
    "transport": [],
    "osd.mode": "off",
    "osd.date": "",
    "osd.counter": None,
    "out.scanlines": 0.0,
}
"""Everything that moves or is random, off: what is left is the same in every frame and line."""


def quiet(settings: Settings) -> Settings:
    """The settings without noise, events and timing errors."""
    return settings.but(QUIET)


def play(settings: Settings, frame: Frame, index: int = 0, seed: int = 0, backend: str = "numba") -> Frame:
    """One frame through the tape."""
    from tapehead.render.tape.presets import Preset
    from tapehead.render.tape.vhs import Vhs

    stage = Vhs(Preset("measured", settings.version, "", EFFECT, {}, ""), settings, backend)
    return stage.apply(frame, index, Fraction(30), seed)


@dataclass(frozen=True)
class Response:
    """Gain over frequency."""

    megahertz: Floats
    decibel: Floats

    def at(self, megahertz: float) -> float:
        """Gain in dB at a frequency."""
        return float(np.interp(megahertz, self.megahertz, self.decibel))

    def corner(self, decibel: float = -3.0) -> float:
        """Lowest frequency at which the gain is down to ``decibel``; infinite if it never is."""
        below = np.flatnonzero(self.decibel < decibel)
        if not len(below):
            return float("inf")
        k = int(below[0])
        if k == 0:
            return float(self.megahertz[0])
        x, y = self.megahertz[k - 1 : k + 1], self.decibel[k - 1 : k + 1]
        return float(x[0] + (decibel - y[0]) / (y[1] - y[0]) * (x[1] - x[0]))


def _system(settings: Settings) -> System:
    return SYSTEMS[settings["system"]]


def pixel_us(system: System, width: int) -> float:
    """Time from pixel to pixel of a picture ``width`` pixels wide."""
    return system.width / system.rate / width


def _line(values: Floats) -> Floats:
    """Mean line of the middle of a picture."""
    height = values.shape[0]
    return np.asarray(values[height // 5 : height * 4 // 5].mean(axis=0))


def edge_response(line: Floats, step_us: float) -> Response:
    """Gain from the derivative of a step in the middle of ``line``."""
    slope = np.diff(line)
    middle = len(slope) // 2
    reach = min(middle, round(14 / step_us))
    slope = slope[middle - reach : middle + reach]
    window = np.ones(len(slope))
    fade = reach // 4
    window[:fade] = np.sin(np.linspace(0, np.pi / 2, fade)) ** 2
    window[-fade:] = window[:fade][::-1]
    spectrum = np.abs(np.fft.rfft(slope * window, 1 << 16))
    frequency = np.fft.rfftfreq(1 << 16, step_us)
    kept = frequency < 7.0
    return Response(frequency[kept], 20 * np.log10(np.maximum(spectrum[kept], 1e-9) / spectrum[0]))


def luma_edge(settings: Settings, height: int = 1080, width: int = 1920) -> Floats:
    """The line that a luma step becomes, from 0 to 1."""
    system, size = _system(settings), 120.0
    frame = stimuli.luma_step(system, height, width, size)
    before = stimuli.to_ycc(system, frame)[..., 0]
    after = stimuli.to_ycc(system, play(quiet(settings), frame))[..., 0]
    columns = [stimuli.step_column(row, height, width, system) for row in range(height)]
    # Rows next to a change of the step's place see both places through the vertical interpolation: leave them out.
    near = max(4, height // 120)
    lines = [
        np.roll(after[row], width // 2 - columns[row])
        for row in range(height // 10, height * 9 // 10)
        if columns[row - near] == columns[row + near]
    ]
    level = np.mean([before[row, : width // 4].mean() for row in range(height // 10, height * 9 // 10)
                     if columns[row - near] == columns[row + near]])  # fmt: skip
    return (np.mean(lines, axis=0) - level) / size


def luma_response(settings: Settings, height: int = 1080, width: int = 1920) -> Response:
    """Luma gain over frequency."""
    return edge_response(luma_edge(settings, height, width), pixel_us(_system(settings), width))


def multiburst(settings: Settings, megahertz: list[float], height: int = 1080, width: int = 1920) -> list[float]:
    """Gain in dB of luma tones, one picture each."""
    system = _system(settings)
    gains = []
    for frequency in megahertz:
        frame = stimuli.grating(system, height, width, frequency)
        at = (np.arange(width) + 0.5) * pixel_us(system, width)
        window = np.hanning(width) * np.exp(-2j * np.pi * frequency * at)
        after = np.abs(_line(stimuli.to_ycc(system, play(quiet(settings), frame))[..., 0]) @ window)
        before = np.abs(_line(stimuli.to_ycc(system, frame)[..., 0]) @ window)
        gains.append(float(20 * np.log10(after / before)))
    return gains


def chroma_response(settings: Settings, height: int = 1080, width: int = 1920, axis: int = 1) -> Response:
    """Chroma gain over frequency, from a step of one colour difference."""
    system = _system(settings)
    frame = stimuli.chroma_step(system, height, width, axis)
    line = _line(stimuli.to_ycc(system, play(quiet(settings), frame))[..., axis])
    return edge_response(line, pixel_us(system, width))


def chroma_lag(settings: Settings, height: int = 1080, width: int = 1920) -> float:
    """How much later than luma a colour edge's centroid comes, in µs."""
    system = _system(settings)
    values = stimuli.to_ycc(system, play(quiet(settings), stimuli.both_step(system, height, width)))
    step_us = pixel_us(system, width)
    reach = round(8 / step_us)

    def centroid(line: Floats) -> float:
        slope = np.diff(line)[width // 2 - reach : width // 2 + reach]
        return float(np.sum(slope * np.arange(len(slope))) / np.sum(slope)) * step_us

    return centroid(_line(values[..., 1])) - centroid(_line(values[..., 0]))


@dataclass(frozen=True)
class Edge:
    """What a luma step looks like."""

    overshoot: float
    """Percent of the step, after it."""
    preshoot: float
    """Percent of the step, before it."""
    rise_ns: float
    """From 10 % to 90 %."""


def luma_step(settings: Settings, height: int = 1080, width: int = 1920) -> Edge:
    """Overshoot, preshoot and rise time."""
    line = luma_edge(settings, height, width)
    step_us = pixel_us(_system(settings), width)
    fine = np.arange(len(line) * 16) / 16
    values = np.interp(fine, np.arange(len(line)), line)
    middle = int(np.argmax(values > 0.5))
    low = middle - int(np.argmax(values[middle::-1] < 0.1))
    high = middle + int(np.argmax(values[middle:] > 0.9))
    reach = round(4 / step_us)
    part = line[len(line) // 2 - reach : len(line) // 2 + reach]
    return Edge(100 * (float(part.max()) - 1), -100 * float(part.min()), (high - low) / 16 * step_us * 1000)


def chroma_rows(settings: Settings) -> Floats:
    """Colour down the picture over a step half way, from 0 to 1, one value per raster line."""
    system = _system(settings)
    frame = stimuli.vertical_chroma_step(system, system.lines, system.width)
    values = stimuli.to_ycc(system, play(quiet(settings), frame))[..., 1]
    column = values[:, system.width // 4 : -system.width // 4].mean(axis=1)
    return np.asarray((column - column[10]) / (column[-10] - column[10]))


def spread_lines(settings: Settings) -> int:
    """Over how many lines of a field a vertical colour step is spread (1: a clean cut)."""
    field = chroma_rows(settings)[0::2] if settings["fields"] != "progressive" else chroma_rows(settings)
    return int(np.sum((field > 0.05) & (field < 0.95))) + 1


def noise_only(settings: Settings) -> Settings:
    """The settings with their noise but without events and timing errors."""
    kept = {name: settings[name] for name in ("luma.snr", "luma.fractal", "chroma.noise")}
    return quiet(settings).but(kept)


def _band(values: Floats, system: System, low: float, high: float) -> Floats:
    spectrum = np.fft.rfft(values - values.mean(axis=1, keepdims=True), axis=1)
    frequency = np.fft.rfftfreq(values.shape[1], 1 / system.rate)
    spectrum[:, (frequency < low) | (frequency > high)] = 0
    return np.asarray(np.fft.irfft(spectrum, values.shape[1], axis=1))


def luma_snr(settings: Settings, level: int = 128, frames: int = 3) -> float:
    """White over rms noise in 0.1 to 4 MHz of a grey, in dB, on the line raster itself."""
    system = _system(settings)
    frame = stimuli.flat(system.lines, system.width, level)
    power = 0.0
    for index in range(frames):
        values = stimuli.to_ycc(system, play(noise_only(settings), frame, index))[..., 0]
        power += float(np.mean(_band(values, system, 0.1, 4.0) ** 2)) / frames
    return float("inf") if power == 0 else float(20 * np.log10(255 / np.sqrt(power)))


_BARELY = 0.05
"""What is less than this part of the noise of whole levels cannot be told from it."""


@dataclass(frozen=True)
class ChromaNoise:
    """Colour noise of a grey."""

    rms: tuple[float, float]
    """Levels, of the first and of the second colour difference."""
    slope: float
    """Density at 1 MHz over that at 0.1 MHz, in dB."""

    @property
    def both(self) -> float:
        """Levels rms, of both differences together."""
        return float(np.sqrt(np.mean(np.square(self.rms))))


def chroma_noise(settings: Settings, frames: int = 3) -> tuple[float, float]:
    """Chroma noise of a grey: rms in levels (of both axes), and its density at 1 MHz over 0.1 MHz in dB."""
    found = chroma_noise_by_axis(settings, frames)
    return found.both, found.slope


def chroma_noise_by_axis(settings: Settings, frames: int = 3) -> ChromaNoise:
    """Chroma noise of a grey, on the line raster itself.

    Spectra are taken through a Hann window: without one, the jump from a line's end to its beginning leaks from the
    strong low frequencies over the weak high ones (by 13 dB here).
    """
    system = _system(settings)
    frame = stimuli.flat(system.lines, system.width, 128)
    power, density = np.zeros(2), np.zeros(system.width // 2 + 1)
    window = np.hanning(system.width)[None, :, None]
    for index in range(frames):
        values = stimuli.to_ycc(system, play(noise_only(settings), frame, index))[..., 1:]
        values = values - values.mean(axis=(0, 1))
        power += (values**2).mean(axis=(0, 1)) / frames
        density += (np.abs(np.fft.rfft(values * window, axis=1)) ** 2).mean(axis=(0, 2))
    # The picture's whole levels are noise as well, white and of a twelfth of a squared level in each of R, G and B.
    spread = (system.forward[1:] ** 2).sum() / 12 / 2
    floor = frames * spread * float((window**2).sum())
    density = np.maximum(density - floor, _BARELY * floor)
    frequency = np.fft.rfftfreq(system.width, 1 / system.rate)
    low = density[(frequency > 0.04) & (frequency < 0.16)].mean()
    high = density[(frequency > 0.9) & (frequency < 1.1)].mean()
    ratio = float(10 * np.log10(high / low)) if power.sum() > 0 else float("-inf")
    return ChromaNoise((float(np.sqrt(power[0])), float(np.sqrt(power[1]))), ratio)


@dataclass(frozen=True)
class Bar:
    """One colour bar: what went in and what came out, (luma, first, second difference) in levels."""

    name: str
    before: tuple[float, float, float]
    after: tuple[float, float, float]

    @property
    def luma_error(self) -> float:
        """Percent of white at 75 %."""
        return (self.after[0] - self.before[0]) / 191.25 * 100

    @property
    def saturation_error(self) -> float:
        """Percent; 0 for greys."""
        was = float(np.hypot(*self.before[1:]))
        return (float(np.hypot(*self.after[1:])) / was - 1) * 100 if was > 1 else 0.0

    @property
    def hue_error(self) -> float:
        """Degrees; 0 for greys."""
        if np.hypot(*self.before[1:]) <= 1:
            return 0.0
        turn = complex(*self.after[1:]) / complex(*self.before[1:])
        return float(np.degrees(np.angle(turn)))


def colour_bars(settings: Settings, height: int = 1080, width: int = 1920) -> list[Bar]:
    """Middles of 75 % bars before and after the tape; noise off, colour errors on."""
    system = _system(settings)
    frame = stimuli.bars(height, width)
    before, after = (stimuli.to_ycc(system, f) for f in (frame, play(quiet(settings), frame)))
    found = []
    for number, name in enumerate(stimuli.BARS):
        columns = slice(number * width // 8 + width // 20, (number + 1) * width // 8 - width // 50)
        part = (slice(height // 4, height * 3 // 4), columns)
        one, two = (tuple(float(x) for x in v[part].mean(axis=(0, 1))) for v in (before, after))
        found.append(Bar(name, one, two))  # type: ignore[arg-type]
    return found


def head_switch_rows(settings: Settings, index: int = 0, seed: int = 0) -> NDArray[np.int64]:
    """Raster rows that the head switch changes, top one first (none if it does nothing)."""
    system = _system(settings)
    frame = stimuli.luma_step(system, system.lines, system.width)
    calm = quiet(settings)
    moved = calm.but({"head.shift": settings["head.shift"], "head.jitter": settings["head.jitter"]})
    before, after = play(calm, frame, index, seed), play(moved, frame, index, seed)
    return np.flatnonzero((before != after).any(axis=(1, 2)))


def dot_crawl(settings: Settings) -> float:
    """Luma tone at the subcarrier (rms, levels) beside saturated colour edges: what a composite path leaves."""
    system = _system(settings)
    calm = quiet(settings)
    frame = stimuli.bars(system.lines, system.width)
    values = stimuli.to_ycc(system, play(calm, frame))[..., 0]
    plain = stimuli.to_ycc(system, play(calm.but({"composite.mode": "off"}), frame))[..., 0]
    return float(np.sqrt(np.mean(_band(values - plain, system, system.subcarrier - 0.8, system.subcarrier + 0.8) ** 2)))


def cross_colour(settings: Settings, megahertz: float) -> float:
    """Colour (rms, levels) that a grey grating of a frequency shows."""
    system = _system(settings)
    frame = stimuli.grating(system, system.lines, system.width, megahertz)
    values = stimuli.to_ycc(system, play(quiet(settings), frame))[..., 1:]
    inner = values[20:-20, 40:-40]
    return float(np.sqrt(np.mean((inner - inner.mean(axis=(0, 1))) ** 2)))


@dataclass(frozen=True)
class Row:
    """One line of the table that `tapehead tape measure` prints."""

    name: str
    value: float
    unit: str
    usual: str
    """What a VHS tape has (tape reference, section 6)."""
    low: float = float("-inf")
    high: float = float("inf")
    """The same as numbers, ends included."""

    @property
    def is_usual(self) -> bool:
        """Whether the value, as it is printed, lies within."""
        return self.low <= round(self.value, 3) <= self.high


_LUMA_MHZ = {"SP": (2.85, 3.15), "LP": (2.56, 2.96), "EP": (2.2, 2.6)}
_RISE_NS = {"SP": (120.0, 165.0), "LP": (135.0, 180.0), "EP": (155.0, 210.0)}
"""The lower bandwidths take longer in proportion; a picture's columns are 27 ns apart, so ends are rounded up."""
_HALF_A_TV_LINE = 15.0
_TRACES = 0.1
"""Levels rms: nothing that could be seen."""


def table(settings: Settings) -> list[Row]:
    """Everything at once, on 1080-line pictures."""
    luma, edge = luma_response(settings), luma_step(settings)
    chroma, second = chroma_response(settings), chroma_response(settings, axis=2)
    noise = chroma_noise_by_axis(settings)
    grey, white = luma_snr(settings), luma_snr(settings, 220)
    colours = [bar for bar in colour_bars(settings) if bar.name not in ("white", "black")]
    rows = head_switch_rows(settings)
    system = _system(settings)
    lines_per_mhz = 2 * system.width / system.rate * 0.75
    one, two = ("I", "Q") if system.name == "NTSC" else ("U", "V")
    speed = settings["speed"]
    slow, fast = _LUMA_MHZ[speed]
    tv_lines = 0.5 * (slow + fast) * lines_per_mhz
    wired = settings["composite.mode"] != "off"
    most = float("inf") if wired else _TRACES
    return [
        Row("luma -3 dB", luma.corner(), "MHz", "SP 3.0, LP 2.76, EP 2.4", slow, fast),
        Row("luma -6 dB", luma.corner(-6.0), "MHz", "above the -3 dB point", luma.corner()),
        Row("luma -20 dB", luma.corner(-20.0), "MHz", "3.9 or less", high=3.9),
        Row("luma peak", float(luma.decibel.max()), "dB", "near 0", -1.0, 1.0),
        Row("luma at 3.9 MHz", luma.at(3.9), "dB", "-20 or less", high=-20.0),
        Row("luma resolution", luma.corner() * lines_per_mhz, "TV lines", "240 at SP",
            tv_lines - _HALF_A_TV_LINE, tv_lines + _HALF_A_TV_LINE),
        Row("chroma -3 dB", chroma.corner(), "MHz", "0.3 to 0.5", 0.3, 0.5),
        Row(f"chroma -3 dB, {two}", second.corner(), "MHz", "0.3 to 0.5", 0.3, 0.5),
        Row("chroma -6 dB", chroma.corner(-6.0), "MHz", "below 0.6", high=0.6),
        Row("chroma lag", chroma_lag(settings), "µs", "0.3 to 0.6", 0.3, 0.6),
        Row("overshoot", edge.overshoot, "%", "5 to 20", 5.0, 20.0),
        Row("preshoot", edge.preshoot, "%", "none", high=1.0),
        Row("rise time", edge.rise_ns, "ns", "SP 120 to 160, slower at LP and EP", *_RISE_NS[speed]),
        Row("luma SNR, grey", grey, "dB", "43, worn 36 to 40", 36.0, 46.0),
        Row("luma SNR, near white", white, "dB", "above grey's", grey),
        Row("chroma noise", noise.both, "levels", "about 2.5, worn 5", 1.0, 5.0),
        Row(f"chroma noise, {one}", noise.rms[0], "levels", "about 2.5, worn 5", 1.0, 5.0),
        Row(f"chroma noise, {two}", noise.rms[1], "levels", "about 2.5, worn 5", 1.0, 5.0),
        Row("chroma noise, 1 over 0.1 MHz", noise.slope, "dB", "-20 or less", high=-20.0),
        Row("colour over", float(spread_lines(settings)), "lines", "2", 2.0, 2.0),
        Row("bars: worst saturation", max((b.saturation_error for b in colours), key=abs), "%", "within 5", -5.0, 5.0),
        Row("bars: worst hue", max((b.hue_error for b in colours), key=abs), "degrees", "within 3", -3.0, 3.0),
        Row("dot crawl", dot_crawl(settings), "levels rms", "0 without a composite path", high=most),
        Row("cross-colour, 3.3 MHz", cross_colour(settings, 3.3), "levels rms", "0 without a composite path",
            high=most),
        Row("head switch", float(lines_from(rows, system)), "rows from the bottom", "4 to 10", 4.0, 10.0),
    ]  # fmt: skip


def lines_from(rows: NDArray[np.int64], system: System) -> int:
    """How far above the bottom the first of some raster rows lies; 0 where there is none."""
    return system.lines - int(rows[0]) if len(rows) else 0
