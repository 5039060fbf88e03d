"""Filter expressions (X-Ray developer guide, "Use filter expressions"): text → predicate over a TraceView.

  or := and (OR and)*      and := not (AND not)*      not := (NOT | !) not | primary
  primary := ( or ) | service(…) [{ or }] | edge(…, …) [{ or }] | keyword [operator value]
Outside braces a keyword speaks of the trace's root; annotations and users of any of its documents.
"""
from __future__ import annotations

import re
from typing import Callable, NamedTuple

from launcher.xray.views import Node, TraceView


class BadFilter(ValueError):
    """An expression X-Ray would refuse; the text says where."""


class Scope(NamedTuple):
    """What an expression looks at: one node for its own values, and the nodes whose annotations count."""

    trace: TraceView
    node: Node
    nodes: list[Node]


Predicate = Callable[[Scope], bool]

_TOKEN = re.compile(r"""\s*(?:(?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?P<number>-?\d+(?:\.\d+)?)|"""
                    r"""(?P<operator><=|>=|!=|=|<|>|[(){},!:\[\]])|(?P<word>[A-Za-z_][\w.\-]*))""")
_WORD_OPERATORS = ("contains", "beginswith", "endswith")

_BOOLEANS: dict[str, Callable[[Scope], bool]] = {
    "ok": lambda s: s.node.is_ok,
    "error": lambda s: s.node.flag("error"),
    "throttle": lambda s: s.node.flag("throttle"),
    "fault": lambda s: s.node.flag("fault"),
    "partial": lambda s: s.trace.is_partial,
    "inferred": lambda s: not s.node.is_segment,
    "remote": lambda s: s.node.data.get("namespace") == "remote",
    "root": lambda s: s.node.parent is None,
}
_NUMBERS: dict[str, Callable[[Scope], object]] = {
    "responsetime": lambda s: s.node.end - s.node.start,
    "duration": lambda s: s.trace.duration,
    "http.status": lambda s: s.node.http("response", "status"),
}
_STRINGS: dict[str, Callable[[Scope], object]] = {
    "http.url": lambda s: s.node.http("request", "url"),
    "http.method": lambda s: s.node.http("request", "method"),
    "http.useragent": lambda s: s.node.http("request", "user_agent"),
    "http.clientip": lambda s: s.node.http("request", "client_ip"),
    "name": lambda s: s.node.name,
    "type": lambda s: s.node.kind,
}


def compare(actual, operator: str, expected) -> bool:
    """One comparison; values of different types are unequal. @throws BadFilter where the types do not go with it"""
    if operator in _WORD_OPERATORS:
        if not isinstance(expected, str):
            raise BadFilter(f"{operator} needs a text in quotes")
        if not isinstance(actual, str):
            return False
        return {"contains": expected in actual, "beginswith": actual.startswith(expected),
                "endswith": actual.endswith(expected)}[operator]
    same_type = isinstance(actual, bool) == isinstance(expected, bool) and (
        isinstance(actual, str) == isinstance(expected, str)) and actual is not None
    if operator in ("=", "!="):
        return (same_type and actual == expected) == (operator == "=")
    if isinstance(expected, (str, bool)):
        raise BadFilter(f"{operator} needs a number")
    if not same_type:
        return False
    return {"<": actual < expected, "<=": actual <= expected, ">": actual > expected, ">=": actual >= expected}[operator]


