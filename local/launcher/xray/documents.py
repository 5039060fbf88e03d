"""Checks a segment document as PutTraceSegments does (X-Ray developer guide, "segment documents", read 2026-11)."""
from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass

MAX_DOCUMENT_BYTES = 64 * 1024
MAX_NAME = 200
SEGMENT_ID = re.compile(r"[0-9a-f]{16}")
TRACE_ID = re.compile(r"1-[0-9a-f]{8}-[0-9a-f]{24}")
_NAME_SYMBOLS = set("_.:/%&#=+\\-@")


class BadDocument(Exception):
    """A document that X-Ray does not take. `code` and `message` go into UnprocessedTraceSegments."""

    def __init__(self, segment_id: str | None, code: str, message: str):
        super().__init__(message)
        self.segment_id, self.code, self.message = segment_id, code, message


@dataclass(frozen=True)
class Document:
    """One accepted document; times in epoch seconds, `end` None while in progress."""

    trace_id: str
    segment_id: str
    start: float
    end: float | None
    text: str


def _name_problem(name) -> str | None:
    if not isinstance(name, str) or not 0 < len(name) <= MAX_NAME:
        return f"name must have 1 to {MAX_NAME} characters"
    for letter in name:
        if letter not in _NAME_SYMBOLS and not letter.isspace() and unicodedata.category(letter)[0] not in "LNZ":
            return f"name must not hold the character {letter!r}"
    return None


def _number(value) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _subsegment_problem(items, depth: int = 0) -> str | None:
    if not isinstance(items, list) or depth > 100:
        return "subsegments must be a list"
    for item in items:
        if not isinstance(item, dict):
            return "a subsegment must be an object"
        if not isinstance(item.get("id"), str) or not SEGMENT_ID.fullmatch(item["id"]):
            return "a subsegment's id must be 16 hexadecimal digits"
        problem = _name_problem(item.get("name")) or _subsegment_problem(item.get("subsegments") or [], depth + 1)
        if problem:
            return problem
    return None


def parse_document(text: object) -> Document:
    """@param text one member of TraceSegmentDocuments @throws BadDocument"""
    if not isinstance(text, str):
        raise BadDocument(None, "JSONFormatError", "Bad JSON data")
    try:
        # Python's parser takes NaN and Infinity, JSON does not.
        data = json.loads(text, parse_constant=lambda constant: (_ for _ in ()).throw(ValueError(constant)))
    except (ValueError, RecursionError):
        raise BadDocument(None, "JSONFormatError", "Bad JSON data") from None
    if not isinstance(data, dict):
        raise BadDocument(None, "JSONFormatError", "Bad JSON data")
    segment_id = data.get("id") if isinstance(data.get("id"), str) else None
    if len(text.encode("utf-8", "surrogatepass")) > MAX_DOCUMENT_BYTES:
        raise BadDocument(segment_id, "SegmentTooLarge", f"Segment document must be at most {MAX_DOCUMENT_BYTES} bytes")
    for field in ("id", "name", "trace_id", "start_time"):
        if field not in data:
            raise BadDocument(segment_id, "MissingParam", f"Missing {field}")
    if "end_time" not in data and data.get("in_progress") is not True:
        raise BadDocument(segment_id, "MissingParam", "Missing end_time or in_progress")
    problem = _shape_problem(data, segment_id)
    if problem:
        raise BadDocument(segment_id, "InvalidParam", problem)
    return Document(data["trace_id"], data["id"], data["start_time"], data.get("end_time"), text)


def _shape_problem(data: dict, segment_id: str | None) -> str | None:
    if segment_id is None or not SEGMENT_ID.fullmatch(segment_id):
        return "id must be 16 hexadecimal digits"
    if not isinstance(data["trace_id"], str) or not TRACE_ID.fullmatch(data["trace_id"]):
        return "trace_id must look like 1-58406520-a006649127e371903a2de979"
    if "parent_id" in data and (not isinstance(data["parent_id"], str) or not SEGMENT_ID.fullmatch(data["parent_id"])):
        return "parent_id must be 16 hexadecimal digits"
    if data.get("type") == "subsegment" and "parent_id" not in data:
        return "a subsegment that is sent alone needs a parent_id"
    if not _number(data["start_time"]) or not _number(data.get("end_time", 0)):
        return "start_time and end_time must be numbers"
    if "end_time" in data and data["end_time"] < data["start_time"]:
        return "end_time must not lie before start_time"
    if not isinstance(data.get("annotations", {}), dict) or not isinstance(data.get("metadata", {}), dict):
        return "annotations and metadata must be objects"
    return _name_problem(data["name"]) or _subsegment_problem(data.get("subsegments") or [])
