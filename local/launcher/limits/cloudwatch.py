"""CloudWatch's limits on PutMetricData and GetMetricData (API reference, read 2026-11)."""
from __future__ import annotations

import json
import math
import time
from datetime import datetime, timezone

from launcher.answers import error
from launcher.records import RECORDS

MAX_DATUMS = 1000
MAX_VALUES = 150
MAX_DIMENSIONS = 30
MAX_BODY_BYTES = 1024 * 1024  # taken after gunzip, the stricter reading
MAX_PAST_SECONDS = 14 * 86400
MAX_FUTURE_SECONDS = 2 * 3600
MAX_QUERIES = 500
MAX_POINTS = 100_800
MAX_MAGNITUDE = 2.0**360
MAX_NAME = 255
MAX_DIMENSION_VALUE = 1024
UNITS = {
    "Seconds", "Microseconds", "Milliseconds", "Percent", "Count", "Count/Second", "None",
    *(f"{size}{per}" for per in ("", "/Second")
      for size in ("Bytes", "Kilobytes", "Megabytes", "Gigabytes", "Terabytes",
                   "Bits", "Kilobits", "Megabits", "Gigabits", "Terabits")),
}


def _refuse(call, message: str, code: str = "InvalidParameterValue"):
    return error("monitoring", 400, code, message, call.headers)


def _number_problem(where: str, value) -> str | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return f"The parameter {where} must be a number."
    if math.isnan(value) or math.isinf(value) or abs(value) > MAX_MAGNITUDE:
        return f"The value {value} for parameter {where} is invalid."
    return None


def _epoch(value) -> float | None:
    if isinstance(value, (int, float)):
        return float(value)
    try:
        return datetime.fromisoformat(str(value).replace("Z", "+00:00")).astimezone(timezone.utc).timestamp()
    except ValueError:
        return None


def _dimension_problem(where: str, dimensions) -> str | None:
    if len(dimensions) > MAX_DIMENSIONS:
        return f"The collection {where}.Dimensions must not have a size greater than {MAX_DIMENSIONS}."
    names = set()
    for n, dimension in enumerate(dimensions, 1):
        name, value = dimension.get("Name"), dimension.get("Value")
        for part, text, limit in (("Name", name, MAX_NAME), ("Value", value, MAX_DIMENSION_VALUE)):
            at = f"{where}.Dimensions.member.{n}.{part}"
            if not isinstance(text, str) or not text.strip():
                return f"The parameter {at} must not be empty."
            if len(text) > limit:
                return f"The parameter {at} must be shorter than {limit + 1} characters."
            if not text.isascii() or any(ord(c) < 32 for c in text):
                return f"The parameter {at} must contain only ASCII characters."
        if name.startswith(":"):
            return f"The parameter {where}.Dimensions.member.{n}.Name must not start with a colon."
        if name in names:
            return f"The parameter {where}.Dimensions must not hold the name {name} twice."
        names.add(name)
    return None


def _values_problem(where: str, datum: dict) -> str | None:
    forms = [form for form in ("Value", "Values", "StatisticValues") if form in datum]
    if len(forms) != 1:
        return f"{where} must have exactly one of Value, Values and StatisticValues."
    if forms[0] == "Value":
        return _number_problem(f"{where}.Value", datum["Value"])
    if forms[0] == "Values":
        values, counts = datum["Values"], datum.get("Counts")
        if not 0 < len(values) <= MAX_VALUES:
            return f"The collection {where}.Values must have 1 to {MAX_VALUES} members, got {len(values)}."
        if counts is not None and len(counts) != len(values):
            return f"{where}.Counts must have as many members as Values."
        problems = [_number_problem(f"{where}.Values", value) for value in values]
        problems += [_number_problem(f"{where}.Counts", count) or
                     (f"The parameter {where}.Counts must be greater than 0." if count <= 0 else None)
                     for count in counts or ()]
        return next((problem for problem in problems if problem), None)
    statistics = datum["StatisticValues"]
    missing = [key for key in ("SampleCount", "Sum", "Minimum", "Maximum") if key not in statistics]
    if missing:
        return f"The parameter {where}.StatisticValues.{missing[0]} is required."
    problems = [_number_problem(f"{where}.StatisticValues.{key}", value) for key, value in statistics.items()]
    if any(problems):
        return next(problem for problem in problems if problem)
    if statistics["SampleCount"] <= 0 or statistics["Minimum"] > statistics["Maximum"]:
        return f"The parameter {where}.StatisticValues is not a valid statistic set."
    return None