class _Parser:
    def __init__(self, text: str):
        self.tokens: list[tuple[str, str]] = []
        position = 0
        while position < len(text.rstrip()):
            match = _TOKEN.match(text, position)
            if match is None:
                raise BadFilter(f"cannot read the expression at position {position}")
            self.tokens.append((match.lastgroup or "", match.group(match.lastgroup or 0)))
            position = match.end()
        self.at = 0

    def peek(self, offset: int = 0) -> str:
        """The next token in lower case unless it is a string; '' at the end."""
        if self.at + offset >= len(self.tokens):
            return ""
        kind, text = self.tokens[self.at + offset]
        return text if kind == "string" else text.lower()

    def take(self, expected: str | None = None) -> tuple[str, str]:
        if self.at >= len(self.tokens) or expected is not None and self.peek() != expected:
            raise BadFilter(f"expected {expected or 'more'}, got {self.peek() or 'the end'}")
        self.at += 1
        return self.tokens[self.at - 1]

    def expression(self) -> Predicate:
        parts = [self.conjunction()]
        while self.peek() == "or":
            self.take()
            parts.append(self.conjunction())
        return parts[0] if len(parts) == 1 else lambda scope: any(part(scope) for part in parts)

    def conjunction(self) -> Predicate:
        parts = [self.negation()]
        while self.peek() == "and":
            self.take()
            parts.append(self.negation())
        return parts[0] if len(parts) == 1 else lambda scope: all(part(scope) for part in parts)

    def negation(self) -> Predicate:
        if self.peek() in ("not", "!"):
            self.take()
            inner = self.negation()
            return lambda scope: not inner(scope)
        return self.primary()

    def primary(self) -> Predicate:
        if self.peek() == "(":
            self.take()
            inner = self.expression()
            self.take(")")
            return inner
        kind, word = self.take()
        if kind != "word":
            raise BadFilter(f"expected a keyword, got {word}")
        keyword = word.lower()
        if keyword in ("service", "edge") and self.peek() == "(":
            return self.service() if keyword == "service" else self.edge()
        if keyword == "annotation" or keyword.startswith("annotation."):
            return self.annotation(word)
        if keyword in _BOOLEANS:
            return self.boolean(keyword)
        if keyword == "user":
            return self.comparison(lambda scope: [n.data.get("user") for n in scope.nodes if "user" in n.data], True)
        read = _NUMBERS.get(keyword) or _STRINGS.get(keyword)
        if read is None:
            raise BadFilter(f"unknown keyword {word}")
        return self.comparison(lambda scope: [read(scope)], False)

    def boolean(self, keyword: str) -> Predicate:
        read = _BOOLEANS[keyword]
        if self.peek() not in ("=", "!="):
            return read
        _, operator = self.take()
        _, value = self.take()
        if value.lower() not in ("true", "false"):
            raise BadFilter(f"{keyword} is true or false, got {value}")
        wanted = (value.lower() == "true") == (operator == "=")
        return lambda scope: read(scope) == wanted

    def comparison(self, read: Callable[[Scope], list], may_stand_alone: bool) -> Predicate:
        operator = self.peek()
        if operator not in ("=", "!=", "<", "<=", ">", ">=", *_WORD_OPERATORS):
            if may_stand_alone:
                return lambda scope: bool(read(scope))
            raise BadFilter(f"expected an operator, got {operator or 'the end'}")
        self.take()
        expected = self.value()
        compare("" if isinstance(expected, str) else expected, operator, expected)  # refuses a bad pair at once
        return lambda scope: any(compare(actual, operator, expected) for actual in read(scope))

    def value(self):
        kind, text = self.take()
        if kind == "string":
            return re.sub(r"\\(.)", r"\1", text[1:-1])
        if kind == "number":
            return float(text)
        if kind == "word" and text.lower() in ("true", "false"):
            return text.lower() == "true"
        raise BadFilter(f"expected a value, got {text}")

    def annotation(self, word: str) -> Predicate:
        key = word[len("annotation."):]
        if not key:
            self.take("[")
            _, key = self.take()
            key = key.strip("\"'")
            self.take("]")
        return self.comparison(
            lambda scope: [n.data["annotations"][key] for n in scope.nodes if key in (n.data.get("annotations") or {})], True)

    def service_matcher(self) -> Callable[[Node], bool]:
        """A name in quotes, id(name: "…", type: "…"), or nothing for any service."""
        if self.peek() == "id":
            self.take()
            self.take("(")
            wanted: dict = {}
            while self.peek() != ")":
                _, field = self.take()
                self.take(":")
                wanted[field.lower()] = self.value()
                if self.peek() == ",":
                    self.take()
            self.take(")")
            return lambda node: all(node.name == v if f == "name" else node.kind == v for f, v in wanted.items())
        if self.peek() in (")", ","):
            return lambda node: True
        name = self.value()
        return lambda node: node.name == name

    def braces(self) -> Predicate | None:
        if self.peek() != "{":
            return None
        self.take()
        inner = self.expression()
        self.take("}")
        return inner

    def service(self) -> Predicate:
        self.take("(")
        matches = self.service_matcher()
        self.take(")")
        inner = self.braces()
        return lambda scope: any(inner is None or inner(_node_scope(scope.trace, node))
                                 for node in scope.trace.services if matches(node))

    def edge(self) -> Predicate:
        self.take("(")
        from_caller = self.service_matcher()
        self.take(",")
        to_called = self.service_matcher()
        self.take(")")
        inner = self.braces()

        def found(scope: Scope) -> bool:
            for node in scope.trace.services:
                caller = node.service_above()
                if caller is not None and from_caller(caller) and to_called(node):
                    if inner is None or inner(_node_scope(scope.trace, node)):
                        return True
            return False

        return found


def _node_scope(trace: TraceView, node: Node) -> Scope:
    own = [other for other in trace.nodes if other is node or not other.is_segment and other.service_above() is node]
    return Scope(trace, node, own)


def parse_filter(text: str) -> Callable[[TraceView], bool]:
    """@param text empty matches every trace @throws BadFilter"""
    if not text.strip():
        return lambda trace: True
    parser = _Parser(text)
    predicate = parser.expression()
    if parser.peek():
        raise BadFilter(f"unexpected {parser.peek()}")
    return lambda trace: predicate(Scope(trace, trace.root, trace.nodes))
