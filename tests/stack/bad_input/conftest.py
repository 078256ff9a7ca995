"""A door of the running stack, with the keys and ids that the rows need."""

from collections.abc import Iterator

import httpx
import pytest

from tests.stack.bad_input.door import Door, arranged
from tests.stack.conftest import Stack


@pytest.fixture(scope="session")
def door(stack: Stack) -> Iterator[Door]:
    with httpx.Client(base_url=stack.url, timeout=60) as client:
        yield arranged(stack, client)