def datum_problem(where: str, datum: dict, now: float) -> str | None:
    """Why CloudWatch refuses a datum, and with it the whole call; None where it does not."""
    name = datum.get("MetricName")
    if not isinstance(name, str) or not name or len(name) > MAX_NAME:
        return f"The parameter {where}.MetricName must have 1 to {MAX_NAME} characters."
    unit = datum.get("Unit", "None")
    if unit not in UNITS:
        return f"The parameter {where}.Unit must be a value in the set of units, got {unit}."
    if datum.get("StorageResolution", 60) not in (1, 60):
        return f"The parameter {where}.StorageResolution must be 1 or 60."
    if "Timestamp" in datum:
        at = _epoch(datum["Timestamp"])
        if at is None:
            return f"The parameter {where}.Timestamp is no timestamp."
        if not now - MAX_PAST_SECONDS <= at <= now + MAX_FUTURE_SECONDS:
            return f"The parameter {where}.Timestamp must specify a time within the past two weeks or the next two hours."
    return _dimension_problem(where, datum.get("Dimensions") or []) or _values_problem(where, datum)


async def put_metric_data(call, proceed):
    """Refuses what CloudWatch refuses, keeps the datums of an accepted call."""
    if len(call.body) > MAX_BODY_BYTES:
        return error("monitoring", 413, "RequestEntityTooLarge", "Request size exceeded the limit of 1 MB.", call.headers)
    if "form-urlencoded" in call.headers.get("content-type", ""):
        return await proceed(call.body)
    data = call.data()
    namespace, datums = data.get("Namespace"), data.get("MetricData") or []
    if not isinstance(namespace, str) or not 0 < len(namespace) <= MAX_NAME or not namespace.strip():
        return _refuse(call, f"The parameter Namespace must have 1 to {MAX_NAME} characters.")
    if namespace.startswith("AWS/"):
        return _refuse(call, "The value AWS/ for parameter Namespace is invalid.")
    datums = datums + [datum for entity in data.get("EntityMetricData") or [] for datum in entity.get("MetricData") or []]
    if not datums:
        return _refuse(call, "The parameter MetricData is required.", "MissingParameter")
    if len(datums) > MAX_DATUMS:
        return _refuse(call, f"The collection MetricData must not have a size greater than {MAX_DATUMS}.")
    now = time.time()
    for n, datum in enumerate(datums, 1):
        problem = datum_problem(f"MetricData.member.{n}", datum, now)
        if problem:
            return _refuse(call, problem)
    answer = await proceed(call.body)
    if answer[0] == 200:
        RECORDS.add_metric_data(RECORDS.count("monitoring", "accepted PutMetricData"), namespace, datums)
    return answer


async def get_metric_data(call, proceed):
    """At most 500 queries a call and 100,800 points an answer, the rest by NextToken; newest points first unless ScanBy
    says otherwise. Upstream gives everything at once, oldest first."""
    data = call.data()
    queries = data.get("MetricDataQueries") or []
    if len(queries) > MAX_QUERIES:
        return _refuse(call, f"The collection MetricDataQueries must not have a size greater than {MAX_QUERIES}.",
                       "ValidationError")
    limit = data.get("MaxDatapoints") or MAX_POINTS
    if not 0 < limit <= MAX_POINTS:
        return _refuse(call, f"The parameter MaxDatapoints must be between 1 and {MAX_POINTS}.", "ValidationError")
    token = data.get("NextToken") or "0"
    if not token.isdigit():
        return _refuse(call, "The NextToken is invalid.", "InvalidNextToken")
    status, headers, body = await proceed(call.body)
    if status != 200 or not queries:
        return status, headers, body
    answer = json.loads(body)
    if data.get("ScanBy") != "TimestampAscending":
        for result in answer["MetricDataResults"]:
            result["Timestamps"].reverse()
            result["Values"].reverse()
    _page(answer, int(token), limit)
    return status, headers, json.dumps(answer).encode()


def _page(answer: dict, skip: int, limit: int) -> None:
    """Leaves the points of one page, counted through all results in their order."""
    end, at, kept = skip + limit, 0, []
    for result in answer["MetricDataResults"]:
        first, last = at, at + len(result["Timestamps"])
        at = last
        if 0 < skip and last <= skip:
            continue  # an earlier page had all of it
        for field in ("Timestamps", "Values"):
            result[field] = result[field][max(0, skip - first):max(0, end - first)]
        if last > end:
            result["StatusCode"] = "PartialData"
        kept.append(result)
    answer["MetricDataResults"] = kept
    if at > end:
        answer["NextToken"] = str(end)
