"""`NAME/serving.json` in the model repository: which version of a network scores, by decision.

Without the file the newest version that is built scores, as before there were canaries. Service
and workers only read it; `mien models` writes it, whole or not at all.
"""

import json
import os
import tempfile
from pathlib import Path
from typing import Any, Final

from assessment.faults import Misconfigured
from assessment.serving import Serving

SERVING: Final = "serving.json"


def read_serving(network: Path) -> Serving | None:
    """Return what was decided for the network in this folder, or None when nothing was.

    Raises `Misconfigured` when the file cannot be understood.
    """
    try:
        raw: Any = json.loads((network / SERVING).read_text())
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise Misconfigured(f"{network.name}/{SERVING} cannot be read") from error
    try:
        return Serving.from_dict(raw)
    except Misconfigured as fault:
        raise Misconfigured(f"{network.name}/{SERVING}: {fault}") from fault


def write_serving(network: Path, serving: Serving) -> None:
    """Put a decision in place by one rename; others may read it, as they read manifests."""
    descriptor, staged = tempfile.mkstemp(dir=network, prefix=f".{SERVING}.")
    try:
        with os.fdopen(descriptor, "w") as file:
            json.dump(serving.to_dict(), file, indent=2)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        Path(staged).chmod(0o644)
        Path(staged).rename(network / SERVING)
    finally:
        Path(staged).unlink(missing_ok=True)
