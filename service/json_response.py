"""JSON answers in ASCII, so that no text of a caller, lone surrogates included, can break one."""

import json
from typing import Any

from starlette.responses import Response


class JsonResponse(Response):
    """A JSON body; characters beyond ASCII are escaped, NaN is an error."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """Return the content as bytes."""
        return json.dumps(content, allow_nan=False, separators=(",", ":")).encode("ascii")
