"""Many arrays of faces as one memory-mapped array that is larger than memory may be."""

import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
from numpy.lib import format as npy_format
from numpy.typing import NDArray

from training.crops_cache import locked


@dataclass(frozen=True, slots=True)
class FaceStack:
    """One .npy of faces; its name tells what is in it, so what is there is never stale."""

    path: Path

    def made_of(
        self, parts: Iterable[NDArray[np.uint8]], count: int, side: int
    ) -> NDArray[np.uint8]:
        """Return the parts as one read-only (count, side, side, 3) uint8, writing it if it is new.

        The file is streamed beside its place and renamed, so that a full disk is an `OSError` and
        a killed run leaves no half of it under its name. Raises `CropsInUse` while another run
        writes into the folder.
        """
        if not self.path.is_file():
            with locked(self.path.parent):
                self._write(parts, (count, side, side, 3))
        return cast("NDArray[np.uint8]", np.load(self.path, mmap_mode="r"))

    def _write(self, parts: Iterable[NDArray[np.uint8]], shape: tuple[int, ...]) -> None:
        descriptor, beside = tempfile.mkstemp(dir=self.path.parent, prefix=f".{self.path.name}.")
        header = {"descr": "|u1", "fortran_order": False, "shape": shape}
        try:
            with os.fdopen(descriptor, "wb") as stream:
                npy_format.write_array_header_1_0(stream, header)
                written = 0
                for part in parts:
                    written += stream.write(np.ascontiguousarray(part).data)
            expected = int(np.prod(shape))
            if written != expected:
                raise ValueError(f"{written} bytes of faces instead of {expected}")
            Path(beside).replace(self.path)
        finally:
            Path(beside).unlink(missing_ok=True)
