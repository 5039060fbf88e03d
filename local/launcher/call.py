"""One request to one AWS service, as the gate, the limits and the faults look at it."""
from __future__ import annotations

import json
import re
from urllib.parse import parse_qs

# The REST services have no operation name on the wire: method and path say it.
_REST_OPERATIONS = {
    "xray": [
        ("POST", r"/TraceSegments$", "PutTraceSegments"), ("POST", r"/Traces$", "BatchGetTraces"),
        ("POST", r"/TraceSummaries$", "GetTraceSummaries"), ("POST", r"/ServiceGraph$", "GetServiceGraph"),
        ("POST", r"/TraceGraph$", "GetTraceGraph"),
    ],
    "lambda": [("POST", r"/functions/[^/]+/invocations$", "Invoke")],
    "scheduler": [("POST", r"/schedules/[^/]+$", "CreateSchedule"), ("PUT", r"/schedules/[^/]+$", "UpdateSchedule")],
    "s3": [
        ("PUT", r"/[^/]+/.+$", "PutObject"), ("GET", r"/[^/]+/.+$", "GetObject"), ("HEAD", r"/[^/]+/.+$", "HeadObject"),
        ("DELETE", r"/[^/]+/.+$", "DeleteObject"), ("GET", r"/[^/]+/?$", "ListObjectsV2"),
    ],
}
# Where a request names the thing it works on, for rules that strike one resource only.
_RESOURCE_KEYS = ("QueueUrl", "TableName", "logGroupName", "Namespace", "FunctionName", "Name")


class Call:
    """@param headers lower-case names @param body as the service gets it, gunzipped except for S3"""

    def __init__(self, service: str, method: str, path: str, headers: dict, body: bytes, query: dict):
        self.service, self.method, self.path = service, method, path
        self.headers, self.body, self.query = headers, body, query
        self._data: object = None
        self.operation = self._operation()

    def data(self) -> dict:
        """The JSON body; {} where there is none or it is no object."""
        if self._data is None:
            try:
                self._data = json.loads(self.body) if self.body else {}
            except ValueError:
                self._data = {}
        return self._data if isinstance(self._data, dict) else {}

    def resource(self) -> str:
        """What the call is about: a path for the REST services, the names in the body for the others."""
        if self.service in _REST_OPERATIONS:
            return self.path
        data = self.data()
        return " ".join(str(data[key]) for key in _RESOURCE_KEYS if key in data)

    def _operation(self) -> str:
        target = self.headers.get("x-amz-target", "")
        if target:
            return target.rsplit(".", 1)[-1]
        for method, pattern, name in _REST_OPERATIONS.get(self.service, ()):
            if method == self.method and re.search(pattern, self.path):
                return name
        action = self.query.get("Action")
        if action is None and "form-urlencoded" in self.headers.get("content-type", ""):
            action = parse_qs(self.body.decode("utf-8", "replace")).get("Action")
        return action[0] if action else f"{self.method} {self.path}"
