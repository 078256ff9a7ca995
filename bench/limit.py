"""The machine's limit: what every stage takes at least, alone, added up and divided by the cores.

    python -m bench.limit CLIP GRAPH --every-ms 400     prints one line of JSON

Each stage runs by itself on one thread, from memory to memory, in the fastest way that was found:
decoding without what nobody needs, one search a sampled frame, one cut a face, batches of 16.
Nothing is counted for starting, moving, checking, judging or storing anything.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import av
import numpy as np
import onnxruntime
from av.video.frame import VideoFrame

from assessment.request import Sampling
from bench.places import DETECTOR
from worker.faces import FaceFinder, align
from worker.sampling import Pace
from worker.skipping import plan
from worker.timestamps import MediaClock
from worker.video import Pixels

BATCH = 16
MOST_FRAMES = 220_000
Value = TypeVar("Value")


def timed(work: Callable[[], Value]) -> tuple[Value, float]:
    """Return what the work returns, and the seconds of processor time that it took."""
    began_s = time.process_time()
    value = work()
    return value, time.process_time() - began_s


def decoded(clip: Path, sampling: Sampling) -> list[Pixels]:
    """Return the sampled pictures, (height, width, 3) uint8 BGR."""
    clock, pace = MediaClock(), Pace(sampling)
    pictures: list[Pixels] = []
    with av.open(str(clip)) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        planned = plan(container, stream, sampling, MOST_FRAMES)
        frames = planned.pictures(container, stream) if planned else container.decode(stream)
        for index, frame in enumerate(frames):
            if pace.due(index, clock.at_ms(frame.pts, frame.time_base)):
                shown = cast("VideoFrame", frame).reformat(format="bgr24", threads=1)
                pictures.append(cast("Pixels", shown.to_ndarray()))
    return pictures


def session(graph: Path, threads: int = 1) -> Any:
    """Return an ONNX Runtime session whose threads sleep when idle."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])


def stages(clip: Path, graph: Path, sampling: Sampling) -> dict[str, float]:
    """Return the seconds of processor time of each stage for the clip."""
    finder, network = FaceFinder(DETECTOR), session(graph)
    name = network.get_inputs()[0].name
    network.run(None, {name: np.zeros((BATCH, 224, 224, 3), np.uint8)})
    pictures, decode_s = timed(lambda: decoded(clip, sampling))
    finder.find(pictures[0])
    found, detect_s = timed(lambda: [finder.find(picture) for picture in pictures])
    seen = [(picture, faces[0]) for picture, faces in zip(pictures, found, strict=True) if faces]
    crops, align_s = timed(lambda: [align(picture, face) for picture, face in seen])
    batches = [np.stack(crops[at : at + BATCH]) for at in range(0, len(crops), BATCH)]
    _, infer_s = timed(lambda: [network.run(None, {name: faces}) for faces in batches])
    return {"decode": decode_s, "detect": detect_s, "align": align_s, "infer": infer_s}


def main() -> int:
    """Print what the stages take."""
    parser = argparse.ArgumentParser(prog="python -m bench.limit")
    parser.add_argument("clip", type=Path)
    parser.add_argument("graph", type=Path)
    parser.add_argument("--every-ms", type=int, default=400)
    options = parser.parse_args()
    print(json.dumps(stages(options.clip, options.graph, Sampling(every_ms=options.every_ms))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
