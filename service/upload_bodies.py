"""The shape of a new upload, for the OpenAPI document."""

from typing import Annotated

from pydantic import Field

from service.bodies import Timestamp
from service.result_bodies import Shape

UploadIdValue = Annotated[str, Field(pattern=r"^upl_[0-9a-f]{32}$")]


class UploadBody(Shape):
    """An upload that was created; the headers say the same as tus wants it."""

    id: UploadIdValue = Field(description='For `{"source": {"upload_id": …}}`.')
    length: int = Field(description="The recording's size in bytes.")
    offset: int = Field(description="Bytes that are safe already.")
    expires_at: Timestamp
    url: str = Field(description="Where the chunks go, relative to the service.")
