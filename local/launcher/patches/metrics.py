"""CloudWatch metrics: the embedded metric format, which points a query is about, and the cost of forgetting old ones."""
from __future__ import annotations

import json
import time
from contextlib import contextmanager
from contextvars import ContextVar

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import cloudwatch, cloudwatch_logs

_EVICTION_SECONDS = 3600


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
    """Upstream copies every point of every metric on every request: once an hour is enough."""
    upstream = cloudwatch._evict_old_metrics
    last = [time.monotonic()]

    def evict():
        if time.monotonic() - last[0] >= _EVICTION_SECONDS:
            last[0] = time.monotonic()
            upstream()

    cloudwatch._evict_old_metrics = evict


class _Dimensions(dict):
    """A dimension set that counts as given even when it is empty."""

    def __bool__(self) -> bool:
        return True


class _NarrowedMetrics(AccountRegionScopedDict):
    """The metric store; within `only` a walk over it sees the named metrics alone, in this thread of execution alone."""

    __slots__ = ()

    def items(self):
        wanted = _wanted.get()
        if wanted is None:
            return super().items()
        return [(key, points) for key in wanted if (points := self.get(key))]


_wanted: ContextVar[tuple | None] = ContextVar("wanted_metrics", default=None)


@contextmanager
def only(keys):
    """Narrow walks over the metrics. @param keys (namespace, name, dimensions key) each"""
    token = _wanted.set(tuple(dict.fromkeys(keys)))
    try:
        yield
    finally:
        _wanted.reset(token)


def metric_key(data: dict) -> tuple:
    """The key of what an alarm, a query or a GetMetricStatistics call is about."""
    dimensions = cloudwatch._dims_from_list(data.get("Dimensions") or [])
    return data.get("Namespace", ""), data.get("MetricName", ""), cloudwatch._dims_key(dimensions)


def _own_points() -> None:
    """A query without dimensions is about the metric without dimensions, where upstream adds up every set of it; and
    a query need not walk over all metrics there are."""
    upstream_dimensions = cloudwatch._dims_from_list
    cloudwatch._dims_from_list = lambda dimensions: _Dimensions(upstream_dimensions(dimensions))
    cloudwatch._metrics.__class__ = _NarrowedMetrics
    upstream_data = cloudwatch._get_metric_data
    upstream_statistics = cloudwatch._get_metric_statistics

    def get_metric_data(params, data, is_cbor, is_json=False):
        if not is_json:
            return upstream_data(params, data, is_cbor, is_json)
        metrics = [(query.get("MetricStat") or {}).get("Metric") for query in data.get("MetricDataQueries") or []]
        with only(metric_key(metric) for metric in metrics if metric):
            return upstream_data(params, data, is_cbor, is_json)

    def get_metric_statistics(params, data, is_cbor, is_json=False):
        if not is_json:
            return upstream_statistics(params, data, is_cbor, is_json)
        with only([metric_key(data)]):
            return upstream_statistics(params, data, is_cbor, is_json)

    cloudwatch._get_metric_data = get_metric_data
    cloudwatch._get_metric_statistics = get_metric_statistics


def apply() -> None:
    """Apply this file's patches."""
    _embedded_metric_format()
    _cheap_eviction()
    _own_points()
