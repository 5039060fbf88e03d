"""The admin endpoint under /_tidewatch: faults, what arrived, addresses, and the clock a test needs."""
from __future__ import annotations

import json
import signal
from urllib.parse import parse_qs

from launcher.addresses import ADDRESSES
from launcher.faults import FAULTS, BadRule
from launcher.patches.queues import release_in_flight
from launcher.records import RECORDS
from launcher.xray.store import STORE
from ministack.core import lambda_runtime

PREFIX = "/_tidewatch/"
_PAGE = 5000


def _page(items: list, query: dict) -> dict:
    offset, limit = int(query.get("offset", 0)), min(int(query.get("limit", _PAGE)), _PAGE)
    return {"total": len(items), "items": items[offset:offset + limit]}


def _segments(query: dict) -> dict:
    page, total = STORE.entries(int(query.get("offset", 0)), min(int(query.get("limit", _PAGE)), _PAGE))
    return {"total": total, "items": page}


def kill_functions(name_part: str) -> int:
    """Kill the workers of functions at once, busy ones too, as a crash would. @returns how many"""
    killed = 0
    for entries in list(lambda_runtime._workers.values()):
        for worker in entries:
            process = worker._proc
            if name_part in worker.func_name and process is not None and process.poll() is None:
                process.send_signal(signal.SIGKILL)
                killed += 1
    return killed


async def _answer(method: str, what: str, query: dict, data) -> dict:
    match method, what:
        case "GET", "health":
            return {"ok": True}
        case "PUT", "faults":
            FAULTS.replace(data)
            return {"rules": [rule.describe() for rule in FAULTS.rules]}
        case "GET", "faults":
            return {"rules": [rule.describe() for rule in FAULTS.rules]}
        case "DELETE", "faults":
            FAULTS.replace([])
            return {"rules": []}
        case "GET", "segments":
            return _segments(query)
        case "GET", "rejected-segments":
            return _page(STORE.rejected, query)
        case "GET", "log-events":
            return _page([event for event in RECORDS.log_events if event["logGroup"].startswith(query.get("group", ""))], query)
        case "GET", "metric-data":
            return _page([datum for datum in RECORDS.metric_data if datum["namespace"].startswith(query.get("namespace", ""))],
                         query)
        case "GET", "calls":
            return {"calls": dict(RECORDS.calls)}
        case "DELETE", "records":
            RECORDS.clear()
            STORE.clear()
            return {"ok": True}
        case "GET", "addresses":
            return {"addresses": ADDRESSES.describe()}
        case "POST", "addresses":
            return {"host": data["host"], "port": await ADDRESSES.open(data["host"], int(data.get("port", 0)))}
        case "POST", "kill-functions":
            return {"killed": kill_functions(str((data or {}).get("name", "")))}
        case "POST", "release-messages":
            return {"released": release_in_flight(str((data or {}).get("queue", "")))}
        case _:
            raise LookupError(f"{method} {PREFIX}{what} is not known")


async def _body(receive) -> bytes:
    chunks = []
    while True:
        message = await receive()
        chunks.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(chunks)


async def handle(scope, receive, send) -> None:
    """An ASGI application for paths below PREFIX: JSON in, JSON out."""
    query = {key: values[0] for key, values in parse_qs(scope.get("query_string", b"").decode()).items()}
    body = await _body(receive)
    try:
        data = json.loads(body) if body else None
        status, answer = 200, await _answer(scope["method"], scope["path"][len(PREFIX):].strip("/"), query, data)
    except LookupError as unknown:
        status, answer = 404, {"message": str(unknown)}
    except (BadRule, ValueError, TypeError) as bad:
        status, answer = 400, {"message": str(bad)}
    except OSError as busy:
        status, answer = 409, {"message": str(busy)}
    payload = json.dumps(answer).encode()
    await send({"type": "http.response.start", "status": status, "headers": [
        (b"content-type", b"application/json"), (b"content-length", str(len(payload)).encode())]})
    await send({"type": "http.response.body", "body": payload})
