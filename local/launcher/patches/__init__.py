"""Gaps of ministack 1.5.33, one function a gap: drop the function when upstream has it."""
from launcher.patches import (
    alarms, buckets, cloudformation, dashboards, doors, functions, metrics, protocols, queues, tables,
)


def apply_all() -> None:
    """Apply every patch; order does not matter."""
    for module in (alarms, buckets, cloudformation, dashboards, doors, functions, metrics, protocols, queues,
                   tables):
        module.apply()
