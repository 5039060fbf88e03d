"""The gate every service call passes: faults, then limits, then the service itself; counted."""
from __future__ import annotations

import asyncio

from launcher import answers
from launcher.call import Call
from launcher.faults import FAULTS
from launcher.limits import INTERCEPTORS
from launcher.partial import INTERCEPTORS as PARTIAL
from launcher.records import RECORDS

DEFAULT_TIMEOUT_DELAY_MS = 1000


class DropConnection(BaseException):
    """Close the client's connection without an answer. Not an Exception: ministack must not turn it into a 500."""


async def _answer(call: Call, handler):
    async def serve(body: bytes):
        return await handler(call.method, call.path, call.headers, body, call.query)

    async def limited(body: bytes):
        intercept = INTERCEPTORS.get((call.service, call.operation))
        if intercept is None:
            return await serve(body)
        return await intercept(call if body is call.body else Call(call.service, call.method, call.path, call.headers,
                                                                  body, call.query), serve)

    partial = PARTIAL.get((call.service, call.operation)) if FAULTS.rules else None
    return await (limited(call.body) if partial is None else partial(call, limited))


async def pass_through(call: Call, handler):
    """@param handler ministack's (method, path, headers, body, query) -> answer @throws DropConnection"""
    RECORDS.count(call.service, call.operation)
    # Lambda's faults strike where a function runs, whoever called it: launcher.patches.functions.
    struck = [] if call.service == "lambda" else FAULTS.for_call(call.service, call.operation, call.resource)
    for rule in struck:
        if rule.kind == "slow":
            await asyncio.sleep((rule.delay_ms or 0) / 1000)
        elif rule.kind == "throttle":
            return answers.throttle(call.service, call.headers)
        elif rule.kind == "error":
            return answers.failure(call.service, call.headers, rule.status)
    answer = await _answer(call, handler)
    for rule in struck:
        if rule.kind == "timeoutAfterSuccess":
            delay = DEFAULT_TIMEOUT_DELAY_MS if rule.delay_ms is None else rule.delay_ms
            await asyncio.sleep(delay / 1000)
            raise DropConnection
    return answer


def gated(service: str, handler):
    """ministack's handler of a service, behind the gate."""
    async def handle(method, path, headers, body, query):
        return await pass_through(Call(service, method, path, headers, body, query), handler)

    return handle


def install(service_handlers: dict) -> None:
    """Put every service of ministack's table behind the gate."""
    for service, handler in list(service_handlers.items()):
        service_handlers[service] = gated(service, handler)
