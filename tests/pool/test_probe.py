"""What a probe finds of a real Prosody behind nginx, in every state that an operator can leave them in."""

from typing import Any

import pytest

from jitsi_target import STATES, JitsiTarget
from videocall.pool.fetching import Fetcher
from videocall.pool.probe import Prober

SITE = "https://meet.example"
SECONDS = 20.0


def prober(target: JitsiTarget, **options: Any) -> Prober:
    return Prober(Fetcher(**{"private_addresses": True, "ca_file": target.ca_file, **options}), SITE)


FOUND = {
    "healthy": ("conference", ""),
    "healthy, with a focus": ("conference", ""),
    "focus down": ("conference", "It begins no conference: its focus answers with 502, and is not ready."),
    "focus wants a login": ("conference", "It lets only people with a login there begin a meeting."),
    "frames refused": ("framing", "It does not let other sites show its meetings"),
    "frames refused by policy": ("framing", "It does not let other sites show its meetings"),
    "frames allowed to us": ("conference", ""),
    "no anonymous login": ("conference", "It lets only people with a login there begin a meeting."),
    "guests apart": ("conference", "It lets only people with a login there begin a meeting."),
    "login by token": ("conference", "It lets only people with a login there begin a meeting."),
    "five minutes": ("config", "It ends embedded meetings after five minutes (disableIframeAPI)."),
    "unknown domain": ("xmpp", "Its XMPP server opens no session (improper-addressing)."),
    "XMPP down": ("xmpp", "Its XMPP server opens no session."),
    "HTML for JavaScript": ("web", "It has no Jitsi pages: /external_api.js is no JavaScript."),
    "HTML for config": ("config", "It has no Jitsi pages: /config.js is no configuration of Jitsi."),
    "no page": ("framing", "Its page of a meeting answers with 500."),
    "redirect within": ("conference", ""),
    "redirect away": ("config", "It redirects to another place (https://127.0.0.1:1/config.js)."),
    "redirect to plain HTTP": ("config", "It redirects to another place (http://localhost:80/config.js)."),
    "redirect without end": ("config", "It redirects again and again."),
}
PERMANENT = {"frames refused", "frames refused by policy", "no anonymous login", "guests apart", "login by token"} | {
    "five minutes",
    "focus wants a login",
}


@pytest.mark.parametrize("name", STATES)
async def test_each_state_gets_its_verdict_and_reason(target: JitsiTarget, name: str) -> None:
    found = await prober(target).probe(target.domain(name), seconds=SECONDS, thorough=True)
    level, reason = FOUND[name]
    assert found.reason.startswith(reason), found
    assert (found.ok, found.level, found.permanent) == (not reason, level, name in PERMANENT), found
    assert not found.ok or found.latency_ms is not None


async def test_what_a_server_allows_is_told_as_a_whole(target: JitsiTarget) -> None:
    found = await prober(target).probe(target.domain("healthy, with a focus"), seconds=SECONDS, thorough=True)
    allows = found.allows
    assert (allows.embedding, allows.login_needed, allows.iframe_api, allows.conference) == (True, False, True, "ready")
    assert allows.features == ("whiteboard",)
    refused = await prober(target).probe(target.domain("frames refused"), seconds=SECONDS)
    assert (refused.allows.embedding, refused.allows.login_needed) == (False, False), (
        "what is after it is looked at too"
    )


async def test_our_own_machines_and_foreign_certificates_are_refused(target: JitsiTarget) -> None:
    private = await prober(target, private_addresses=False).probe(target.domain(), seconds=SECONDS)
    assert (private.ok, private.reason) == (False, "Its address is not a public one.")
    foreign = await prober(target, ca_file="").probe(target.domain(), seconds=SECONDS)
    assert foreign.reason.startswith("Its certificate is not valid:"), foreign
    other_name = target.domain().replace("localhost", "127.0.0.1")
    assert (await prober(target).probe(other_name, seconds=SECONDS)).reason.startswith("Its certificate is not valid:")
    nobody = await prober(target).probe("localhost:1", seconds=SECONDS)
    assert (nobody.level, nobody.reason) == ("address", "It cannot be reached.")


async def test_a_prosody_that_dies_and_comes_back_is_seen(target: JitsiTarget) -> None:
    await target.kill("prosody")
    found = await prober(target).probe(target.domain(), seconds=SECONDS)
    assert (found.level, found.reason) == ("xmpp", "Its XMPP server opens no session.")
    await target.start_prosody()
    assert (await prober(target).probe(target.domain(), seconds=SECONDS)).ok
