"""The two doors to a function, function URL and HTTP API: what of a request reaches it, and how."""
from __future__ import annotations

import base64
from contextvars import ContextVar

from ministack.services import apigateway, lambda_svc


class _Binary(str):
    """A content type whose body is not text."""


def is_encoded(headers: dict) -> bool:
    """Whether a request's body is compressed, whatever its content type says."""
    encoding = next((value for key, value in headers.items() if key.lower() == "content-encoding"), "")
    return encoding.strip().lower() not in ("", "identity")


def _compressed_bodies_at_urls() -> None:
    """A gzip body whose type is JSON reaches the function as base64; upstream decodes it as text and mangles it."""
    upstream = lambda_svc._build_function_url_event

    def url_event(url_id, account_id, region, method, path, headers, body, *rest, **named):
        event = upstream(url_id, account_id, region, method, path, headers, body, *rest, **named)
        if body and is_encoded(headers):
            event["body"], event["isBase64Encoded"] = base64.b64encode(body).decode("ascii"), True
        return event

    lambda_svc._build_function_url_event = url_event


def _compressed_bodies_at_apis() -> None:
    """The same for an HTTP API, whose event is built in one piece with the call: its content type is marked instead."""
    upstream = apigateway._invoke_lambda_proxy
    upstream_is_text = apigateway._v2_request_body_is_text

    async def proxy(integration, api_id, stage, path, method, headers, body, *rest, **named):
        if body and is_encoded(headers):
            headers = {**headers, "content-type": _Binary(headers.get("content-type") or "")}
        token = _behind_api.set(True)
        try:
            return await upstream(integration, api_id, stage, path, method.upper(), headers, body, *rest, **named)
        finally:
            _behind_api.reset(token)

    apigateway._invoke_lambda_proxy = proxy
    apigateway._v2_request_body_is_text = (
        lambda content_type: not isinstance(content_type, _Binary) and upstream_is_text(content_type))


def _options_at_apis() -> None:
    """An HTTP API without CORS settings hands OPTIONS to its route; upstream answers 403 itself.

    Upstream compares the method with "OPTIONS": in lower case it passes by, and is put right where it matters.
    """
    upstream = apigateway._handle_execute_in_scope
    upstream_match = apigateway._match_route

    async def handle(api_id, stage, path, method, *rest, **named):
        if method == "OPTIONS" and not (apigateway._apis.get(api_id) or {}).get("corsConfiguration"):
            method = "options"
        return await upstream(api_id, stage, path, method, *rest, **named)

    apigateway._handle_execute_in_scope = handle
    apigateway._match_route = lambda api_id, method, path: upstream_match(api_id, method.upper(), path)


_behind_api: ContextVar[bool] = ContextVar("behind_api", default=False)


def _failed_functions() -> None:
    """A function that threw or died: a function URL answers 502, an HTTP API 500, and neither tells why."""
    upstream = lambda_svc.lambda_execute_result_to_api_proxy_response

    def answer(result):
        said_itself = isinstance(result.get("body"), dict) and "statusCode" in result["body"]
        if not result.get("error") or result.get("throttle") or said_itself:
            return upstream(result)
        if _behind_api.get():
            headers = {"Content-Type": "application/json"}
            return {"statusCode": 500, "headers": headers, "body": '{"message":"Internal Server Error"}'}, None
        return {"statusCode": 502, "headers": {"Content-Type": "text/plain"}, "body": "Internal Server Error"}, None

    lambda_svc.lambda_execute_result_to_api_proxy_response = answer


def apply() -> None:
    """Apply this file's patches."""
    _compressed_bodies_at_urls()
    _compressed_bodies_at_apis()
    _options_at_apis()
    _failed_functions()
