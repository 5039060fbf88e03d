"""DynamoDB tables made by CloudFormation."""
from __future__ import annotations

from launcher.patches.cloudformation import around
from ministack.services import dynamodb


def _time_to_live(name: str, properties: dict) -> None:
    specification = properties.get("TimeToLiveSpecification")
    if specification:
        enabled = str(specification.get("Enabled")).lower() == "true"
        dynamodb._update_ttl({"TableName": name, "TimeToLiveSpecification": {**specification, "Enabled": enabled}})


def apply() -> None:
    """ministack drops a template's time-to-live, so rows would never expire."""
    for resource_type in ("AWS::DynamoDB::GlobalTable", "AWS::DynamoDB::Table"):
        around(resource_type, after=_time_to_live)
