"""Every photograph that lies, and how it ends."""

from functools import partial

from tests.hostile import pictures
from tests.hostile.case import Case
from tests.hostile.mp4 import decoded, refused

MOST = pow(2, 31) - 1


def huge(name: str, width: int, height: int) -> tuple[Case, Case]:
    return (
        Case(f"a JPEG of {name}", partial(pictures.jpeg_of, width, height), "too_large_picture"),
        Case(f"a PNG of {name}", partial(pictures.png_of, width, height), "too_large_picture"),
    )


CASES = (
    decoded("a photograph", pictures.photograph, frames=1),
    decoded("1 x 1 as JPEG", partial(pictures.photograph, "JPEG", 1, 1), frames=1),
    decoded("1 x 1 as PNG", partial(pictures.png_of, 1, 1), frames=1),
    *huge("65535 x 65535", 65_535, 65_535),
    *huge("1100 x 1100", 1_100, 1_100),
    Case(
        "a PNG of 5,000 x 5,000 that is whole",
        partial(pictures.png_of, 5_000, 5_000, rows=5_000),
        "too_large_picture",
    ),
    Case("a PNG of 2^31 - 1 x 2^31 - 1", partial(pictures.png_of, MOST, MOST), "too_large_picture"),
    Case("a PNG of 2^31 - 1 x 1", partial(pictures.png_of, MOST, 1), "too_large_picture"),
    decoded("65500 x 1 as JPEG", partial(pictures.photograph, "JPEG", 65_500, 1), frames=1),
    refused("a JPEG of no height", partial(pictures.jpeg_of, 64, 0)),
    refused("a PNG of no width", partial(pictures.png_of, 0, 64)),
    refused("a PNG of one row of 64", partial(pictures.png_of, 64, 64)),
    refused("half a JPEG", lambda: pictures.photograph("JPEG", 320, 240)[:-900]),
    refused("a JPEG of 10,000 passes", partial(pictures.endless_jpeg, 10_000)),
    refused("two JPEGs in a row", pictures.two_jpegs),
    decoded("a PNG with 10 MB of text", partial(pictures.hidden_text, b"zTXt", 10), frames=1),
    decoded("a PNG with 10 MB of colours", partial(pictures.hidden_text, b"iCCP", 10), frames=1),
    refused("a WebP of 16383 x 16383", partial(pictures.webp, 16_383, 16_383), "not of a kind"),
    refused("a WebP", partial(pictures.photograph, "WEBP"), "not of a kind"),
    refused("a GIF", partial(pictures.photograph, "GIF"), "not of a kind"),
    refused("a TIFF", partial(pictures.photograph, "TIFF"), "not of a kind"),
    refused("a BMP", partial(pictures.photograph, "BMP"), "not of a kind"),
)
