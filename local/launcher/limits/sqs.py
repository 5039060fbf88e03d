"""SQS's limits on sending (developer guide, quotas, read 2026-11). Only the JSON protocol, which every SDK v3 speaks."""
from __future__ import annotations

from launcher.answers import error

MAX_MESSAGE_BYTES = 1_048_576  # body and attributes
MAX_DELAY_SECONDS = 900
MAX_BATCH_ENTRIES = 10


def message_bytes(entry: dict) -> int:
    """What counts against the limit: the body, and each attribute's name, type and value."""
    size = len(str(entry.get("MessageBody", "")).encode())
    for name, attribute in (entry.get("MessageAttributes") or {}).items():
        size += len(name.encode()) + sum(len(str(value).encode()) for value in attribute.values())
    return size


def _delay_problem(entry: dict) -> str | None:
    delay = entry.get("DelaySeconds")
    if delay is not None and not 0 <= int(delay) <= MAX_DELAY_SECONDS:
        return (f"Value {delay} for parameter DelaySeconds is invalid. "
                f"Reason: DelaySeconds must be >= 0 and <= {MAX_DELAY_SECONDS}.")
    return None


def _refuse(call, code: str, message: str):
    return error("sqs", 400, code, message, call.headers)


async def send_message(call, proceed):
    """At most 1 MiB with its attributes, at most 900 s of delay."""
    entry = call.data()
    problem = _delay_problem(entry)
    if problem:
        return _refuse(call, "InvalidParameterValue", problem)
    if message_bytes(entry) > MAX_MESSAGE_BYTES:
        return _refuse(call, "InvalidParameterValue",
                       f"One or more parameters are invalid. Reason: Message must be shorter than {MAX_MESSAGE_BYTES} bytes.")
    return await proceed(call.body)


async def send_message_batch(call, proceed):
    """At most 10 entries and 1 MiB in all."""
    entries = call.data().get("Entries") or []
    if len(entries) > MAX_BATCH_ENTRIES:
        return _refuse(call, "TooManyEntriesInBatchRequest",
                       f"Maximum number of entries per request are {MAX_BATCH_ENTRIES}. You have sent {len(entries)}.")
    if sum(message_bytes(entry) for entry in entries) > MAX_MESSAGE_BYTES:
        return _refuse(call, "BatchRequestTooLong", f"Batch requests cannot be longer than {MAX_MESSAGE_BYTES} bytes.")
    problem = next((problem for entry in entries if (problem := _delay_problem(entry))), None)
    if problem:
        return _refuse(call, "InvalidParameterValue", problem)
    return await proceed(call.body)
