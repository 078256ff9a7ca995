"""Which analyses and networks a request comes to: what it names, completed and checked.

analyses, model ─▶ every analysis with at least one network, every network with its analysis
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from assessment.faults import Invalid
from assessment.request import DEFAULT_ANALYSES, DEFAULT_MODELS, Analysis
from service.catalogue import Catalogue
from service.faults import NetworkOutOfOrder

POINTER: Final = "/request"


@dataclass(frozen=True, slots=True)
class Choice:
    """The analyses in their own order, and their networks, an analysis after the other."""

    analyses: tuple[Analysis, ...]
    models: tuple[str, ...]


def choose(
    analyses: Sequence[Analysis] | None, named: Sequence[str] | None, catalogue: Catalogue
) -> Choice:
    """Complete what is named; raises `Invalid`, naming what is served, when it does not go.

    Raises `NetworkOutOfOrder` when it would go, were a network not refused.
    """
    tasks = catalogue.models
    named = named or ()
    if catalogue.out_of_order(named):
        raise NetworkOutOfOrder
    if not set(named) <= set(tasks):
        raise _invalid("model", f"served are: {', '.join(tasks)}")
    chosen = _analyses(analyses, [tasks[name] for name in named])
    idle = [name for name in named if tasks[name] not in chosen]
    if idle:
        raise _invalid("model", f"{idle[0]} does {tasks[idle[0]]}, which `analyses` leaves out")
    if not set(chosen) <= set(catalogue.analyses):
        _require_order(set(chosen) - set(catalogue.analyses), catalogue)
        raise _invalid("analyses", f"served are: {', '.join(catalogue.analyses)}")
    models: list[str] = []
    for analysis in chosen:
        own = [name for name in named if tasks[name] == analysis]
        models += own or _usual(analysis, catalogue)
    return Choice(chosen, tuple(models))


def _analyses(
    analyses: Sequence[Analysis] | None, named: Sequence[Analysis]
) -> tuple[Analysis, ...]:
    wanted = {*DEFAULT_ANALYSES, *named} if analyses is None else set(analyses)
    return tuple(analysis for analysis in Analysis if analysis in wanted)


def _usual(analysis: Analysis, catalogue: Catalogue) -> Sequence[str]:
    usual = DEFAULT_MODELS[analysis]
    if not set(usual) <= set(catalogue.models):
        _require_order([analysis], catalogue)
        served = [name for name, task in catalogue.models.items() if task == analysis]
        raise _invalid("model", f"must name a network for {analysis}: {', '.join(served)}")
    return usual


def _require_order(analyses: Iterable[Analysis], catalogue: Catalogue) -> None:
    if catalogue.out_of_order(name for one in analyses for name in DEFAULT_MODELS[one]):
        raise NetworkOutOfOrder


def _invalid(field: str, message: str) -> Invalid:
    return Invalid(message, pointer=f"{POINTER}/{field}")
