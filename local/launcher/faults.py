"""Fault injection: rules set over the admin endpoint, drawn from a seed, counted.

A rule: { service, operation?, resource?, kind, rate?, seed?, first?, delayMs?, status?, errorCode? }
  kind: throttle | error | timeoutAfterSuccess | slow | unprocessed | duplicate | late
  rate 0..1 (1), seed (1), first = only the first n matching calls (or messages), resource = part of the resource's name.
`unprocessed` strikes single items of a call, `duplicate` and `late` single messages on their way from SQS to Lambda.
"""
from __future__ import annotations

import hashlib
import random
import threading
from dataclasses import dataclass, field

CALL_KINDS = ("throttle", "error", "timeoutAfterSuccess", "slow")
ITEM_KINDS = ("unprocessed", "duplicate", "late")
_FIELDS = {"service", "operation", "resource", "kind", "rate", "seed", "first", "delayMs", "status", "errorCode"}
# What a rule may call a service, and what ministack calls it.
_ALIASES = {"cloudwatch": "monitoring", "cloudwatch-logs": "logs", "x-ray": "xray"}


class BadRule(ValueError):
    """A rule that cannot be understood; the text says which field and what was expected."""


@dataclass
class Rule:
    service: str
    kind: str
    operation: str | None = None
    resource: str | None = None
    rate: float = 1.0
    seed: int = 1
    first: int | None = None
    delay_ms: int | None = None
    status: int | None = None
    error_code: str | None = None
    seen: int = 0
    injected: int = 0
    _random: random.Random = field(default_factory=random.Random)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _item_draws: dict = field(default_factory=dict)

    def matches(self, service: str, operation: str, resource: str) -> bool:
        """Whether the rule is about such calls."""
        return (self.service == service and self.operation in (None, operation)
                and (self.resource is None or self.resource in resource))

    def strikes(self) -> bool:
        """One draw for one call: the n-th draw of a seed is always the same."""
        with self._lock:
            self.seen += 1
            struck = self._random.random() < self.rate and (self.first is None or self.seen <= self.first)
            self.injected += struck
            return struck

    def strikes_item(self, item: str) -> bool:
        """One draw for one item, from seed, item and how often it was seen: the order of the calls does not matter."""
        with self._lock:
            self.seen += 1
            nth = self._item_draws.get(item, 0)
            self._item_draws[item] = nth + 1
            digest = hashlib.sha256(f"{self.seed}:{item}:{nth}".encode()).digest()
            draw = int.from_bytes(digest[:8], "big") / 2**64
            struck = draw < self.rate and (self.first is None or self.seen <= self.first)
            self.injected += struck
            return struck

    def describe(self) -> dict:
        """The rule with its counters, as the admin endpoint shows it."""
        shown = {"service": self.service, "operation": self.operation, "resource": self.resource, "kind": self.kind,
                 "rate": self.rate, "seed": self.seed, "first": self.first, "delayMs": self.delay_ms,
                 "status": self.status, "errorCode": self.error_code, "seen": self.seen, "injected": self.injected}
        return {key: value for key, value in shown.items() if value is not None}


def parse_rule(data: object) -> Rule:
    """@throws BadRule naming the field"""
    if not isinstance(data, dict):
        raise BadRule(f"a rule must be an object, got {type(data).__name__}")
    unknown = set(data) - _FIELDS
    if unknown:
        raise BadRule(f"unknown field {sorted(unknown)[0]}; known: {', '.join(sorted(_FIELDS))}")
    service, kind = data.get("service"), data.get("kind")
    if not isinstance(service, str) or not service:
        raise BadRule("service: expected a name such as xray, logs, monitoring, dynamodb, s3, sqs or lambda")
    if kind not in CALL_KINDS + ITEM_KINDS:
        raise BadRule(f"kind: expected one of {', '.join(CALL_KINDS + ITEM_KINDS)}, got {kind!r}")
    rate = data.get("rate", 1)
    if isinstance(rate, bool) or not isinstance(rate, (int, float)) or not 0 <= rate <= 1:
        raise BadRule(f"rate: expected 0..1, got {rate!r}")
    rule = Rule(service=_ALIASES.get(service, service), kind=kind, operation=data.get("operation"),
                resource=data.get("resource"), rate=float(rate), seed=int(data.get("seed", 1)),
                first=data.get("first"), delay_ms=data.get("delayMs"), status=data.get("status"),
                error_code=data.get("errorCode"))
    rule._random.seed(rule.seed)
    return rule


class Faults:
    """The rules in force."""

    def __init__(self) -> None:
        self.rules: list[Rule] = []

    def replace(self, data: object) -> None:
        """@throws BadRule; then nothing changes"""
        if isinstance(data, dict):
            data = data.get("rules")
        if not isinstance(data, list):
            raise BadRule("expected a list of rules, or { rules: [...] }")
        self.rules = [parse_rule(rule) for rule in data]

    def for_call(self, service: str, operation: str, resource) -> list[Rule]:
        """The call rules that strike this call, in their order. @param resource () -> str, asked only if needed"""
        if not self.rules:
            return []
        name = resource()
        return [rule for rule in self.rules
                if rule.kind in CALL_KINDS and rule.matches(service, operation, name) and rule.strikes()]

    def for_items(self, kind: str, service: str, operation: str, resource: str) -> list[Rule]:
        """The item rules of a kind that are about this call; ask each with `strikes_item`."""
        return [rule for rule in self.rules if rule.kind == kind and rule.matches(service, operation, resource)]


FAULTS = Faults()
