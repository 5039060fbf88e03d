"""EventBridge Scheduler's limit on a target's input (user guide, quotas, read 2026-11)."""
from __future__ import annotations

from launcher.answers import error

MAX_INPUT_BYTES = 256 * 1024


async def write_schedule(call, proceed):
    """The input that a schedule hands its target is at most 256 KB."""
    text = (call.data().get("Target") or {}).get("Input") or ""
    if len(text.encode()) > MAX_INPUT_BYTES:
        return error("scheduler", 400, "ValidationException",
                     f"Target input must be at most {MAX_INPUT_BYTES} bytes, got {len(text.encode())}.")
    return await proceed(call.body)
