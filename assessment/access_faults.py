"""What stands against a key: branches of the tree in `assessment.faults`."""

from assessment.faults import NotFound, Rejected


class Unauthenticated(Rejected):
    """No key, or one that is not ours."""

    code = "unauthenticated"
    advice = "Send a valid key as `Authorization: Bearer sk_…`."


class Forbidden(Rejected):
    """The key does not have the scope that the request needs."""

    code = "forbidden"
    advice = "Use a key with the scope that `missing_scope` names."

    def __init__(self, missing_scope: str) -> None:
        super().__init__(f"the key lacks the scope {missing_scope}")
        self.missing_scope = missing_scope


class NoSuchKey(NotFound):
    """The tenant has no key of that id."""

    advice = "There is no such key for this tenant. `GET /v1/keys` lists them."


class LastAdminKey(Rejected):
    """Without this key nobody could manage the tenant's keys."""

    code = "last_admin_key"
    advice = "Make another key with the scope `admin` first, then revoke this one."


class KeyOfSettings(Rejected):
    """The key stands in the service's settings, and only they can end it."""

    code = "key_of_settings"
    advice = "This key comes from the service's settings. The operator changes it there."


class TooManyKeys(Rejected):
    """The tenant has as many keys as it may have."""

    code = "too_many_keys"
    advice = "Revoke keys that are no longer used, then make this one."
