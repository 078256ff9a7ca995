"""The words of the report that do not depend on a measurement."""

from typing import Final

INTRODUCTION: Final = (
    "Each network comes from a paper that claims something for it. Here each claim is an "
    "experiment with a known answer: video is drawn, so the truth is known; the networks are "
    "small and are weighed on persons that nothing was fitted on or chosen by. All numbers below "
    "were measured by the command shown, and none was copied from a paper.\n"
)

SMOKE: Final = (
    "> **A smoke run.** Some of these runs are at the scale that only shows that everything runs. "
    "Their numbers prove nothing.\n"
)

FULL: Final = (
    "The runs fit two processor cores. The same experiments with several times the persons and "
    "longer training, on a GPU, are in [evidence-large.md](evidence-large.md): what fails here and "
    "holds there was starved, and what holds here alone needs little data to hold.\n"
)

LARGE: Final = (
    "**The large scale**: the experiments of [evidence.md](evidence.md) with four times the "
    "persons and longer training (`python -m training.evaluate --large`). Claims and criteria are "
    "the same. It was made once, after the smaller runs, and nothing was changed in between; it "
    "tells a claim that fails from one that was starved.\n"
)

CLAIMED: Final = (
    "A criterion was written down with the experiment, before its numbers. It is held where every "
    "seed meets it. The brackets here are the least and greatest seed; 95 % intervals over "
    "persons stand with each run below.\n"
)

LIMITS: Final = (
    "Drawn faces are not patients. A claim that holds here shows that the network does what its "
    "paper describes, not that it measures depression or emotion in people.",
    "Networks and pictures are smaller and training is shorter than in the papers; a claim that "
    "fails here may hold at the papers' size, and the other way round.",
    "A few seeds measure the luck of training only roughly. The intervals resample held-out "
    "persons within one run and say nothing about another training run.",
    "Several criteria are tested and no correction is made for it: of twenty true nulls, one "
    "would show a difference by chance.",
    "No licensed data set was used. Published errors on AVEC2013 and AVEC2014 are neither "
    "confirmed nor refuted here.",
)
