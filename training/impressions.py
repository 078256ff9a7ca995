"""Learn which impressions faces make on raters: `python -m training.impressions --help`.

attributes.csv ─▶ 5 folds of persons ─▶ predictions of faces not learned from ─▶ evidence
               └▶ all faces ─▶ impressions.pt, and impressions.json that vouches for it

The regressor and its 80/20 split follow Vernon et al., PNAS 2014 [inferred]; every face is in the
20 % once, and no person on both sides. No weights come with the project: there is nothing to serve
before somebody has rated faces, and nothing is loaded without its evidence.
"""

import argparse
import hashlib
import io
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold

from networks.impressions import IMPRESSIONS, MEANING, Impressions, ImpressionsConfig
from training.evaluation.bootstrap import interval
from training.evaluation.metrics import rmse
from training.evidence import Values
from training.faults import BadRatings, TrainingFault
from training.files import read_json, write_atomically, write_json
from training.ratings import Ratings, read_ratings

WEIGHTS, MANIFEST = "impressions.pt", "impressions.json"

LIMITS = (
    f"The scores are {MEANING}.",
    "Raters agree on first impressions without being right; a score says nothing about character.",
    "What raters see depends on their culture and on the picture; it holds for faces and raters "
    "like those learned from.",
    "Not a clinical analysis; never for decisions about a person.",
)


@dataclass(frozen=True, slots=True)
class Recipe:
    """The knobs of a fit, all [assumed] but the hidden units and the 80/20 split."""

    hidden: int = 100
    folds: int = 5
    steps: int = 60
    penalty: float = 1e-3  # on the sum of the squared weights
    seed: int = 20260101


def fit(ratings: Ratings, recipe: Recipe) -> Impressions:
    """Fit one network to all given faces by L-BFGS on the whole batch; no row chooses the end."""
    torch.manual_seed(recipe.seed)
    attributes = torch.from_numpy(ratings.attributes)
    target = torch.from_numpy(ratings.ratings)
    network = Impressions(ImpressionsConfig(attributes.shape[1], recipe.hidden))
    network.fit_scales(attributes, target)
    wanted = (target - network.middle) / network.spread
    parameters = list(network.parameters())
    optimiser = torch.optim.LBFGS(parameters, max_iter=recipe.steps, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        error = (network.standard(attributes) - wanted).square().mean()
        size = sum((weight.square().sum() for weight in parameters), error.new_zeros(()))
        total = error + recipe.penalty * size
        total.backward()
        return total

    optimiser.step(loss)
    return network.eval()


def predict(network: Impressions, attributes: NDArray[np.float32]) -> NDArray[np.float64]:
    """Attributes (n, A) -> scores (n, 3) on the raters' scale."""
    with torch.inference_mode():
        return network(torch.from_numpy(attributes)).numpy().astype(np.float64)


def cross_validate(ratings: Ratings, recipe: Recipe) -> tuple[Values, Values]:
    """Return scores (n, 3) of networks that never saw the face's person, and the constant's.

    The constant of a fold is the mean rating of the faces it was allowed to learn from.
    """
    folds = GroupKFold(recipe.folds, shuffle=True, random_state=recipe.seed)
    scores, constant = np.zeros((2, len(ratings), len(IMPRESSIONS)))
    for learned, held_out in folds.split(ratings.attributes, groups=ratings.persons):
        part = Ratings(
            ratings.names,
            ratings.attributes[learned],
            ratings.ratings[learned],
            ratings.persons[learned],
        )
        scores[held_out] = predict(fit(part, recipe), ratings.attributes[held_out])
        constant[held_out] = part.ratings.mean(axis=0)
    return scores, constant


def correlation(predicted: Values, true: Values) -> float:
    """Pearson's r; 0 where either is constant."""
    if predicted.std() == 0.0 or true.std() == 0.0:
        return 0.0
    return float(np.corrcoef(predicted, true)[0, 1])


def evidence(ratings: Ratings, recipe: Recipe) -> dict[str, Any]:
    """Return, for each impression, r and RMSE on held-out persons with 95 % intervals."""
    scores, constant = cross_validate(ratings, recipe)
    rows: dict[str, Any] = {}
    for place, name in enumerate(IMPRESSIONS):
        true = ratings.ratings[:, place].astype(np.float64)
        columns = (scores[:, place], true, ratings.persons)
        rows[name] = {
            "correlation": interval(correlation, *columns).document(),
            "rmse": interval(rmse, *columns).document(),
            "constant_rmse": round(rmse(constant[:, place], true), 3),
        }
    return {
        "protocol": f"{recipe.folds} folds, no person on both sides",
        "unit": "face",
        "n": len(ratings),
        "persons": len(np.unique(ratings.persons)),
        "impressions": rows,
    }


def write(folder: Path, network: Impressions, ratings: Ratings, found: dict[str, Any]) -> None:
    """Write the weights first and the manifest that vouches for them last."""
    stream = io.BytesIO()
    torch.save({"config": asdict(network.config), "weights": network.state_dict()}, stream)
    content = stream.getvalue()
    (folder / MANIFEST).unlink(missing_ok=True)
    write_atomically(folder / WEIGHTS, content)
    manifest = {
        "name": "impressions",
        "meaning": MEANING,
        "attributes": list(ratings.names),
        "impressions": list(IMPRESSIONS),
        "evidence": found,
        "limits": list(LIMITS),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    write_json(folder / MANIFEST, manifest)


def load(folder: Path) -> tuple[Impressions, dict[str, Any]]:
    """Return a network and its manifest; raises `BadRatings` without evidence that fits it."""
    weights, manifest = folder / WEIGHTS, folder / MANIFEST
    if not (weights.is_file() and manifest.is_file()):
        raise BadRatings(f"{folder.name} holds no {WEIGHTS} with its {MANIFEST}")
    document, content = read_json(manifest), weights.read_bytes()
    if not document.get("evidence"):
        raise BadRatings(f"{MANIFEST} carries no evidence, so the weights are not used")
    if document.get("sha256") != hashlib.sha256(content).hexdigest():
        raise BadRatings(f"{WEIGHTS} is not the file that {MANIFEST} vouches for")
    saved = torch.load(io.BytesIO(content), weights_only=True)
    network = Impressions(ImpressionsConfig(**saved["config"]))
    network.load_state_dict(saved["weights"])
    return network.eval(), document


def _lines(found: dict[str, Any]) -> list[str]:
    lines = [f"n = {found['n']} faces of {found['persons']} persons; {found['protocol']}"]
    for name, row in found["impressions"].items():
        r = row["correlation"]
        lines.append(
            f"{name}: r {r['value']:.2f} [{r['low']:.2f}, {r['high']:.2f}], RMSE "
            f"{row['rmse']['value']:.2f} (always the mean: {row['constant_rmse']:.2f})"
        )
        if r["low"] <= 0.0:
            lines.append(f"{name}: nothing was learned, the interval of r holds 0")
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Learn from a csv; 0 when weights and evidence were written."""
    parser = argparse.ArgumentParser(
        prog="python -m training.impressions", description=f"Learns {MEANING}."
    )
    parser.add_argument("--csv", type=Path, required=True, help="attributes and ratings of faces")
    parser.add_argument("--out", type=Path, required=True, help="the folder to write to")
    asked = parser.parse_args(arguments)
    try:
        ratings = read_ratings(asked.csv)
    except TrainingFault as error:
        print(f"impressions: {error}", file=sys.stderr)
        return 1
    found = evidence(ratings, Recipe())
    write(asked.out, fit(ratings, Recipe()), ratings, found)
    print("\n".join([*_lines(found), f"These are {MEANING}."]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
