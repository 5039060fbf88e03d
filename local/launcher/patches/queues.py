"""The way of messages from SQS to a function: faults on delivery, and the size of a batch."""
from __future__ import annotations

import time

from launcher.faults import FAULTS
from launcher.limits.invocation import MAX_PAYLOAD_BYTES
from ministack.core.concurrency import esm_wake
from ministack.services import lambda_svc, sqs

_DEFAULT_LATE_MS = 2000
# An event record holds more than the body: ids, attributes, the escapes of its JSON.
_RECORD_OVERHEAD_BYTES = 1024

# Receipt handles of the messages that functions work on now.
_in_hand: set[str] = set()


def _give_back(message: dict, visible_at: float) -> None:
    message["receive_count"] -= 1
    message["visible_at"] = visible_at


def _deliver_late(queue_url: str, messages: list[dict]) -> list[dict]:
    """Fault `late`: a struck message is put back for delayMs; the count of receives does not tell."""
    kept = []
    for message in messages:
        rule = next((rule for rule in FAULTS.for_items("late", "sqs", "Deliver", queue_url)
                     if message["receive_count"] == 1 and not message.get("_late") and rule.strikes_item(message["body"])), None)
        if rule is None:
            kept.append(message)
        else:
            message["_late"] = True
            _give_back(message, time.time() + (rule.delay_ms if rule.delay_ms is not None else _DEFAULT_LATE_MS) / 1000)
    return kept


def _deliver_twice(queue: dict, queue_url: str, messages: list[dict]) -> None:
    """Fault `duplicate`: a copy with the same message id stays in the queue and comes again, in whatever batch."""
    for message in messages:
        for rule in FAULTS.for_items("duplicate", "sqs", "Deliver", queue_url):
            if not message.get("_copy") and message["receive_count"] == 1 and rule.strikes_item(message["body"]):
                queue["messages"].append({**message, "_copy": True, "receipt_handle": None,
                                          "visible_at": time.time() + (rule.delay_ms or 0) / 1000})


def _fit_payload(messages: list[dict]) -> list[dict]:
    """Lambda cuts a batch at 6 MB; the rest stays visible."""
    kept, size = [], 0
    for message in messages:
        size += len(message["body"].encode()) + _RECORD_OVERHEAD_BYTES
        if kept and size > MAX_PAYLOAD_BYTES:
            _give_back(message, time.time())
        else:
            kept.append(message)
    return kept


def apply() -> None:
    """Apply this file's patches."""
    _plain_queue_urls()
    _delivery()
    _mark_batches()


def _plain_queue_urls() -> None:
    """Queue URLs name 127.0.0.1, as the endpoint does: SDKs send to the queue URL's host."""
    sqs.DEFAULT_HOST = "127.0.0.1"
    sqs._CANONICAL_NETLOC = f"{sqs.DEFAULT_HOST}:{sqs.DEFAULT_PORT}"


def _delivery() -> None:
    """Upstream hands a function what ReceiveMessage gives, always in time and once."""
    upstream = sqs._receive_messages_for_esm

    def receive(queue_url: str, max_number: int) -> list[dict]:
        messages = upstream(queue_url, max_number)
        if messages:
            with sqs._queues_lock:
                messages = _fit_payload(messages)
                if FAULTS.rules:
                    messages = _deliver_late(queue_url, messages)
                    _deliver_twice(sqs._get_q(queue_url), queue_url, messages)
                # From here on, not from when the function starts: a batch may wait long for a thread.
                _in_hand.update(message["receipt_handle"] for message in messages)
        return messages

    sqs._receive_messages_for_esm = receive


def _mark_batches() -> None:
    """Know when a function has done with its messages."""
    upstream = lambda_svc._run_sqs_batch

    def run(esm, function, event, batch, *rest):
        handles = {message["receipt_handle"] for message in batch}
        try:
            upstream(esm, function, event, batch, *rest)
        finally:
            _in_hand.difference_update(handles)

    lambda_svc._run_sqs_batch = run


def release_in_flight(name_part: str) -> int:
    """Make every message that waits for its visibility time-out visible now: a test's clock. Those that a function has
    in hand stay, or they would be delivered twice. @returns how many"""
    released = 0
    with sqs._queues_lock:
        for scoped_key, queue in list(sqs._queues._data.items()):
            if name_part in str(scoped_key[-1]):
                for message in queue["messages"]:
                    if message.get("visible_at", 0) > time.time() and message.get("receipt_handle") not in _in_hand:
                        message["visible_at"] = time.time()
                        released += 1
    esm_wake.set()
    return released
