"""A key as a JSON document, for stores; its last use is kept apart, because it changes often."""

import json
from datetime import datetime
from typing import Any

from assessment.access import Key, KeyId, Scope
from assessment.assessment import Tenant


def write_key(key: Key) -> str:
    """Return the document."""
    return json.dumps(
        {
            "id": key.id,
            "tenant": key.tenant,
            "name": key.name,
            "scopes": sorted(key.scopes),
            "hint": key.hint,
            "created_at": key.created_at.isoformat(),
            "expires_at": key.expires_at.isoformat() if key.expires_at else None,
            "replaced_by": key.replaced_by,
            "of_settings": key.of_settings,
        }
    )


def read_key(document: str, last_used_at: datetime | None = None) -> Key:
    """Return the key of the document."""
    raw: dict[str, Any] = json.loads(document)
    return Key(
        id=KeyId(raw["id"]),
        tenant=Tenant(raw["tenant"]),
        name=raw["name"],
        scopes=frozenset(Scope(one) for one in raw["scopes"]),
        hint=raw["hint"],
        created_at=datetime.fromisoformat(raw["created_at"]),
        expires_at=datetime.fromisoformat(raw["expires_at"]) if raw["expires_at"] else None,
        last_used_at=last_used_at,
        replaced_by=raw["replaced_by"],
        of_settings=raw["of_settings"],
    )
