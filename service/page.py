"""The web page: a few static files, read once at start and served from memory.

    service/page/index.html ─▶ GET /        the others ─▶ GET /page/{file}

What is not in the list that is made at start is not there, whatever the path says.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final

from fastapi import APIRouter, FastAPI, Request, Response

from service.faults import NoSuchPath

FOLDER: Final = Path(__file__).with_suffix("")
REPORT_STYLE: Final = Path(__file__).with_name("templates") / "report.css"
INDEX: Final = "index.html"
MEDIA_TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
METHODS: Final = ["GET", "HEAD"]


@dataclass(frozen=True, slots=True)
class File:
    """One file as it is served."""

    content: bytes
    media_type: str
    etag: str

    @classmethod
    def read(cls, path: Path) -> "File":
        """Read the file; its tag is the digest of its content."""
        content = path.read_bytes()
        tag = hashlib.sha256(content).hexdigest()[:32]
        return cls(content, MEDIA_TYPES[path.suffix], f'"{tag}"')


def files_of(folder: Path) -> Mapping[str, File]:
    """Return the files of the page by name: no folders, no links, only the types we serve."""
    return {
        path.name: File.read(path)
        for path in sorted(folder.iterdir())
        if path.suffix in MEDIA_TYPES and path.is_file() and not path.is_symlink()
    }


def policy(report_style: str) -> str:
    """Return the page's Content-Security-Policy.

    The report is shown in a frame made from a blob, which inherits this policy: its one
    inline style is let in by digest, and nothing else inline is.
    """
    digest = base64.b64encode(hashlib.sha256(report_style.encode()).digest()).decode()
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            f"style-src 'self' 'sha256-{digest}'",
            "img-src 'self' data: blob:",
            "media-src blob:",
            "connect-src 'self'",
            "frame-src blob:",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )


def headers() -> Mapping[str, str]:
    """Return the headers of every file: kept by the browser, but asked for again each time."""
    style = REPORT_STYLE.read_text().removesuffix("\n")
    return {
        "Content-Security-Policy": policy(f"\n{style}"),
        "Cache-Control": "no-cache",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
    }


def install(app: FastAPI, folder: Path = FOLDER) -> None:
    """Serve the page at `/`; it is no part of the API and of its description."""
    files, common = files_of(folder), headers()
    router = APIRouter(include_in_schema=False)

    @router.api_route("/", methods=METHODS)
    async def index(request: Request) -> Response:
        return _answer(request, files[INDEX], common)

    @router.api_route("/page/{file}", methods=METHODS)
    async def one(request: Request, file: str) -> Response:
        if file == INDEX or file not in files:
            raise NoSuchPath
        return _answer(request, files[file], common)

    app.include_router(router)


def _answer(request: Request, file: File, common: Mapping[str, str]) -> Response:
    tagged = {**common, "ETag": file.etag}
    if _known(request.headers.get("if-none-match", ""), file.etag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=tagged)
    return Response(file.content, headers=tagged, media_type=file.media_type)


def _known(if_none_match: str, etag: str) -> bool:
    tags = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
    return etag in tags or "*" in tags
