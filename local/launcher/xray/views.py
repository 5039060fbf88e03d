"""A stored trace as the searches look at it: its nodes, its root, what a summary says of it."""
from __future__ import annotations

import json
from dataclasses import dataclass, field

from launcher.xray.documents import Document


@dataclass
class Node:
    """A segment or subsegment, wherever it was sent. `is_service` nodes stand in the service map."""

    data: dict
    is_segment: bool
    parent: "Node | None" = None
    children: list["Node"] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.data["name"]

    @property
    def kind(self) -> str:
        """The type shown in a service map."""
        if self.is_segment:
            return self.data.get("origin") or ""
        return "AWS::" + self.name if self.data.get("namespace") == "aws" else "remote"

    @property
    def is_service(self) -> bool:
        """A segment, or a call to something that sent no segment itself."""
        calls_out = self.data.get("namespace") in ("aws", "remote")
        return self.is_segment or calls_out and not any(child.is_segment for child in self.children)

    @property
    def start(self) -> float:
        return self.data["start_time"]

    @property
    def end(self) -> float:
        return self.data.get("end_time", self.data["start_time"])

    @property
    def in_progress(self) -> bool:
        return "end_time" not in self.data

    def flag(self, name: str) -> bool:
        """error, fault or throttle."""
        return self.data.get(name) is True

    @property
    def is_ok(self) -> bool:
        return not (self.flag("error") or self.flag("fault") or self.flag("throttle"))

    def http(self, part: str, key: str):
        """A value of the http block. @param part request or response"""
        return ((self.data.get("http") or {}).get(part) or {}).get(key)

    def service_above(self) -> "Node | None":
        """The nearest segment above, which is the caller in a service map."""
        above = self.parent
        while above is not None and not above.is_segment:
            above = above.parent
        return above

    def service_id(self) -> dict:
        return {"Name": self.name, "Names": [self.name], "Type": self.kind or None}


class TraceView:
    """@param documents those of one trace, not empty"""

    def __init__(self, trace_id: str, documents: list[Document]):
        self.id = trace_id
        self.nodes: list[Node] = []
        for document in documents:
            data = json.loads(document.text)
            self._add(data, None, data.get("type") != "subsegment")
        by_id = {node.data["id"]: node for node in self.nodes}
        for node in self.nodes:
            if node.parent is None:
                node.parent = by_id.get(node.data.get("parent_id", ""))
                if node.parent is not None:
                    node.parent.children.append(node)
        segments = [node for node in self.nodes if node.is_segment]
        self.roots = [node for node in segments if node.parent is None]
        without_parent = [node for node in self.roots if "parent_id" not in node.data]
        self.root = min(without_parent or self.roots or self.nodes, key=lambda node: node.start)
        self.start = min(node.start for node in self.nodes)
        self.end = max(node.end for node in self.nodes)

    def _add(self, data: dict, parent: Node | None, is_segment: bool) -> None:
        node = Node(data, is_segment, parent)
        if parent is not None:
            parent.children.append(node)
        self.nodes.append(node)
        for subsegment in data.get("subsegments") or []:
            self._add({"start_time": data["start_time"], **subsegment}, node, False)

    @property
    def duration(self) -> float:
        """From the first start to the last end, in seconds."""
        return self.end - self.start

    @property
    def services(self) -> list[Node]:
        return [node for node in self.nodes if node.is_service]

    @property
    def is_partial(self) -> bool:
        """A segment is in progress, or one's parent has not come."""
        known = {node.data["id"] for node in self.nodes}
        return any(node.in_progress or node.data.get("parent_id", node.data["id"]) not in known for node in self.nodes)

    def summary(self) -> dict:
        """The trace as GetTraceSummaries shows it; flags and http are the root's (API reference)."""
        root = self.root
        http = {"HttpURL": root.http("request", "url"), "HttpStatus": root.http("response", "status"),
                "HttpMethod": root.http("request", "method"), "UserAgent": root.http("request", "user_agent"),
                "ClientIp": root.http("request", "client_ip")}
        unique = {(node.name, node.kind): node.service_id() for node in self.services}
        return {
            "Id": self.id, "StartTime": self.start, "Duration": round(self.duration, 6),
            "ResponseTime": round(root.end - root.start, 6), "MatchedEventTime": self.start,
            "HasFault": root.flag("fault"), "HasError": root.flag("error"), "HasThrottle": root.flag("throttle"),
            "IsPartial": self.is_partial, "Http": {key: value for key, value in http.items() if value is not None},
            "Annotations": self._annotations(), "Users": self._users(),
            "ServiceIds": list(unique.values()), "EntryPoint": root.service_id(), "Revision": 1,
        }

    def _annotations(self) -> dict:
        out: dict = {}
        for node in self.nodes:
            owner = node if node.is_service else node.service_above() or node
            for key, value in (node.data.get("annotations") or {}).items():
                kind = ("BooleanValue" if isinstance(value, bool) else
                        "NumberValue" if isinstance(value, (int, float)) else "StringValue")
                entry = {"AnnotationValue": {kind: value}, "ServiceIds": [owner.service_id()]}
                if entry not in out.setdefault(key, []):
                    out[key].append(entry)
        return out

    def _users(self) -> list[dict]:
        users: dict = {}
        for node in self.nodes:
            if isinstance(node.data.get("user"), str):
                users.setdefault(node.data["user"], {"UserName": node.data["user"], "ServiceIds": [node.service_id()]})
        return list(users.values())
