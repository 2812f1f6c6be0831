"""Draw a film's scenes and say where everything lies: a process of its own, since an episode's code changes while the
studio runs, and Python imports a module once.

``python -m tapehead.render.studio.draw EPISODE``: progress on stderr, one JSON object last on stdout.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tapehead.analysis.errors import Interrupted, TapeheadError
from tapehead.analysis.store import Store, leasing
from tapehead.render.drawing.cues import CUES, MASTER, CueList
from tapehead.render.encoding.container import writing
from tapehead.render.film.layout import places_in
from tapehead.render.film.make import Choices, prepare
from tapehead.render.planning.brand import PLAIN, brand_for
from tapehead.render.planning.film_plan import FilmPlan
from tapehead.render.progress import Reporter
from tapehead.render.quality import quality_named
from tapehead.render.studio.faults import quick_problems
from tapehead.render.studio.results import results_data
from tapehead.render.workers.pool import Watcher, default_jobs, run_scenes
from tapehead.scenes.episode import Episode, find_episode


@leasing
def drawn(episode: Episode, choices: Choices, store: Store, reporter: Reporter, logs: Path) -> dict[str, Any]:
    """What the studio shows of a film: scenes, lines with the times of their words, and what is wrong in the layout.

    ``choices.picture`` shows meanwhile what is being drawn.
    """
    plan = prepare(episode, choices, store, reporter)
    with reporter.stage("draw", sum(scene.expected_frames for scene in plan.scenes)) as track:
        run_scenes(
            plan,
            store.root,
            choices.jobs or default_jobs(),
            logs,
            lambda frames, note: track.to(sum(frames.values()), note),
            reporter.warn,
            choices.limits,
            encode=False,
            watcher=Watcher(choices.picture, choices.on_picture),
        )
    return film_data(episode, plan, store)


def film_data(episode: Episode, plan: FilmPlan, store: Store) -> dict[str, Any]:
    """A drawn film as plain data; times in seconds of the scene, places in frames."""
    found = places_in(plan, store)
    scenes = []
    for scene in plan.scenes:
        place = store.place("master", scene.key)
        cues = CueList.load(place / CUES)
        starts = cues.starts()
        scenes.append(
            {
                "name": scene.name,
                "title": scene.title,
                "master": str(place / MASTER),
                "taped": scene.taped,
                "track": cues.tape,
                "frames": cues.frames,
                "moments": [{"key": each.key, "moment": each.moment, "frame": each.frame} for each in cues.moments],
                "numbers": cues.numbers,
                "places": cues.places,
                "layout": [
                    {"frame": each.frame, "kind": each.kind, "what": each.what}
                    for each in found
                    if each.scene == scene.name
                ],
                "lines": [
                    {
                        "key": line.key,
                        "speaker": line.speaker,
                        "text": line.text,
                        "start": starts.get(line.key, 0.0),
                        "seconds": line.duration,
                        "audio": line.audio,
                        "marks": line.marks,
                        "words": [{"text": word.text, "start": word.start, "end": word.end} for word in line.words],
                    }
                    for line in scene.context.lines.values()
                ],
            }
        )
    return {
        "episode": plan.episode,
        "title": plan.title,
        "fps": plan.quality.fps,
        "width": plan.quality.width,
        "height": plan.quality.height,
        "tape": plan.tape,
        "seed": plan.seed,
        "scenes": scenes,
        "results": results_data(episode, plan, store),
    }


def main(words: Sequence[str] | None = None) -> None:
    """Draw, print, and end with 1 where something is wrong: the message is for people."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("episode")
    parser.add_argument("--quality", default="480p15")
    parser.add_argument("--voice", default="auto")
    parser.add_argument("--jobs", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("out"))
    parser.add_argument("--picture", type=Path, default=None)
    asked = parser.parse_args(words)
    reporter = Reporter()
    try:
        if asked.picture is not None:
            with writing(asked.picture):
                asked.picture.parent.mkdir(parents=True, exist_ok=True)
        episode = find_episode(asked.episode)
        look = (brand_for(episode.folder) or PLAIN).on_stage  # cards and lower thirds are no scenes to work on
        choices = Choices(
            quality_named(asked.quality),
            asked.jobs,
            voice=asked.voice,
            out=asked.out,
            brand=look,
            picture=asked.picture,
            on_picture=lambda scene: reporter.say(f"picture: {scene}"),
        )
        found = drawn(episode, choices, Store(report=reporter.warn), reporter, asked.out / episode.slug / "studio")
    except TapeheadError as error:
        sys.stderr.write(f"tapehead: {error}\n")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(Interrupted.exit_code)
    sys.stdout.write(json.dumps({**found, "problems": quick_problems(episode.folder)}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
