"""CloudWatch alarms: composite and metric-math ones from a template, and which points an alarm looks at."""
from __future__ import annotations

from launcher.patches.cloudformation import HANDLERS
from launcher.patches.metrics import metric_key, only
from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudwatch


def _create(put):
    """A template's alarm through the API's own path. Its aws: tags go, which that path refuses."""
    def create(logical_id, properties, stack):
        name = properties.get("AlarmName") or f"{stack}-{logical_id}"
        alarm = {key: value for key, value in properties.items() if key != "Tags"}
        status, _, body = put({}, {**alarm, "AlarmName": name}, False, True)[:3]
        if status >= 400:
            raise ValueError(body)
        return name, {"Arn": f"arn:aws:cloudwatch:{get_region()}:{get_account_id()}:alarm:{name}"}

    return create


def _composite_alarms() -> None:
    """ministack knows the API but not the CloudFormation type."""
    create = _create(lambda *arguments: cloudwatch._put_composite_alarm(*arguments))
    HANDLERS.setdefault("AWS::CloudWatch::CompositeAlarm", {
        "create": create,
        "update": lambda name, old, new, stack: create(name, {**new, "AlarmName": name}, stack),
        "delete": lambda name, properties: cloudwatch._delete_alarms({}, {"AlarmNames": [name]}, False, True),
    })


def _math_alarms() -> None:
    """A metric-math alarm fails to deploy upstream; here it is stored, though never evaluated."""
    upstream = HANDLERS["AWS::CloudWatch::Alarm"]["create"]
    stored = _create(lambda *arguments: cloudwatch._put_metric_alarm(*arguments))
    HANDLERS["AWS::CloudWatch::Alarm"]["create"] = (
        lambda logical_id, properties, stack: (stored if properties.get("Metrics") else upstream)(logical_id, properties, stack))


def _own_dimensions() -> None:
    """Upstream merges every dimension set of a metric, so an alarm fires on another service's points."""
    upstream = cloudwatch._evaluate_alarm

    def evaluate(alarm):
        with only([metric_key(alarm)]):
            upstream(alarm)

    cloudwatch._evaluate_alarm = evaluate


def apply() -> None:
    """Apply this file's patches."""
    _composite_alarms()
    _math_alarms()
    _own_dimensions()
