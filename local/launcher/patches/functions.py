"""Lambda: bodies, payload limits, faults, and the cost of a silent handler."""
from __future__ import annotations

import base64
import time

from launcher.faults import FAULTS
from launcher.limits.invocation import MAX_ASYNC_PAYLOAD_BYTES, MAX_PAYLOAD_BYTES, payload_bytes
from ministack.core import lambda_runtime
from ministack.core.responses import error_response_json
from ministack.services import apigateway, lambda_svc

# Wait for a first log line, quiet time after one, hard limit, in seconds. Upstream waits 50 ms for a first line.
_DRAIN_SECONDS = (0.005, 0.002, 0.250)


def is_encoded(headers: dict) -> bool:
    """Whether a request's body is compressed, whatever its content type says."""
    encoding = next((value for key, value in headers.items() if key.lower() == "content-encoding"), "")
    return encoding.strip().lower() not in ("", "identity")


def _compressed_bodies() -> None:
    """A gzip body whose type is JSON reaches the function as base64; upstream decodes it as text and mangles it."""
    upstream_event = lambda_svc._build_function_url_event

    def url_event(url_id, account_id, region, method, path, headers, body, query_params, *rest, **named):
        event = upstream_event(url_id, account_id, region, method, path, headers, body, query_params, *rest, **named)
        if body and is_encoded(headers):
            event["body"], event["isBase64Encoded"] = base64.b64encode(body).decode("ascii"), True
        return event

    lambda_svc._build_function_url_event = url_event

    upstream_proxy = apigateway._invoke_lambda_proxy
    upstream_is_text = apigateway._v2_request_body_is_text

    async def api_proxy(integration, api_id, stage, path, method, headers, body, *rest, **named):
        # The event is built without an await before it, so the check can be told what to say for this one request.
        if body and is_encoded(headers):
            headers = {**headers, "content-type": _Binary(headers.get("content-type") or "")}
        return await upstream_proxy(integration, api_id, stage, path, method, headers, body, *rest, **named)

    apigateway._invoke_lambda_proxy = api_proxy
    apigateway._v2_request_body_is_text = (
        lambda content_type: not isinstance(content_type, _Binary) and upstream_is_text(content_type))


class _Binary(str):
    """A content type whose body is not text."""


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
        if payload_bytes(event) > MAX_PAYLOAD_BYTES:
            return {"error": True, "log": "", "body": {"statusCode": 413, "headers": {"Content-Type": "application/json"},
                                                       "body": '{"message":"Request Entity Too Large"}'}}
        result = upstream_execute(function, event)
        if not result.get("error") and payload_bytes(result.get("body")) > MAX_PAYLOAD_BYTES:
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
    _compressed_bodies()
    _payload_limits()
    _faults()
    lambda_runtime.Worker._drain_stderr_bounded.__defaults__ = _DRAIN_SECONDS
