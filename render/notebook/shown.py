"""Figures, films and contact sheets that show themselves in a notebook, and are files all the same."""

from __future__ import annotations

import base64
import html
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

MOST_INSIDE = 24 * 2**20
"""Bytes of a film that are put into a notebook; a longer one is linked."""


def _inside(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode('ascii')}"


@dataclass(frozen=True)
class ShownFigure:
    """A figure, drawn: its picture, its caption, and its numbers when asked for."""

    name: str
    caption: str
    pictures: Mapping[str, bytes]
    """By format."""

    def save(self, path: str | Path) -> Path:
        """Write the picture in the format of the path's ending.

        Raises:
            UnknownNameError: it was not drawn in that format.
            OutputError: the file cannot be written.
        """
        from tapehead.analysis.errors import OutputError, UnknownNameError
        from tapehead.analysis.store import write_atomically

        path = Path(path)
        kind = path.suffix.lstrip(".").lower()
        if kind not in self.pictures:
            raise UnknownNameError("format of this figure", kind, list(self.pictures))
        try:
            write_atomically(path, self.pictures[kind])
        except OSError as error:
            raise OutputError(f"{path} cannot be written: {error.strerror}") from error
        return path

    def _repr_png_(self) -> bytes:
        return self.pictures["png"]

    def _repr_html_(self) -> str:
        first, _, rest = self.caption.partition("\n")
        more = f"<details><summary>{html.escape(first)}</summary><pre>{html.escape(rest)}</pre></details>"
        picture = f'<img alt="{html.escape(first, quote=True)}" src="{_inside("image/png", self.pictures["png"])}">'
        return f'<figure style="margin:0;max-width:640px">{picture}<figcaption>{more}</figcaption></figure>'


@dataclass(frozen=True)
class ShownFilm:
    """A film that was made: its file, how long it is, and what lies beside it."""

    path: Path
    duration_s: float
    files: Mapping[str, Path]

    def picture(self) -> bytes:
        """A frame from its middle, as PNG."""
        import io

        import av

        with av.open(str(self.path)) as film:
            stream = film.streams.video[0]
            wanted = self.duration_s / 2
            film.seek(int(wanted * av.time_base), backward=True)
            frame = None
            for frame in film.decode(stream):
                if frame.time is not None and frame.time >= wanted:
                    break
            assert frame is not None, "a film has frames"
            out = io.BytesIO()
            frame.to_image().save(out, "png")
        return out.getvalue()

    def _repr_png_(self) -> bytes:
        return self.picture()

    def _repr_html_(self) -> str:
        if self.path.stat().st_size > MOST_INSIDE:
            source = html.escape(str(self.path), quote=True)
            kept = f'<br><a href="{source}">{source}</a>'
        else:
            source, kept = _inside("video/mp4", self.path.read_bytes()), ""
        captions = self.files.get("vtt")
        track = (
            f'<track kind="captions" label="captions" src="{_inside("text/vtt", captions.read_bytes())}">'
            if captions is not None and captions.is_file()
            else ""
        )
        return f'<video controls preload="metadata" style="max-width:100%" src="{source}">{track}</video>{kept}'


@dataclass(frozen=True)
class ShownSheets:
    """Contact sheets, in film order."""

    sheets: tuple[Path, ...]
    folder: Path

    def _repr_png_(self) -> bytes:
        return self.sheets[0].read_bytes()

    def _repr_html_(self) -> str:
        return "".join(
            f'<img alt="{html.escape(path.stem, quote=True)}" style="max-width:100%" '
            f'src="{_inside("image/png", path.read_bytes())}">'
            for path in self.sheets
        )
