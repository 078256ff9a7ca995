"""`python -m training.crops --dataset avec2014 --folder … --out …`: faces of recordings, on disk.

    record ─▶ frames ─▶ find, choose, align, judge ─▶ Training/Freeform/203_1….mp4.npy, .json
              worker.video   worker.looking            (n, S, S, 3) uint8 RGB    times, verdicts

The faces are found, chosen, aligned and judged by the code that serves, so that a network learns
from what it will be shown. A recording is done when its .json is there; both files appear whole,
the .json last, so a run may be killed at any moment and started again.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assessment.faults import Misconfigured
from assessment.recording_faults import Unusable
from training.crops_cache import CropCache, locked
from training.crops_looking import Cropped, CropSettings, crop
from training.datasets.recording import Event, Record, Recording
from training.datasets.recording import Sequence as PictureSequence
from training.datasets.registry import DATASETS
from training.faults import DataMissing, NothingUsable, TableInvalid, TrainingFault
from training.progress import Display, open_display
from training.repository import ROOT
from worker.faces import FACE_PIXELS, FaceFinder
from worker.looking import Faces


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the records: cropped now, found done, without a face, not readable."""

    cropped: int
    kept: int
    faceless: tuple[str, ...]
    unreadable: tuple[str, ...]


def crop_all(
    records: Sequence[Record],
    cache: CropCache,
    settings: CropSettings,
    faces: Faces,
    display: Display,
) -> Tally:
    """Crop what the cache lacks; a record without a usable face is reported and passed over.

    Raises `NothingUsable` when no record has one, `CropsInUse` while another run fills the cache,
    or the fault of a picture that cannot be read.
    """
    outcomes: Counter[str] = Counter()
    faceless: list[str] = []
    unreadable: list[str] = []
    _refuse_shared(records)
    with locked(cache.folder):
        for done, record in enumerate(records):
            source = source_of(record)
            name = cache.name_of(source)
            display.show("crops", name, done, len(records))
            kept = cache.is_done(source, settings)
            try:
                used = cache.used(source) if kept else _crop(record, cache, settings, faces)
            except Unusable as fault:
                unreadable.append(name)
                display.say(f"passed over {name}: {fault.code}, {fault}")
                continue
            outcomes["kept" if kept else "cropped"] += 1
            if not used:
                faceless.append(name)
                display.say(f"passed over {name}: no usable face ({cache.why(source)})")
    if len(faceless) + len(unreadable) == len(records):
        raise NothingUsable(f"none of {len(records)} records in {cache.root} has a usable face")
    return Tally(outcomes["cropped"], outcomes["kept"], tuple(faceless), tuple(unreadable))


def source_of(record: Record) -> Path:
    """Return the file or folder that a record is cropped from; a still is its own crop."""
    match record:
        case Recording():
            return record.path
        case PictureSequence() | Event():
            return record.pictures[0].parent
        case _:
            raise DataMissing(f"{record.name} is a face already: there is nothing to crop")


def _refuse_shared(records: Sequence[Record]) -> None:
    count = Counter(source_of(record) for record in records)
    shared = next((source for source, times in count.items() if times > 1), None)
    if shared is not None:
        raise TableInvalid(f"{shared} is named {count[shared]} times: each record needs its own")


def _crop(record: Record, cache: CropCache, settings: CropSettings, faces: Faces) -> int:
    cropped: Cropped = crop(record, settings, faces)
    cache.write(source_of(record), settings, cropped)
    return len(cropped.faces)


def main(arguments: list[str] | None = None) -> int:
    """Crop a data set; 0 when it is done, 1 with one line on stderr if not."""
    options = _options(arguments)
    data_set = DATASETS[options.dataset]
    every = options.every_n_frames or data_set.every_n_frames
    try:
        records = data_set.load(options.folder)
        finder = FaceFinder(options.detector)
        settings = CropSettings.of(options.side, every, options.detector)
        cache = CropCache(options.out, options.folder)
        with open_display() as display:
            tally = crop_all(records, cache, settings, finder, display)
            display.say(
                f"{options.dataset}: {tally.cropped} cropped, {tally.kept} already done, "
                f"{len(tally.faceless)} without a usable face, {len(tally.unreadable)} unreadable"
            )
    except (TrainingFault, Misconfigured, OSError) as error:
        print(f"crops: {error}", file=sys.stderr)
        return 1
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m training.crops",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    videos = [name for name in DATASETS if name not in {"fer2013", "ferplus"}]
    parser.add_argument("--dataset", choices=videos, required=True)
    parser.add_argument("--folder", type=Path, required=True, help="the data set, as unpacked")
    parser.add_argument("--out", type=Path, required=True, help="where the faces go")
    parser.add_argument("--side", type=int, default=FACE_PIXELS, help="pixels of a face")
    parser.add_argument("--every-n-frames", type=int, help="instead of the data set's own number")
    parser.add_argument("--detector", type=Path, default=ROOT / "weights" / "detector.onnx")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
