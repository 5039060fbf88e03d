"""CloudWatch metrics: the embedded metric format, which points a query is about, and the cost of forgetting old ones."""
from __future__ import annotations

import json
import time

from ministack.services import cloudwatch, cloudwatch_logs

_EVICTION_SECONDS = 60


def _points(value) -> list[tuple[float, float]]:
    """A metric's (value, count) pairs in any form EMF allows: a number, a list, or { Values, Counts }."""
    if isinstance(value, dict):
        counts = value.get("Counts") or [1] * len(value.get("Values") or [])
        return list(zip(value.get("Values") or [], counts))
    return [(number, 1) for number in (value if isinstance(value, list) else [value])]


def record_emf(message: str) -> bool:
    """Store the metrics of one log line. @returns whether it held any"""
    start = message.find("{")
    try:
        line = json.loads(message[start:])
        metadata = line["_aws"]
        at = float(metadata["Timestamp"]) / 1000
        for directive in metadata["CloudWatchMetrics"]:
            for names in directive.get("Dimensions") or [[]]:
                dimensions = {name: str(line[name]) for name in names}
                for metric in directive.get("Metrics", []):
                    if metric["Name"] not in line:
                        continue
                    bucket = cloudwatch._metric_bucket(
                        (directive["Namespace"], metric["Name"], cloudwatch._dims_key(dimensions)))
                    bucket.extend({"Timestamp": at, "Value": float(value), "Count": float(count),
                                   "Unit": metric.get("Unit", "None"), "Dimensions": dimensions}
                                  for value, count in _points(line[metric["Name"]]))
        return True
    except (KeyError, TypeError, ValueError):
        return False  # CloudWatch ignores a malformed line too


def _embedded_metric_format() -> None:
    """Upstream keeps an EMF line as text only; CloudWatch Logs makes data points of it."""
    upstream = cloudwatch_logs._append_log_events

    def append(stream, events):
        upstream(stream, events)
        recorded = [record_emf(event["message"]) for event in events if '"CloudWatchMetrics"' in event.get("message", "")]
        if any(recorded):
            cloudwatch._evaluate_all_alarms()

    cloudwatch_logs._append_log_events = append


def _cheap_eviction() -> None:
    """Upstream copies every point of every metric on every request: once a minute is enough."""
    upstream = cloudwatch._evict_old_metrics
    last = [0.0]

    def evict():
        if time.monotonic() - last[0] >= _EVICTION_SECONDS:
            last[0] = time.monotonic()
            upstream()

    cloudwatch._evict_old_metrics = evict


class _Dimensions(dict):
    """A dimension set that counts as given even when it is empty."""

    def __bool__(self) -> bool:
        return True


def _own_points() -> None:
    """A query without dimensions is about the metric without dimensions; upstream adds up every set of the metric."""
    upstream = cloudwatch._dims_from_list
    cloudwatch._dims_from_list = lambda dimensions: _Dimensions(upstream(dimensions))


def apply() -> None:
    """Apply this file's patches."""
    _embedded_metric_format()
    _cheap_eviction()
    _own_points()
