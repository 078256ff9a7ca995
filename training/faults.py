"""What can go wrong while weights are made.

TrainingFault
├── FetchFailed     a pinned file cannot be had, or is not the pinned one
├── BuildMismatch   a rebuilt file is not, byte for byte, the pinned one
├── NothingToWeigh  an evaluation lacks rows, persons or classes
├── BadRatings      a csv of face attributes and ratings cannot be learned from
├── DataFault       a data set's folder cannot be used as it is
│   ├── DataMissing        a file or folder is not where its data set has it
│   ├── LabelInvalid       a label that is no label of its data set
│   ├── TableInvalid       a csv without the columns, or the rows, of its data set
│   ├── PictureUnreadable  a file or row that is no picture
│   ├── PersonInTwoSplits  somebody is learned from and tested on
│   ├── SplitImpossible    too few persons, or not the rows that a protocol is made for
│   ├── CropsInUse         another run is filling the same folder
│   └── NothingUsable      not one usable face in all recordings
├── FolderNotEmpty  a folder to write into already holds something
├── BadFinding      a kept finding of the proving ground cannot be read
├── KnobsInvalid       a knob is unknown or has a value that it cannot have
├── TooFewExamples     less rows than one step needs
├── Diverged           a loss is not a number
├── CheckpointForeign  a checkpoint of another network, other knobs or other data
├── CheckpointUnreadable  a checkpoint is damaged, or its other half is missing
├── VersionExists   a version of a network is there already
├── ManifestBroken  a built manifest is not as it was sealed
├── ReleaseRefused  a checkpoint, its evidence or its statement does not make a release
├── DriftTooLarge   a network in INT8 says something else than in FP32
├── LoadRefused     Triton does not load a version, or cannot be reached
├── PlanFailed      a TensorRT plan cannot be built here, or does not say what its graph says
└── ParityFailed    ONNX Runtime and PyTorch disagree
"""


class TrainingFault(Exception):
    """Weights cannot be made."""


class FetchFailed(TrainingFault):
    """A pinned file cannot be had."""


class BuildMismatch(TrainingFault):
    """A rebuilt file is not the pinned one."""


class ParityFailed(TrainingFault):
    """An exported graph does not compute what its network computes."""


class NothingToWeigh(TrainingFault):
    """An evaluation lacks rows, persons or classes."""


class BadRatings(TrainingFault):
    """A csv of face attributes and ratings cannot be learned from."""


class DataFault(TrainingFault):
    """A data set's folder cannot be used as it is."""


class DataMissing(DataFault):
    """A file or folder is not where its data set has it."""


class LabelInvalid(DataFault):
    """A label that is no label of its data set."""


class TableInvalid(DataFault):
    """A csv without the columns, or the rows, of its data set."""


class PictureUnreadable(DataFault):
    """A file or row that is no picture."""


class PersonInTwoSplits(DataFault):
    """Somebody is learned from and tested on."""


class SplitImpossible(DataFault):
    """Too few persons, or not the rows that a protocol is made for."""


class CropsInUse(DataFault):
    """Another run is filling the same folder."""


class NothingUsable(DataFault):
    """Not one usable face in all recordings."""


class FolderNotEmpty(TrainingFault):
    """A folder to write into already holds something."""


class BadFinding(TrainingFault):
    """A kept finding of the proving ground cannot be read."""


class KnobsInvalid(TrainingFault):
    """A knob is unknown or has a value that it cannot have."""


class TooFewExamples(TrainingFault):
    """Less rows than one step needs."""


class Diverged(TrainingFault):
    """A loss is not a number."""


class CheckpointForeign(TrainingFault):
    """A checkpoint of another network, other knobs or other data."""


class CheckpointUnreadable(TrainingFault):
    """A checkpoint is damaged, or its other half is missing."""


class VersionExists(TrainingFault):
    """A version of a network is there already; nothing overwrites it."""


class ManifestBroken(TrainingFault):
    """A built manifest is not as it was sealed; nobody seals it again."""


class ReleaseRefused(TrainingFault):
    """A checkpoint, its evidence or its statement does not make a release."""


class DriftTooLarge(TrainingFault):
    """A network in INT8 says something else than in FP32."""


class LoadRefused(TrainingFault):
    """Triton does not load a version, or cannot be reached."""


class PlanFailed(TrainingFault):
    """A TensorRT plan cannot be built here, or does not say what its graph says."""
