"""The ASGI application in front of ministack's own: the admin endpoint, and connections that are dropped on purpose."""
from __future__ import annotations

from hypercorn.protocol.events import StreamClosed

from launcher import admin
from launcher.addresses import ADDRESSES
from launcher.gate import DropConnection


async def _drop(send) -> None:
    """Close the connection without an answer. `send` is the bound method of hypercorn's stream, whose `send` goes on
    to the connection; a stream closed before its answer closes the socket."""
    stream = send.__self__
    await stream.send(StreamClosed(stream_id=stream.stream_id))


def in_front_of(ministack_app):
    """@param ministack_app an ASGI application"""
    async def app(scope, receive, send):
        if scope["type"] == "http" and scope["path"].startswith(admin.PREFIX):
            await admin.handle(scope, receive, send)
            return
        try:
            await ministack_app(scope, receive, send)
        except DropConnection:
            await _drop(send)

    ADDRESSES.use(app)
    return app
