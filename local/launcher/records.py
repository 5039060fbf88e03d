"""What the services accepted, kept so that a test can compare it with what was sent, item by item."""
from __future__ import annotations

import threading


class Records:
    """Append-only lists; `call` numbers the request an item came with, so that a repeated call shows."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self.calls: dict[str, int] = {}
            self.log_events: list[dict] = []
            self.metric_data: list[dict] = []

    def count(self, service: str, operation: str) -> int:
        """Number a call of an operation. @returns 1 for the first"""
        key = f"{service}:{operation}"
        with self._lock:
            self.calls[key] = number = self.calls.get(key, 0) + 1
        return number

    def add_log_events(self, call: int, group: str, stream: str, events: list[dict]) -> None:
        """Log events that were stored, without those the service rejected."""
        with self._lock:
            self.log_events.extend({"call": call, "logGroup": group, "logStream": stream,
                                    "timestamp": event["timestamp"], "message": event["message"]} for event in events)

    def add_metric_data(self, call: int, namespace: str, data: list[dict]) -> None:
        """The datums of one accepted call."""
        with self._lock:
            self.metric_data.extend({"call": call, "namespace": namespace, **datum} for datum in data)


RECORDS = Records()
