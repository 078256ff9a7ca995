"""Where the project's files are, and where measuring keeps what it made."""

from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).resolve().parents[1]
CACHE: Final = PROJECT / ".cache" / "bench"
DETECTOR: Final = PROJECT / "weights" / "detector.onnx"
