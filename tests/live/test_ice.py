"""What browsers are told about ways to each other; TURN credentials after the draft, and only for people inside."""

import base64
import hmac

from msgspec.structs import replace

from running_server import RunningServer, TurnedClock, running
from videocall.live.ice import ice_for
from videocall.live.state import Ice, IceServer
from videocall.settings import Settings

STUN = ("stun:stun.example.org:3478",)
TURN = ("turn:turn.example.org:3478", "turns:turn.example.org:5349?transport=tcp")
WITH_TURN = Settings(stun_urls=STUN, turn_urls=TURN, turn_secret="geheim", turn_ttl_seconds=3600)


def password(secret: str, username: str) -> str:
    """What coturn expects with `use-auth-secret` (draft-uberti-behave-turn-rest-00, section 2.2)."""
    return base64.b64encode(hmac.digest(secret.encode(), username.encode(), "sha1")).decode()


def test_without_servers_browsers_find_each_other_alone(clock: TurnedClock) -> None:
    assert ice_for("ada", Settings(), clock) == Ice(servers=[], policy="all")


def test_credentials_are_those_that_the_turn_server_computes(clock: TurnedClock) -> None:
    ice = ice_for("ada", replace(WITH_TURN, ice_policy="relay"), clock)
    username = f"{int(clock.now().timestamp()) + 3600}:ada"
    turn = IceServer(urls=list(TURN), username=username, credential=password("geheim", username))
    assert ice == Ice(servers=[IceServer(urls=list(STUN)), turn], policy="relay")
    # Computed once with OpenSSL: printf '1782133200:ada' | openssl dgst -sha1 -hmac geheim -binary | base64
    assert (turn.username, turn.credential) == ("1782133200:ada", "WmmtdXefv/7qTgP3EBUWeSGRJDw=")


async def test_credentials_are_given_inside_only_and_renewed(settings: Settings, clock: TurnedClock) -> None:
    chosen = {name: getattr(WITH_TURN, name) for name in ("stun_urls", "turn_urls", "turn_secret", "turn_ttl_seconds")}
    async with running(replace(settings, **chosen), clock) as server:
        meeting = await server.create(lobby=True)
        host, waiting = await server.enter(meeting), await server.knock(meeting, "Grace")
        assert "ice" not in waiting.snapshot
        assert await waiting.refusal("resync") == "not-allowed"
        _, turn = host.snapshot["ice"]["servers"]
        assert turn["username"].endswith(f":{host.id}")
        assert turn["credential"] == password("geheim", turn["username"])
        clock.turn(seconds=60)
        await host.send("resync")
        _, renewed = (await host.next("snapshot"))["ice"]["servers"]
        assert int(renewed["username"].partition(":")[0]) == int(turn["username"].partition(":")[0]) + 60
        for answer in (await server.http.get(f"/api/meetings/{meeting['code']}"), await server.http.get("/api/docs")):
            assert "geheim" not in answer.text


async def test_each_entry_says_only_what_it_has(server: RunningServer) -> None:
    host = await server.enter(await server.create())
    assert host.snapshot["ice"] == {"servers": [], "policy": "all"}
