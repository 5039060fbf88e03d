"""CloudWatch Logs' limits on PutLogEvents and on names (API reference, read 2026-11)."""
from __future__ import annotations

import json
import re
import time

from launcher.answers import error
from launcher.records import RECORDS
from ministack.services import cloudwatch_logs

MAX_EVENTS = 10_000
MAX_BATCH_BYTES = 1_048_576
EVENT_OVERHEAD_BYTES = 26
MAX_SPAN_MS = 24 * 3600 * 1000
MAX_AGE_MS = 14 * 86400 * 1000
MAX_FUTURE_MS = 2 * 3600 * 1000
GROUP_NAME = re.compile(r"[.\-_/#A-Za-z0-9]{1,512}")
STREAM_NAME = re.compile(r"[^:*]{1,512}")


def _refuse(message: str):
    return error("logs", 400, "InvalidParameterException", message)


async def create_log_group(call, proceed):
    """A group's name is 1 to 512 of `. - _ / # A-Z a-z 0-9`."""
    name = call.data().get("logGroupName")
    if not isinstance(name, str) or not GROUP_NAME.fullmatch(name) or name.startswith("aws/"):
        return _refuse(f"Value '{name}' at 'logGroupName' failed to satisfy constraint: "
                       r"Member must satisfy regular expression pattern: [\.\-_/#A-Za-z0-9]+")
    return await proceed(call.body)


async def create_log_stream(call, proceed):
    """A stream's name is 1 to 512 characters without `:` and `*`."""
    name = call.data().get("logStreamName")
    if not isinstance(name, str) or not STREAM_NAME.fullmatch(name):
        return _refuse(f"Value '{name}' at 'logStreamName' failed to satisfy constraint: "
                       "Member must satisfy regular expression pattern: [^:*]*")
    return await proceed(call.body)


def batch_problem(events) -> str | None:
    """Why the whole call fails; None where it does not."""
    if not isinstance(events, list) or not 0 < len(events) <= MAX_EVENTS:
        return f"Member 'logEvents' must have length between 1 and {MAX_EVENTS}"
    total, last = 0, -1
    for event in events:
        at, message = event.get("timestamp"), event.get("message")
        if isinstance(at, bool) or not isinstance(at, int) or at < 0:
            return "Member 'timestamp' must have value greater than or equal to 0"
        if not isinstance(message, str) or not message:
            return "Member 'message' must have length greater than or equal to 1"
        size = len(message.encode()) + EVENT_OVERHEAD_BYTES
        if size > MAX_BATCH_BYTES:
            return f"Log event too large: {size} bytes exceeds limit of {MAX_BATCH_BYTES}"
        if at < last:
            return "Log events in a single PutLogEvents request must be in chronological order."
        last = at
        total += size
    if total > MAX_BATCH_BYTES:
        return f"Upload too large: {total} bytes exceeds limit of {MAX_BATCH_BYTES}"
    return None


def split_by_age(events: list[dict], now_ms: int, retention_days: int | None) -> tuple[list[dict], dict]:
    """The events that are kept, and `rejectedLogEventsInfo` of the others (ends exclusive, start inclusive)."""
    too_old = sum(1 for event in events if event["timestamp"] < now_ms - MAX_AGE_MS)
    kept_from = too_old
    info = {"tooOldLogEventEndIndex": too_old} if too_old else {}
    if retention_days is not None:
        expired = sum(1 for event in events if event["timestamp"] < now_ms - retention_days * 86400 * 1000)
        if expired > too_old:
            info["expiredLogEventEndIndex"] = kept_from = expired
    kept_to = sum(1 for event in events if event["timestamp"] <= now_ms + MAX_FUTURE_MS)
    if kept_to < len(events):
        info["tooNewLogEventStartIndex"] = kept_to
    return events[kept_from:kept_to], info


async def put_log_events(call, proceed):
    """Refuses a bad batch, rejects single events by age, keeps a record of those that were stored."""
    data = call.data()
    events, group, stream = data.get("logEvents"), data.get("logGroupName"), data.get("logStreamName")
    problem = batch_problem(events)
    if problem:
        return _refuse(problem)
    retention = (cloudwatch_logs._log_groups.get(group) or {}).get("retentionInDays")
    kept, rejected = split_by_age(events, int(time.time() * 1000), retention)
    if kept and kept[-1]["timestamp"] - kept[0]["timestamp"] > MAX_SPAN_MS:
        return _refuse("The batch of log events in a single PutLogEvents request cannot span more than 24 hours.")
    body = call.body if len(kept) == len(events) else json.dumps({**data, "logEvents": kept}).encode()
    status, headers, answer = await proceed(body)
    if status != 200:
        return status, headers, answer
    RECORDS.add_log_events(RECORDS.count("logs", "accepted PutLogEvents"), group, stream, kept)
    if rejected:
        answer = json.dumps({**json.loads(answer), "rejectedLogEventsInfo": rejected}).encode()
    return status, headers, answer
