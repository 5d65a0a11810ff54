"""What a room is told is put into words once, however many hear it."""

from datetime import UTC, datetime

import pytest

from videocall.live import hub
from videocall.live.server_messages import ParticipantJoined, ServerMessage, WaitingChanged
from videocall.live.state import Media, Participant, Waiting

NOON = datetime(2026, 6, 22, 12, tzinfo=UTC)


class Socket:
    """Takes everything."""

    def __init__(self, *, leads: bool) -> None:
        self.admitted = True
        self.leads = leads
        self.seq = 0
        self.session = "page"
        self.sent: list[str] = []

    def send(self, encoded: str) -> None:
        self.sent.append(encoded)

    def close(self, code: int) -> None:
        raise AssertionError(code)

    def come_in_again(self) -> None:
        raise AssertionError

    come_back = come_in_again


def test_an_event_is_encoded_once_and_what_only_hosts_may_know_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    encoded: list[ServerMessage] = []
    encode = hub.encode

    def counted(message: ServerMessage) -> str:
        encoded.append(message)
        return encode(message)

    monkeypatch.setattr(hub, "encode", counted)
    everybody = hub.Hub()
    sockets = [Socket(leads=number == 0) for number in range(8)]
    for number, socket in enumerate(sockets):
        everybody.attach("room", str(number), socket)
    grace = Participant(id="g", session="s", name="Grace", role="guest", joined_at=NOON, media=Media())
    everybody.on_event("room", ParticipantJoined(seq=1, participant=grace))
    assert len(encoded) == 1
    assert {socket.sent[0] for socket in sockets} == {encode(encoded[0])}
    everybody.on_event("room", WaitingChanged(seq=2, waiting=[Waiting(id="j", name="Joan", since=NOON)]))
    assert len(encoded) == 3
    assert ["Joan" in socket.sent[1] for socket in sockets] == [True] + [False] * 7
