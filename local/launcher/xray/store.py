"""The traces that were put: a repeated segment id overwrites, and how often each was put is counted."""
from __future__ import annotations

import threading

from launcher.xray.documents import Document


class TraceStore:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        """Forget every trace."""
        with self._lock:
            self._traces: dict[str, dict[str, Document]] = {}
            self._puts: dict[tuple[str, str], int] = {}
            self.rejected: list[dict] = []

    def put(self, document: Document) -> None:
        """Keep a document; the same trace and segment id replaces the earlier one."""
        with self._lock:
            self._traces.setdefault(document.trace_id, {})[document.segment_id] = document
            key = (document.trace_id, document.segment_id)
            self._puts[key] = self._puts.get(key, 0) + 1

    def reject(self, segment_id: str | None, code: str, message: str) -> None:
        """Remember a document that was refused for good, so that a test can see why."""
        with self._lock:
            self.rejected.append({"segmentId": segment_id, "code": code, "message": message})

    def trace(self, trace_id: str) -> list[Document]:
        """The documents of a trace by start time; empty where there is none."""
        return sorted(self._traces.get(trace_id, {}).values(), key=lambda document: document.start)

    def trace_ids(self) -> list[str]:
        """All traces, in the order in which they were first seen."""
        with self._lock:
            return list(self._traces)

    def entries(self, offset: int, limit: int) -> tuple[list[dict], int]:
        """Every document with its number of puts, for the admin endpoint. @returns (a page, the total)"""
        with self._lock:
            keys = list(self._puts)
            page = [{"traceId": trace_id, "segmentId": segment_id, "puts": self._puts[(trace_id, segment_id)],
                     "document": self._traces[trace_id][segment_id].text}
                    for trace_id, segment_id in keys[offset:offset + limit]]
        return page, len(keys)


STORE = TraceStore()
