"""One fault for a disk that is full."""

import errno
from collections.abc import Generator
from contextlib import contextmanager

from assessment.faults import StorageFull


@contextmanager
def room() -> Generator[None]:
    """Turn a full disk, or a used-up quota, into `StorageFull`."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull from error
        raise
