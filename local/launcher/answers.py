"""Errors in each service's own wire form, so that an SDK sees what it would see from AWS."""
from __future__ import annotations

import json
from xml.sax.saxutils import escape

Answer = tuple  # (status, headers, body), ministack's own form

# How each service says "slow down": (status, code, message).
THROTTLES = {
    "xray": (429, "ThrottledException", "Rate exceeded"),
    "logs": (400, "ThrottlingException", "Rate exceeded"),
    "monitoring": (400, "Throttling", "Rate exceeded"),
    "dynamodb": (400, "ProvisionedThroughputExceededException",
                 "The level of configured provisioned throughput for the table was exceeded."),
    "s3": (503, "SlowDown", "Please reduce your request rate."),
    "sqs": (400, "RequestThrottled", "Request is throttled."),
    "lambda": (429, "TooManyRequestsException", "Rate Exceeded."),
}
_DEFAULT_THROTTLE = (400, "ThrottlingException", "Rate exceeded")

# How each service says "our fault".
FAILURES = {
    "xray": (500, "InternalFailure", "Internal failure"),
    "logs": (500, "ServiceUnavailableException", "The service cannot complete the request."),
    "monitoring": (500, "InternalServiceError", "Request processing has failed because of some unknown error."),
    "dynamodb": (500, "InternalServerError", "Internal server error"),
    "s3": (500, "InternalError", "We encountered an internal error. Please try again."),
    "sqs": (500, "InternalFailure", "The request processing has failed because of an unknown error."),
    "lambda": (500, "ServiceException", "Service Exception"),
}
_DEFAULT_FAILURE = (500, "InternalFailure", "Internal failure")

_QUERY_COMPATIBLE = ("sqs", "monitoring")
_JSON_SERVICES = ("logs", "dynamodb", "sqs", "monitoring", "events", "kms", "ssm", "secretsmanager", "states")


def error(service: str, status: int, code: str, message: str, headers: dict | None = None) -> Answer:
    """An error answer of the service. @param headers the request's, to tell a JSON call from a query call"""
    is_query = "form-urlencoded" in (headers or {}).get("content-type", "")
    if service == "s3":
        body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>'
        return status, {"Content-Type": "application/xml"}, body.encode()
    if is_query or service not in _JSON_SERVICES and service in ("cloudformation", "sns", "iam", "sts", "ses"):
        kind = "Sender" if status < 500 else "Receiver"
        body = (f"<ErrorResponse><Error><Type>{kind}</Type><Code>{code}</Code>"
                f"<Message>{escape(message)}</Message></Error></ErrorResponse>")
        return status, {"Content-Type": "text/xml"}, body.encode()
    answer_headers = {"Content-Type": "application/json", "x-amzn-errortype": code}
    if service in _JSON_SERVICES:
        answer_headers["Content-Type"] = "application/x-amz-json-1.0" if service != "logs" else "application/x-amz-json-1.1"
    if service in _QUERY_COMPATIBLE:
        answer_headers["x-amzn-query-error"] = f"{code};{'Sender' if status < 500 else 'Receiver'}"
    return status, answer_headers, json.dumps({"__type": code, "message": message}).encode()


def throttle(service: str, headers: dict | None = None) -> Answer:
    """The service's own "slow down"."""
    return error(service, *THROTTLES.get(service, _DEFAULT_THROTTLE), headers)


def failure(service: str, headers: dict | None = None, status: int | None = None) -> Answer:
    """The service's own "our fault". @param status another status than the service's 500"""
    default, code, message = FAILURES.get(service, _DEFAULT_FAILURE)
    return error(service, status or default, code, message, headers)


def ok(data: dict) -> Answer:
    """200 with a JSON body."""
    return 200, {"Content-Type": "application/json"}, json.dumps(data).encode()
