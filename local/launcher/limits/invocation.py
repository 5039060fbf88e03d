"""Lambda's payload limits (developer guide, quotas, read 2026-11)."""
from __future__ import annotations

import json

MAX_PAYLOAD_BYTES = 6 * 1024 * 1024  # request and response, synchronous
MAX_ASYNC_PAYLOAD_BYTES = 1024 * 1024
# Below this a payload's exact size need not be known.
_SURELY_SMALL = 4 * 1024 * 1024


def payload_bytes(payload) -> int:
    """The JSON size of an event or result; a guess from its body where that is far below the limit."""
    if isinstance(payload, dict):
        rough = len(payload.get("body") or "") if isinstance(payload.get("body"), str) else 0
        rough += sum(len(record.get("body") or "") for record in payload.get("Records") or () if isinstance(record, dict))
        if "body" in payload or "Records" in payload:
            if rough < _SURELY_SMALL:
                return rough
    try:
        return len(json.dumps(payload, ensure_ascii=False).encode())
    except (TypeError, ValueError):
        return 0
