"""A stranger's config.js is read for what plainly stands in it, and never run."""

import time

import pytest

from videocall.pool.jitsi_config import JitsiConfig, read_config, read_values

DEBIAN = """/* eslint-disable comma-dangle, no-unused-vars, no-var */
var subdomain = '<!--# echo var="subdomain" default="" -->';
if (subdomain) {
    subdomain = subdomain.substr(0, subdomain.length - 1).split('.').join('_').toLowerCase() + '.';
}
var enableJaaS = false;
var config = {
    // Connection
    hosts: {
        // XMPP domain.
        domain: 'meet.example.org',
        // anonymousdomain: 'guest.meet.example.org',
        muc: 'conference.' + subdomain + 'meet.example.org',
    },
    bosh: 'https://meet.example.org/' + subdir + 'http-bind',
    websocket: 'wss://' + location.host + '/xmpp-websocket',
    testing: { mobileXmppWsThreshold: 10 },
    "disableIframeAPI": false,
    toolbarButtons: ['camera', 'chat: no'],
    recordingService: {
        enabled: true, /* sharingEnabled: false, hideStorageWarning: false, */
    },
    p2p: { enabled: true, stunServers: [ { urls: 'stun:meet.example.org:443' } ] },
    makeJsonParserHappy: 'even if last key had a trailing comma',
};
"""
DOCKER = """// Begin default config overrides.
if (!config.hasOwnProperty('hosts')) config.hosts = {};
config.hosts.domain = 'meet.jitsi';
config.focusUserJid = "focus@auth.meet.jitsi";
config.hosts.muc = 'muc.' + subdomain + 'meet.jitsi';
config.hosts.anonymousdomain = 'guest.meet.jitsi';
config.bosh = 'https://meet.example.org/' + subdir + 'http-bind'
config.websocket = 'wss://meet.example.org/' + subdir + 'xmpp-websocket';
config.conferenceRequestUrl = 'https://meet.example.org/' + subdir + 'conference-request/v1';
config.tokenAuthUrl = `https://login.example.org/{room}`;
config.disableIframeAPI = true;
"""


def test_jitsis_own_file_is_read() -> None:
    assert read_config(DEBIAN) == JitsiConfig(
        domain="meet.example.org",
        muc="conference.meet.example.org",
        bosh="https://meet.example.org/http-bind",
        features=("recording",),
    )


def test_what_containers_write_behind_it_is_read() -> None:
    assert read_config(DEBIAN + DOCKER) == JitsiConfig(
        domain="meet.jitsi",
        anonymous_domain="guest.meet.jitsi",
        muc="muc.meet.jitsi",
        bosh="https://meet.example.org/http-bind",
        websocket="wss://meet.example.org/xmpp-websocket",
        conference_request_url="https://meet.example.org/conference-request/v1",
        login_by_token=True,
        disable_iframe_api=True,
        features=("recording",),
    )


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("var config = {a: 1, 'b-c': \"two\", d: {e: true}}", {"a": 1, "b-c": "two", "d.e": True}),
        ("config = {a: x ? 'one' : 'two', b: f('three'), c: !true, d: 'x' + y}", {}),
        ("config={a:'one'+'two',b:['x',{c:1}],d:2}", {"a": "onetwo", "d": 2}),
        ("config.a = 1 == 2; config.b = 'it\\'s'; config.c == 3", {"b": "it\\'s"}),
        ("config = { // a: 1,\n /* b: 2, */ c: '// 3' }", {"c": "// 3"}),
        ("config = { a: 'open\n b: 2, c: `also open", {"a": "open", "c": "also open"}),
        ("}}}]]) config = { a: 1", {"a": 1}),
        ("<!DOCTYPE html><html><body class='x'>", {}),
        ("", {}),
    ],
)
def test_only_what_is_plain_counts(text: str, values: dict[str, object]) -> None:
    found = read_values(text)
    assert {name.removeprefix("var "): value for name, value in found.items() if name != "class"} == values


@pytest.mark.parametrize(
    "piece", ["/*", "<!--", "'", '"\\', "`", "{", "a:{", "{a:1,a:", "a=", "a.", "'x'+", "config.", "((", "9"]
)
def test_no_text_takes_long(piece: str) -> None:
    begun = time.perf_counter()
    read_config(piece * (200_000 // len(piece)))
    assert time.perf_counter() - begun < 5, "a fraction of a second, on a machine that is not busy"
