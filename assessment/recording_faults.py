"""What is wrong with a recording: branches of the tree in `assessment.faults`.

    arrives ─▶ NotAVideo, TooLarge, DigestMismatch ─▶ is decoded ─▶ Unusable

Those on the left refuse a request, or end an assessment whose recording is fetched. What is
`Unusable` was accepted and ends the assessment.
"""

from assessment.faults import Invalid, Rejected


class NotAVideo(Rejected):
    """The content is not one of the accepted containers."""

    code = "not_a_video"
    advice = "Send an MP4, MOV, WebM, Matroska, AVI or MPEG-TS recording, or a JPEG or PNG."


class TooLarge(Rejected):
    """The recording has more bytes than the limit."""

    code = "too_large"
    advice = "Send a smaller recording: shorten it or lower its bit rate."

    def __init__(self, detail: str, *, limit_bytes: int) -> None:
        super().__init__(detail)
        self.limit_bytes = limit_bytes


class DigestMismatch(Invalid):
    """The recording that arrived is not the one that was announced."""

    code = "digest_mismatch"
    advice = "The recording is not the one whose digest was announced. Check both and correct one."


class Unusable(Rejected):
    """The recording was accepted and turned out unusable; this ends the assessment."""


class NoVideoStream(Unusable):
    """The container holds no picture."""

    code = "no_video_stream"
    advice = "The recording has no video track. Send one that has."


class Undecodable(Unusable):
    """The recording is damaged, truncated, or uses a codec that is not accepted."""

    code = "undecodable"
    advice = "The recording is damaged, cut off or in an unknown codec. Export it again as H.264."


class TooLargePicture(Unusable):
    """The picture has more pixels than the limit."""

    code = "too_large_picture"
    advice = "Scale the recording down to 3840 x 2160 or less."


class TooLong(Unusable):
    """The recording is longer, or has more frames, than the limit."""

    code = "too_long"
    advice = "Cut the recording into shorter parts and send each on its own."


class DecodeTimeout(Unusable):
    """The decoder did not finish in its time."""

    code = "decode_timeout"
    advice = "The recording takes too long to decode. Export it again as H.264 at 720p."


class AttemptTimeout(Unusable):
    """One attempt at the recording took longer than its limit."""

    code = "attempt_timeout"
    advice = "Measuring took longer than the operator allows. Send the recording in shorter parts."


class DecoderCrashed(Unusable):
    """The decoder process died."""

    code = "decoder_crashed"
    advice = "The recording breaks the decoder. Export it again as H.264."


class SourceNotFetched(Unusable):
    """The recording could not be fetched from its address."""

    code = "source_not_fetched"
    advice = (
        "The address did not give the recording. It must be public, answer 200 without a login, "
        "redirect three times at most and be quick enough. Correct it and send the request again."
    )


class SourceMissing(Unusable):
    """The recording is no longer there and no measurement was kept."""

    code = "source_missing"
    advice = "The recording was erased before it could be measured. Send it again."
