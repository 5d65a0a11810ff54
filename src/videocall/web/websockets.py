"""uvicorn's WebSocket protocol, made to let go of peers that have stopped reading."""

import asyncio

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

STALLED_SECONDS = 20.0
"""How long a peer may take nothing of what waits for it."""


class PatientWebSockets(WebSocketsSansIOProtocol):
    """Drops the connection of a peer that takes nothing: to close it in order would be to wait for the peer."""

    _stalled: asyncio.TimerHandle | None = None

    def pause_writing(self) -> None:
        """See `asyncio.Protocol`: more waits to be sent than the transport wants to hold."""
        super().pause_writing()
        self._stalled = self.loop.call_later(STALLED_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """See `asyncio.Protocol`."""
        self._moves()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """See `asyncio.Protocol`."""
        self._moves()
        super().connection_lost(exc)

    def _moves(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None
