"""What a competent user writes in a day: one process, one frame and one face after another.

    cv2.VideoCapture ─▶ InsightFace ─▶ norm_crop ─▶ ResNet-50, PyTorch eager, FP32 ─▶ a score

    python -m bench.peers.naive CLIP --every-ms 400 --threads 2     prints one line of JSON

Honest: frames between samples are grabbed and not converted, the detector is the one that mien
uses at the size that mien searches, nothing else runs, and models are loaded and warm before the
clock starts. How many threads serve it best is for the caller to find out.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import cv2
import numpy as np
import torch
from insightface import model_zoo
from insightface.utils import face_align
from numpy.typing import NDArray

from bench.places import DETECTOR
from networks.ddl_resnet50 import DdlResnet50
from networks.serving import ServedDdl
from worker.faces import CONFIDENCE, FACE_PIXELS, OVERLAP, detection_size

Picture = NDArray[np.uint8]
"""(height, width, 3) uint8 BGR."""


class Naive:
    """Finds the surest face of a picture and scores it."""

    def __init__(self) -> None:
        torch.manual_seed(0)  # Speed does not depend on the weights.
        self._network = ServedDdl(DdlResnet50()).eval()
        self._detector: Any = model_zoo.get_model(str(DETECTOR), providers=["CPUExecutionProvider"])
        self._detector.prepare(-1, det_thresh=CONFIDENCE, nms_thresh=OVERLAP)

    def __call__(self, picture: Picture) -> float | None:
        """Return the score of a BGR picture (height, width, 3), None without a face."""
        height, width = picture.shape[:2]
        _, points = self._detector.detect(picture, input_size=detection_size(width, height))
        if not len(points):
            return None
        crop = face_align.norm_crop(picture, points[0], image_size=FACE_PIXELS)
        face = np.ascontiguousarray(cast("Picture", crop)[:, :, ::-1])[None]  # (1, 224, 224, 3)
        with torch.inference_mode():
            score, _ = self._network(torch.from_numpy(face))
        return float(score[0, 0])


def sampled(clip: Path, every_ms: int) -> Iterator[Picture]:
    """Yield the first picture at or after every multiple of so many milliseconds."""
    capture = cv2.VideoCapture(str(clip))
    due_ms = 0.0
    while capture.grab():
        if capture.get(cv2.CAP_PROP_POS_MSEC) >= due_ms:
            due_ms += every_ms
            _, picture = capture.retrieve()
            yield cast("Picture", picture)
    capture.release()


def assess(naive: Naive, clip: Path, every_ms: int) -> dict[str, float]:
    """Assess the clip; return seconds of the clock and of the processor, and the faces scored."""
    began_s, spent_s = time.perf_counter(), time.process_time()
    scores = [naive(picture) for picture in sampled(clip, every_ms)]
    found = [score for score in scores if score is not None]
    return {
        "wall_s": time.perf_counter() - began_s,
        "cpu_s": time.process_time() - spent_s,
        "faces": len(found),
        "mean": float(np.mean(found)),
    }


def main() -> int:
    """Print what one assessment takes."""
    parser = argparse.ArgumentParser(prog="python -m bench.peers.naive")
    parser.add_argument("clip", type=Path)
    parser.add_argument("--every-ms", type=int, default=400)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    naive = Naive()
    for picture in sampled(options.clip, 400):
        naive(picture)  # The first picture pays for what is made on first use.
        break
    print(json.dumps(assess(naive, options.clip, options.every_ms)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
