"""Starts the local AWS: `python -m launcher`, settings from ministack's own environment variables (GATEWAY_PORT, …)."""
from __future__ import annotations

import ministack.app as ministack

from launcher import gate, patches, server
from launcher.xray import service as xray


def main() -> None:
    """Patch, put the gate in front of every service, serve until SIGTERM."""
    patches.apply_all()
    xray.register(ministack.SERVICE_HANDLERS)
    gate.install(ministack.SERVICE_HANDLERS)
    ministack.app = server.in_front_of(ministack.app)
    ministack.main()


if __name__ == "__main__":
    main()
