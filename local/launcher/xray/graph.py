"""The service graph: who called whom, how often, how well."""
from __future__ import annotations

from launcher.xray.views import Node, TraceView


class _Statistics:
    def __init__(self) -> None:
        self.ok = self.throttle = self.error = self.fault = self.total = 0
        self.response_time = 0.0

    def add(self, node: Node) -> None:
        self.total += 1
        self.response_time += node.end - node.start
        self.ok += node.is_ok
        self.throttle += node.flag("throttle")
        self.error += node.flag("error") and not node.flag("throttle")
        self.fault += node.flag("fault")

    def describe(self) -> dict:
        return {"OkCount": self.ok, "TotalCount": self.total, "TotalResponseTime": round(self.response_time, 6),
                "ErrorStatistics": {"ThrottleCount": self.throttle, "OtherCount": self.error,
                                    "TotalCount": self.throttle + self.error},
                "FaultStatistics": {"OtherCount": self.fault, "TotalCount": self.fault}}


class _Service:
    def __init__(self, reference: int, name: str, kind: str):
        self.reference, self.name, self.kind = reference, name, kind
        self.statistics = _Statistics()
        self.edges: dict[int, tuple[_Statistics, list[float]]] = {}
        self.times: list[float] = []
        self.is_root = False


def service_graph(traces: list[TraceView]) -> list[dict]:
    """The `Services` of GetServiceGraph and GetTraceGraph; a caller outside shows as a node of type client."""
    services: dict[tuple[str, str], _Service] = {}

    def service(name: str, kind: str) -> _Service:
        return services.setdefault((name, kind), _Service(len(services), name, kind))

    def edge(caller: _Service, called: _Service, node: Node) -> None:
        statistics, times = caller.edges.setdefault(called.reference, (_Statistics(), []))
        statistics.add(node)
        times += [node.start, node.end]

    for trace in traces:
        for node in trace.services:
            entry = service(node.name, node.kind)
            entry.statistics.add(node)
            entry.times += [node.start, node.end]
            caller = node.service_above()
            if caller is not None:
                edge(service(caller.name, caller.kind), entry, node)
            elif node is trace.root:
                entry.is_root = True
                client = service(node.name, "client")
                client.times += [node.start, node.end]
                edge(client, entry, node)
    return [_describe(entry) for entry in services.values()]


def _describe(entry: _Service) -> dict:
    edges = [{"ReferenceId": reference, "StartTime": min(times), "EndTime": max(times),
              "SummaryStatistics": statistics.describe()} for reference, (statistics, times) in entry.edges.items()]
    shown = {"ReferenceId": entry.reference, "Name": entry.name, "Names": [entry.name], "Type": entry.kind or None,
             "State": "active", "StartTime": min(entry.times), "EndTime": max(entry.times), "Edges": edges}
    if entry.is_root:
        shown["Root"] = True
    if entry.kind != "client":
        shown["SummaryStatistics"] = entry.statistics.describe()
    return {key: value for key, value in shown.items() if value is not None}
