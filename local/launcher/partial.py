"""The fault `unprocessed`: calls that succeed in part, where the API has such an answer.

X-Ray's own lies in launcher.xray.service, which answers with UnprocessedTraceSegments itself.
"""
from __future__ import annotations

import json

from launcher.faults import FAULTS

_DEFAULT_CODE = "InternalError"


def _strike(call, items: list, key) -> list:
    """The items that a rule leaves unprocessed, each with the rule. @param key item -> text that names it"""
    rules = FAULTS.for_items("unprocessed", call.service, call.operation, call.resource())
    return [(item, rule) for item in items for rule in rules if rule.strikes_item(key(item))]


async def sqs_batch(call, proceed):
    """SendMessageBatch, DeleteMessageBatch, ChangeMessageVisibilityBatch: struck entries come back as Failed."""
    data = call.data()
    entries = data.get("Entries") or []
    struck = _strike(call, entries, lambda entry: str(entry.get("MessageBody") or entry.get("ReceiptHandle") or entry.get("Id")))
    if not struck:
        return await proceed(call.body)
    failed_ids = {entry["Id"] for entry, _ in struck}
    failed = [{"Id": entry["Id"], "SenderFault": False, "Code": rule.error_code or _DEFAULT_CODE,
               "Message": "Injected fault"} for entry, rule in struck]
    rest = [entry for entry in entries if entry["Id"] not in failed_ids]
    if not rest:
        return 200, {"Content-Type": "application/x-amz-json-1.0"}, json.dumps({"Successful": [], "Failed": failed}).encode()
    status, headers, body = await proceed(json.dumps({**data, "Entries": rest}).encode())
    if status == 200:
        answer = json.loads(body)
        body = json.dumps({**answer, "Failed": [*(answer.get("Failed") or []), *failed]}).encode()
    return status, headers, body


async def dynamodb_batch_write(call, proceed):
    """BatchWriteItem: struck requests come back as UnprocessedItems."""
    data = call.data()
    tables = data.get("RequestItems") or {}
    left: dict = {}
    rest: dict = {}
    for table, requests in tables.items():
        struck = [request for request, _ in _strike(call, requests, lambda r: table + json.dumps(r, sort_keys=True))]
        if struck:
            left[table] = struck
        kept = [request for request in requests if request not in struck]
        if kept:
            rest[table] = kept
    return await _dynamodb_rest(data, rest, left, "UnprocessedItems", {}, proceed)


async def dynamodb_batch_get(call, proceed):
    """BatchGetItem: struck keys come back as UnprocessedKeys."""
    data = call.data()
    left: dict = {}
    rest: dict = {}
    for table, request in (data.get("RequestItems") or {}).items():
        keys = request.get("Keys") or []
        struck = [key for key, _ in _strike(call, keys, lambda k: table + json.dumps(k, sort_keys=True))]
        if struck:
            left[table] = {**request, "Keys": struck}
        kept = [key for key in keys if key not in struck]
        if kept:
            rest[table] = {**request, "Keys": kept}
    return await _dynamodb_rest(data, rest, left, "UnprocessedKeys", {"Responses": {}}, proceed)


async def _dynamodb_rest(data: dict, rest: dict, left: dict, field: str, empty: dict, proceed):
    if not rest:
        return 200, {"Content-Type": "application/x-amz-json-1.0"}, json.dumps({**empty, field: left}).encode()
    status, headers, body = await proceed(json.dumps({**data, "RequestItems": rest}).encode())
    if status == 200 and left:
        answer = json.loads(body)
        body = json.dumps({**answer, field: {**(answer.get(field) or {}), **left}}).encode()
    return status, headers, body


INTERCEPTORS = {
    ("sqs", "SendMessageBatch"): sqs_batch,
    ("sqs", "DeleteMessageBatch"): sqs_batch,
    ("sqs", "ChangeMessageVisibilityBatch"): sqs_batch,
    ("dynamodb", "BatchWriteItem"): dynamodb_batch_write,
    ("dynamodb", "BatchGetItem"): dynamodb_batch_get,
}
