"""The wire protocol of each service, which decides an answer's content type."""
from __future__ import annotations

from types import SimpleNamespace

from ministack.core import responses

# ministack's name of a service → (protocol, version of its JSON), as botocore's models say.
_PROTOCOLS = {
    "apigateway": ("rest-json", None), "cloudformation": ("query", None), "cloudfront": ("rest-xml", None),
    "dynamodb": ("json", "1.0"), "ecr": ("json", "1.1"), "events": ("json", "1.1"), "iam": ("query", None),
    "kms": ("json", "1.1"), "lambda": ("rest-json", None), "logs": ("json", "1.1"),
    "monitoring": ("smithy-rpc-v2-cbor", "1.0"), "s3": ("rest-xml", None), "scheduler": ("rest-json", None),
    "secretsmanager": ("json", "1.1"), "sns": ("query", None), "sqs": ("json", "1.0"), "ssm": ("json", "1.1"),
    "states": ("json", "1.0"), "sts": ("query", None), "xray": ("rest-json", None),
}


def apply() -> None:
    """Upstream loads botocore and one service model for each service: seconds on the first call of each."""
    upstream = responses._service_model

    def service_model(service: str):
        known = _PROTOCOLS.get(service)
        if known is None:
            return upstream(service)
        return SimpleNamespace(metadata={"protocol": known[0], "jsonVersion": known[1]})

    responses._service_model = service_model
