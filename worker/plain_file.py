"""Opens a recording: the very file at its place, and nothing that merely looks like one."""

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO, Final

from assessment.recording_faults import SourceMissing

FLAGS: Final = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
"""No link is followed, and a pipe in the place of a file does not make anybody wait."""
NOT_THERE: Final = frozenset({errno.ENOENT, errno.ELOOP, errno.ENXIO})
"""Nothing at all, a link, a socket."""


def open_plain(path: Path) -> BinaryIO:
    """Return the open file, unbuffered, or raise `SourceMissing`."""
    try:
        descriptor = os.open(path, FLAGS)
    except OSError as error:
        if error.errno not in NOT_THERE:
            raise
        raise SourceMissing("the recording is no longer there") from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise SourceMissing("the recording is not a file")
    return os.fdopen(descriptor, "rb", buffering=0)
