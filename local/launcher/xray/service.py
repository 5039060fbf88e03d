"""The X-Ray API: the handler ministack calls for requests signed for xray."""
from __future__ import annotations

import json
import time

from launcher.answers import error, ok
from launcher.call import Call
from launcher.faults import FAULTS
from launcher.xray.documents import BadDocument, parse_document
from launcher.xray.filters import BadFilter, parse_filter
from launcher.xray.graph import service_graph
from launcher.xray.store import STORE
from launcher.xray.views import TraceView
from ministack.core import router

MAX_DOCUMENTS = 50  # the daemon's and the collector's batch; the API model itself states no number
MAX_TRACE_IDS = 5
MAX_RANGE_SECONDS = 6 * 3600
PAGE = 100
_UNPROCESSED_CODE = "ThrottledException"


def _invalid(message: str):
    return error("xray", 400, "InvalidRequestException", message)


def put_trace_segments(call: Call):
    """Keeps the good documents, names the others; the fault `unprocessed` strikes single documents."""
    documents = call.data().get("TraceSegmentDocuments")
    if not isinstance(documents, list) or not documents:
        return _invalid("Parameter TraceSegmentDocuments is missing")
    if len(documents) > MAX_DOCUMENTS:
        return _invalid(f"At most {MAX_DOCUMENTS} segment documents a call, got {len(documents)}")
    rules = FAULTS.for_items("unprocessed", "xray", "PutTraceSegments", call.path)
    unprocessed = []
    for text in documents:
        try:
            document = parse_document(text)
        except BadDocument as bad:
            STORE.reject(bad.segment_id, bad.code, bad.message)
            unprocessed.append({"Id": bad.segment_id, "ErrorCode": bad.code, "Message": bad.message})
            continue
        struck = next((rule for rule in rules if rule.strikes_item(document.trace_id + document.segment_id)), None)
        if struck:
            unprocessed.append({"Id": document.segment_id, "ErrorCode": struck.error_code or _UNPROCESSED_CODE,
                                "Message": "Rate exceeded"})
        else:
            STORE.put(document)
    return ok({"UnprocessedTraceSegments": [{key: value for key, value in item.items() if value is not None}
                                            for item in unprocessed]})


def batch_get_traces(call: Call):
    """Documents as they were sent, by start time."""
    trace_ids = call.data().get("TraceIds")
    if not isinstance(trace_ids, list):
        return _invalid("Parameter TraceIds is missing")
    if len(trace_ids) > MAX_TRACE_IDS:
        return _invalid(f"At most {MAX_TRACE_IDS} trace ids a call, got {len(trace_ids)}")
    traces, missing = [], []
    for trace_id in trace_ids:
        documents = STORE.trace(trace_id)
        if not documents:
            missing.append(trace_id)
            continue
        traces.append({"Id": trace_id, "Duration": round(TraceView(trace_id, documents).duration, 6), "LimitExceeded": False,
                       "Segments": [{"Id": document.segment_id, "Document": document.text} for document in documents]})
    return ok({"Traces": traces, "UnprocessedTraceIds": missing})


def _views(start: float, end: float) -> list[TraceView]:
    """The traces that start in the range, newest first."""
    views = []
    for trace_id in STORE.trace_ids():
        documents = STORE.trace(trace_id)
        if documents and start <= documents[0].start <= end:
            views.append(TraceView(trace_id, documents))
    return sorted(views, key=lambda view: -view.start)


def _range(call: Call) -> tuple[float, float]:
    """@throws ValueError with what is wrong"""
    data = call.data()
    for field in ("StartTime", "EndTime"):
        if not isinstance(data.get(field), (int, float)):
            raise ValueError(f"Parameter {field} is missing")
    start, end = float(data["StartTime"]), float(data["EndTime"])
    if end < start:
        raise ValueError("EndTime must not lie before StartTime")
    if end - start > MAX_RANGE_SECONDS:
        raise ValueError("Time range cannot be longer than 6 hours")
    return start, end


def get_trace_summaries(call: Call):
    """Summaries of the traces that match, a page at a time."""
    data = call.data()
    try:
        start, end = _range(call)
        matches = parse_filter(data.get("FilterExpression") or "")
        offset = int(data.get("NextToken") or 0)
    except (BadFilter, ValueError) as bad:
        return _invalid(f"Invalid request: {bad}")
    views = _views(start, end)
    found = [view for view in views if matches(view)]
    answer = {"TraceSummaries": [view.summary() for view in found[offset:offset + PAGE]],
              "ApproximateTime": time.time(), "TracesProcessedCount": len(views)}
    if offset + PAGE < len(found):
        answer["NextToken"] = str(offset + PAGE)
    return ok(answer)


def get_service_graph(call: Call):
    """The graph of the traces that start in the range."""
    try:
        start, end = _range(call)
    except ValueError as bad:
        return _invalid(str(bad))
    return ok({"StartTime": start, "EndTime": end, "ContainsOldGroupVersions": False,
               "Services": service_graph(_views(start, end))})


def get_trace_graph(call: Call):
    """The graph of the named traces."""
    trace_ids = call.data().get("TraceIds")
    if not isinstance(trace_ids, list):
        return _invalid("Parameter TraceIds is missing")
    views = [TraceView(trace_id, documents) for trace_id in trace_ids if (documents := STORE.trace(trace_id))]
    return ok({"Services": service_graph(views)})


_OPERATIONS = {
    "PutTraceSegments": put_trace_segments,
    "BatchGetTraces": batch_get_traces,
    "GetTraceSummaries": get_trace_summaries,
    "GetServiceGraph": get_service_graph,
    "GetTraceGraph": get_trace_graph,
}


def register(service_handlers: dict) -> None:
    """Make X-Ray known: as a handler, and as a name in a signature, which ministack would search for in botocore."""
    service_handlers["xray"] = handle_request
    router.SERVICE_PATTERNS.setdefault("xray", {})


async def handle_request(method, path, headers, body, query):
    """ministack's handler form."""
    call = Call("xray", method, path, headers, body, query)
    operation = _OPERATIONS.get(call.operation)
    if operation is None:
        return error("xray", 404, "UnknownOperationException", f"The local X-Ray does not know {method} {path}")
    try:
        json.loads(body or b"{}")
    except ValueError:
        return _invalid("The request body is no JSON")
    return operation(call)
