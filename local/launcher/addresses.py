"""Plain addresses: a loopback port for each function URL and API, so that no client needs a Host header.

ministack finds a function URL or an API by its Host header, and names below localhost do not resolve everywhere. Each
port is served by this process with the header set: there is no proxy in between.
"""
from __future__ import annotations

import asyncio

from hypercorn.asyncio import serve
from hypercorn.config import Config


class Addresses:
    def __init__(self) -> None:
        self._app = None
        self._open: dict[str, int] = {}
        self._tasks: set[asyncio.Task] = set()

    def use(self, app) -> None:
        """@param app the ASGI application behind every address"""
        self._app = app

    async def open(self, host: str, port: int = 0) -> int:
        """Serve a host on a port of its own, 0 = any free one; the same host keeps its port. @throws OSError in use"""
        if host in self._open:
            return self._open[host]
        config = Config()
        config.bind = [f"127.0.0.1:{port}"]
        config.keep_alive_timeout = 75
        config.loglevel = "WARNING"
        sockets = config.create_sockets()
        actual = sockets.insecure_sockets[0].getsockname()[1]
        config.create_sockets = lambda: sockets  # type: ignore[method-assign]

        async def forever() -> None:
            await asyncio.Event().wait()

        task = asyncio.create_task(serve(self._behind(host), config, shutdown_trigger=forever, mode="asgi"))
        self._tasks.add(task)
        self._open[host] = actual
        return actual

    def describe(self) -> dict[str, int]:
        """Host → port."""
        return dict(self._open)

    def _behind(self, host: str):
        encoded = host.encode("latin-1")

        async def app(scope, receive, send):
            if scope["type"] == "lifespan":  # ministack has started already: answer for this port alone
                while (message := await receive())["type"] != "lifespan.shutdown":
                    await send({"type": f"{message['type']}.complete"})
                await send({"type": "lifespan.shutdown.complete"})
                return
            headers = [(name, value) for name, value in scope["headers"] if name.lower() != b"host"]
            await self._app({**scope, "headers": [(b"host", encoded), *headers]}, receive, send)

        return app


ADDRESSES = Addresses()
