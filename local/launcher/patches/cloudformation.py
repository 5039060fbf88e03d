"""CloudFormation resource types that ministack does not know, and the tool the other patches wrap handlers with."""
from __future__ import annotations

from ministack.core.responses import get_account_id, get_region
from ministack.services.cloudformation import provisioners

HANDLERS = provisioners._RESOURCE_HANDLERS

# Type → (service in its ARN, the attribute Fn::GetAtt asks for). Recorded, never emulated: ministack refuses a whole
# template that holds one unknown type.
STUBS = {
    "AWS::XRay::SamplingRule": ("xray", "RuleARN"),
    "AWS::XRay::Group": ("xray", "GroupARN"),
    "AWS::XRay::ResourcePolicy": ("xray", None),
    "AWS::XRay::TransactionSearchConfig": ("xray", None),
    "AWS::CloudWatch::AnomalyDetector": ("cloudwatch", "Id"),
    "AWS::CloudWatch::MetricStream": ("cloudwatch", "Arn"),
    "AWS::Logs::QueryDefinition": ("logs", "QueryDefinitionId"),
    "AWS::Athena::NamedQuery": ("athena", "NamedQueryId"),
}


def around(resource_type: str, before=None, after=None) -> None:
    """Wrap a type's create and update. @param before properties -> properties @param after (physical id, properties)"""
    handler = HANDLERS[resource_type]
    for operation, index in (("create", 1), ("update", 2)):
        if operation in handler:
            handler[operation] = _wrapped(handler[operation], index, before, after)


def _wrapped(original, index: int, before, after):
    def handle(*arguments, **named):
        arguments = list(arguments)
        if before:
            arguments[index] = before(arguments[index])
        out = original(*arguments, **named)
        if after:
            after(out[0], arguments[index])
        return out

    return handle


def _stub(resource_type: str, service: str, attribute: str | None) -> dict:
    def attributes(arn: str) -> dict:
        return {name: arn for name in (attribute, "Arn") if name}

    def create(logical_id, properties, stack):
        kind = resource_type.rsplit("::", 1)[-1].lower()
        arn = f"arn:aws:{service}:{get_region()}:{get_account_id()}:{kind}/{stack}-{logical_id}"
        return arn, attributes(arn)

    return {"create": create, "update": lambda arn, old, new, stack: (arn, attributes(arn)),
            "delete": lambda arn, properties: None}


def apply() -> None:
    """Unknown types are recorded; an HTTP API's CORS settings arrive in the API's own spelling, which is lower case."""
    for resource_type, (service, attribute) in STUBS.items():
        HANDLERS.setdefault(resource_type, _stub(resource_type, service, attribute))

    def lower_cors(properties: dict) -> dict:
        cors = properties.get("CorsConfiguration")
        if not cors:
            return properties
        return {**properties, "CorsConfiguration": {key[0].lower() + key[1:]: value for key, value in cors.items()}}

    around("AWS::ApiGatewayV2::Api", before=lower_cors)
