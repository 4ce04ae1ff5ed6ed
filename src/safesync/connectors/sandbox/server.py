"""A real HTTP server on the loopback interface, in a thread of its own."""

from __future__ import annotations

import asyncio
import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self, cast

import uvicorn
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

TRANSPORT = "safesync.transport"
_LOOKS_UP_S = 0.1
"""uvicorn writes the time of day into its headers once in ten of these."""


class NoAnswer(Response):
    """An answer that never comes: the connection is reset. What the handler did before stays done."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - nothing is sent
        """Reset the connection and wait until the server noticed, or it would answer 500 in our place."""
        transport: asyncio.Transport = scope[TRANSPORT]
        transport.abort()
        while (await receive())["type"] != "http.disconnect":
            pass


class ShortAnswer(Response):
    """An answer that breaks off: fewer bytes come than its ``Content-Length`` says, then the connection ends."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the head and the first half, and hang up in good order, so that the half arrives."""
        transport: asyncio.Transport = scope[TRANSPORT]
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": bytes(self.body)[: len(self.body) // 2], "more_body": True})
        transport.close()
        while (await receive())["type"] != "http.disconnect":
            pass


class SlowAnswer(Response):
    """An answer that takes its time; what was asked for was done before."""

    def __init__(self, answer: Response, delay_s: float) -> None:
        super().__init__(status_code=answer.status_code)
        self._answer = answer
        self._delay_s = delay_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Others are answered meanwhile."""
        await asyncio.sleep(self._delay_s)
        await self._answer(scope, receive, send)


class HungAnswer(Response):
    """An answer that never comes, over a connection that stays open until the caller gives up, or the server stops."""

    def __init__(self, after_s: float) -> None:
        super().__init__(status_code=504)
        self._after_s = after_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - nothing is sent
        """Wait for the caller to hang up; then hang up too."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._after_s):
                while (await receive())["type"] != "http.disconnect":
                    pass
        transport: asyncio.Transport = scope[TRANSPORT]
        transport.abort()
        while (await receive())["type"] != "http.disconnect":
            pass


class _Protocol(H11Protocol):
    """HTTP as uvicorn speaks it, but the application may reach the connection itself."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        answer = cast("ASGIApp", self.app)

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            await answer({**scope, TRANSPORT: transport}, receive, send)

        self.app = app


class _Uvicorn(uvicorn.Server):
    """uvicorn's server, over as soon as it is told to be: uvicorn looks up ten times a second only, and waits as long for nobody."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._told = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def leave(self) -> None:
        """Be over, told from another thread; once it runs, or before."""
        self.should_exit = True
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop is closed: it is over already
                self._loop.call_soon_threadsafe(self._told.set)

    async def main_loop(self) -> None:
        """Look up as often as uvicorn does, and whenever something is told."""
        self._loop, ticks = asyncio.get_running_loop(), 0
        while not await self.on_tick(ticks):
            ticks += 1
            with suppress(TimeoutError):
                await asyncio.wait_for(self._told.wait(), _LOOKS_UP_S)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer what is under way; nobody new is heard."""
        for server in self.servers:
            server.close()
        for one in sockets or []:
            one.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        while self.server_state.connections or self.server_state.tasks:  # noqa: ASYNC110 - uvicorn sets no event when one ends
            await asyncio.sleep(_LOOKS_UP_S / 20)


class Server:
    """Serves ``app`` between ``start`` and ``stop``, or inside ``with``; port 0 takes any free one."""

    def __init__(self, app: ASGIApp, port: int = 0, host: str = "127.0.0.1") -> None:
        self._address = (host, port)
        config = uvicorn.Config(app, http=_Protocol, ws="none", lifespan="off", log_config=None, access_log=False)
        self._server = _Uvicorn(config)
        self._thread = threading.Thread(target=self._run, name="sandbox", daemon=True)
        # Named as TCP, or asyncio leaves small answers waiting for the delayed acknowledgement: 40 ms each.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)

    @property
    def url(self) -> str:
        """``http://host:port``, without a slash at the end; known once started."""
        host, port = self._socket.getsockname()
        return f"http://{host}:{port}"

    def start(self) -> None:
        """Listen, then answer in the background. Who calls at once is heard: the socket listens before the thread runs."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(self._address)
        self._socket.listen(128)
        self._thread.start()

    def stop(self) -> None:
        """Answer what is under way, then close."""
        self._server.leave()
        self._thread.join(timeout=10)
        self._socket.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def _run(self) -> None:
        self._server.run(sockets=[self._socket])
