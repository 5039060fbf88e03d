"""Lambda: payload limits, faults, and the cost of a silent handler."""
from __future__ import annotations

import time

from launcher.faults import FAULTS
from launcher.limits.invocation import MAX_ASYNC_PAYLOAD_BYTES, MAX_PAYLOAD_BYTES, is_too_large, payload_bytes
from ministack.core import lambda_runtime
from ministack.core.responses import error_response_json
from ministack.services import lambda_svc

# Wait for a first log line, quiet time after one, hard limit, in seconds. Upstream waits 50 ms for a first line.
_DRAIN_SECONDS = (0.005, 0.002, 0.250)


def _payload_limits() -> None:
    """6 MB in and out, 1 MB for an asynchronous call: upstream has no limit."""
    upstream_invoke = lambda_svc._invoke

    async def invoke(name, event, headers, *rest, **named):
        asynchronous = (headers.get("x-amz-invocation-type") or "").lower() == "event"
        limit = MAX_ASYNC_PAYLOAD_BYTES if asynchronous else MAX_PAYLOAD_BYTES
        if payload_bytes(event) > limit:
            operation = "InvokeAsync" if asynchronous else "InvokeFunction"
            return error_response_json("RequestTooLargeException",
                                       f"Request must be smaller than {limit} bytes for the {operation} operation", 413)
        return await upstream_invoke(name, event, headers, *rest, **named)

    lambda_svc._invoke = invoke
    upstream_execute = lambda_svc._execute_function

    def execute(function, event):
        if is_too_large(event):
            return {"error": True, "log": "", "body": {"statusCode": 413, "headers": {"Content-Type": "application/json"},
                                                       "body": '{"message":"Request Entity Too Large"}'}}
        result = upstream_execute(function, event)
        if not result.get("error") and is_too_large(result.get("body")):
            return {"error": True, "log": result.get("log", ""), "body": {
                "errorMessage": f"Response payload size exceeded maximum allowed payload size ({MAX_PAYLOAD_BYTES} bytes).",
                "errorType": "Function.ResponseSizeTooLarge"}}
        return result

    lambda_svc._execute_function = execute


def _faults() -> None:
    """Lambda's faults strike every way into a function: Invoke, function URL, HTTP API, queue."""
    upstream = lambda_svc._execute_function

    def execute(function, event):
        name = (function.get("config") or function).get("FunctionName", "")
        struck = FAULTS.for_call("lambda", "Invoke", lambda: name)
        for rule in struck:
            if rule.kind == "slow":
                time.sleep((rule.delay_ms or 0) / 1000)
            elif rule.kind == "throttle":
                return lambda_svc._throttle_response("ConcurrentInvocationLimitExceeded", "Rate Exceeded.")
            elif rule.kind == "error":
                return {"error": True, "log": "", "body": {"errorType": "ServiceException", "errorMessage": "Injected fault"}}
        result = upstream(function, event)
        if any(rule.kind == "timeoutAfterSuccess" for rule in struck):
            return {"error": True, "log": result.get("log", ""),
                    "body": {"errorType": "Sandbox.Timedout", "errorMessage": "Task timed out (injected fault)"}}
        return result

    lambda_svc._execute_function = execute


def apply() -> None:
    """Apply this file's patches."""
    _payload_limits()
    _faults()
    lambda_runtime.Worker._drain_stderr_bounded.__defaults__ = _DRAIN_SECONDS
