"""CloudWatch dashboards."""
from __future__ import annotations

from ministack.services import cloudwatch

_SHOWN = ("DashboardName", "DashboardArn", "Size", "LastModified")


def apply() -> None:
    """ListDashboards must give LastModified as a number over JSON: SDK v3 throws on upstream's text."""
    upstream = cloudwatch._list_dashboards

    def list_dashboards(params, data, is_cbor, is_json=False):
        if not is_json:
            return upstream(params, data, is_cbor, is_json)
        prefix = data.get("DashboardNamePrefix", "")
        entries = [{key: board[key] for key in _SHOWN} for name, board in sorted(cloudwatch._dashboards.items())
                   if name.startswith(prefix)]
        return cloudwatch._json_ok({"DashboardEntries": entries})

    cloudwatch._list_dashboards = list_dashboards
