"""What is too much for one tenant: branches of the tree in `assessment.faults`."""

from assessment.faults import Rejected


class RateLimited(Rejected):
    """Too many requests in a short time; it passes by itself."""

    code = "rate_limited"
    advice = "Wait as many seconds as `Retry-After` says, and send fewer requests a minute."

    def __init__(self, policy: str, *, retry_after_s: int) -> None:
        super().__init__(f"over the limit of {policy}")
        self.policy = policy
        self.retry_after_s = retry_after_s


class QuotaExceeded(Rejected):
    """The tenant has as much at work, or stored, as it may have."""

    code = "quota_exceeded"
    advice = "Wait until assessments have ended, or cancel or delete some. Then send it again."

    def __init__(self, policy: str) -> None:
        super().__init__(f"over the quota of {policy}")
        self.policy = policy


class TooManyUploads(Rejected):
    """The tenant has as many open uploads as it may have."""

    code = "too_many_uploads"
    advice = "Finish, use or delete uploads first. Those that are given up expire by themselves."
