"""`python -m training.golden`: what each built network says of the golden clip, into its manifest.

worker/golden.mp4 ─▶ the worker's own decoding and cutting ─▶ ONNX Runtime ─▶ golden scores ─▶ seal

A manifest keeps its golden scores while the clip and the graph stay the same. `--again` takes them
anew: after a change of how faces are read that was meant. Nothing here imports PyTorch.
"""

import argparse
import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import numpy as np
import onnxruntime

from assessment.faults import Misconfigured
from assessment.golden import Golden, Tolerance
from assessment.manifest import Manifest
from training.faults import TrainingFault
from training.files import read_json
from training.repository import ROOT, ModelFolder, newest_versions
from worker.answers import Rows, Scores
from worker.faces import FaceFinder
from worker.golden import Finder, GoldenFaces, clip_sha256, golden_faces, golden_values

#: What is allowed on the 0-63 scale, of probabilities, and of features. On the proving machine the
#: same faces differ by 3e-5 on the scale with another graph optimisation, and points that move by a
#: thousandth of a pixel make 0.02 of it; colours in the wrong order make 14.
SCORE = Tolerance(exact=1e-3, other_faces=0.05, reduced=0.5)
SHARE = Tolerance(exact=1e-4, other_faces=2e-3, reduced=0.02)
FEATURE = Tolerance(exact=1e-3, other_faces=0.02, reduced=0.2)

Say = Callable[[str], None]


def main(arguments: list[str] | None = None) -> int:
    """Complete the manifests; 0 when all have golden scores, 1 with one line on stderr if not."""
    parser = argparse.ArgumentParser(prog="python -m training.golden", description=__doc__)
    parser.add_argument("--repository", type=Path, default=ROOT / "model_repository")
    parser.add_argument("--detector", type=Path, default=ROOT / "weights" / "detector.onnx")
    parser.add_argument("--again", action="store_true", help="also where they are there")
    options = parser.parse_args(arguments)
    try:
        folders = newest_versions(options.repository)
        complete(folders, partial(FaceFinder, options.detector), print, again=options.again)
    except (TrainingFault, Misconfigured, OSError) as error:
        print(f"golden: {error}", file=sys.stderr)
        return 1
    return 0


def complete(
    folders: Iterable[ModelFolder],
    finder: Callable[[], Finder],
    say: Say,
    *,
    again: bool = False,
) -> None:
    """Write the golden scores that are missing or of another clip or graph.

    Raises `Misconfigured` when the clip cannot be read or shows no face.
    """
    clip = clip_sha256()
    stale = [one for one in folders if again or not one.has_golden(clip)]
    if not stale:
        return
    manifests = [_manifest(one) for one in stale]
    faces = golden_faces(finder(), manifests)
    for folder, manifest in zip(stale, manifests, strict=True):
        golden = golden_of(folder, manifest, faces)
        folder.state_golden(golden.to_dict())
        say(f"{folder.name}: golden scores are in the manifest")


def golden_of(folder: ModelFolder, manifest: Manifest, faces: GoldenFaces) -> Golden:
    """What the built graph says of the golden clip."""
    behind = _behind(folder, manifest)
    graphs = {manifest.name: folder.graph} | {one.name: path for one, path in behind}

    def ask(network: Manifest, rows: Rows) -> Scores:
        return answer(graphs[network.name], network.output, rows)

    return Golden(
        clip_sha256=faces.clip_sha256,
        weights_sha256=manifest.sha256,
        faces_sha256=faces.sha256(manifest),
        values=golden_values(manifest, faces, ask, behind[0][0] if behind else None),
        tolerance=tolerance_of(manifest),
    )


def _behind(folder: ModelFolder, manifest: Manifest) -> list[tuple[Manifest, Path]]:
    """The newest version of the network whose features this one takes, with its graph."""
    if manifest.features is None:
        return []
    versions = ModelFolder(folder.repository, manifest.features)
    highest = ModelFolder(folder.repository, manifest.features, str(max(versions.versions())))
    return [(_manifest(highest), highest.graph)]


def _manifest(folder: ModelFolder) -> Manifest:
    """The built manifest; golden scores of another version of this project are no matter."""
    return Manifest.parse({**read_json(folder.manifest), "golden": None})


def answer(graph: Path, output: str, rows: Rows) -> Scores:
    """Run rows (n, ...) through a graph on the CPU -> the named output (n, width) float32."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
    return np.asarray(session.run([output], dict(rows))[0], np.float32)


def tolerance_of(manifest: Manifest) -> Tolerance:
    """What this network is allowed; other processors compute INT8 in other ways, so it has more."""
    usual = SCORE
    if manifest.output == "features":
        usual = FEATURE
    elif manifest.labels:
        usual = SHARE
    if "int8" in (manifest.document.get("parity") or {}):
        return Tolerance(usual.reduced, usual.reduced, usual.reduced)
    return usual


if __name__ == "__main__":
    sys.exit(main())
