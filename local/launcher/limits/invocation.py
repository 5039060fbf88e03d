"""Lambda's payload limits (developer guide, quotas, read 2026-11)."""
from __future__ import annotations

import json

MAX_PAYLOAD_BYTES = 6 * 1024 * 1024  # request and response, synchronous
MAX_ASYNC_PAYLOAD_BYTES = 1024 * 1024
# Bodies of half the limit stay below it even when JSON escapes every other letter.
_SURELY_SMALL = MAX_PAYLOAD_BYTES // 2


def payload_bytes(payload) -> int:
    """The size of an event or result as JSON."""
    return len(json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"))


def is_too_large(payload) -> bool:
    """Whether a payload is above the synchronous limit. Only what comes near it is measured."""
    if not isinstance(payload, dict):
        return payload is not None and payload_bytes(payload) > MAX_PAYLOAD_BYTES
    bodies = [payload.get("body")] if "body" in payload else [
        record.get("body") for record in payload.get("Records") or () if isinstance(record, dict)]
    if bodies and all(isinstance(body, str) for body in bodies) and sum(map(len, bodies)) < _SURELY_SMALL:
        return False
    return payload_bytes(payload) > MAX_PAYLOAD_BYTES
