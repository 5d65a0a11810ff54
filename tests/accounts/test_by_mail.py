"""What goes by mail: confirming an address, a forgotten password, moving to another address, the second factor."""

import asyncio
from typing import Any

import pyotp
import pytest

from people import PASSWORD, Account, code_of, headers_of, part, register, secret_in, sign_in, text_of
from post_office import PostOffice
from running_server import RunningServer, TurnedClock

NEW = "difference engine no. 2"


async def forgot(server: RunningServer, email: str) -> Any:
    answer = await server.http.post("/api/auth/forgot-password", json={"email": email})
    await part(server, "by_mail").close()
    return answer


async def post(server: RunningServer, path: str, **body: Any) -> Any:
    return await server.http.post(path, json=body)


async def test_an_address_is_confirmed_once_by_its_link(
    server: RunningServer, post_office: PostOffice, clock: TurnedClock
) -> None:
    ada = await register(server)
    assert not ada.me["email_verified"]
    token = secret_in(await post_office.letter("ada@example.org"))
    answer = await post(server, "/api/auth/verify-email", token=token)
    assert (answer.status_code, answer.json()) == (200, {"email": "ada@example.org", "waiting": False})
    assert (await ada.get("/api/me"))["email_verified"]
    assert code_of(await post(server, "/api/auth/verify-email", token=token)) == (410, "link-expired")
    grace = await register(server, "Grace Hopper", "grace@example.org")
    token = secret_in(await post_office.letter("grace@example.org"))
    clock.turn(days=2)
    assert code_of(await post(server, "/api/auth/verify-email", token=token)) == (410, "link-expired")
    assert code_of(await post(server, "/api/auth/reset-password", token="", password=NEW)) == (410, "link-expired")
    again = (await grace.sign_in()).json()["token"]
    assert (await grace.call("POST", "/api/me/verification", token=again)).status_code == 202
    await post_office.letter("grace@example.org", 2)
    await grace.verify(post_office)


async def test_a_forgotten_password_is_answered_alike_and_mailed_only_to_people(
    server: RunningServer, post_office: PostOffice
) -> None:
    await register(server)
    known, unknown = await forgot(server, "ADA@example.org"), await forgot(server, "nobody@example.org")
    assert known.status_code == unknown.status_code == 202
    assert known.content == unknown.content
    assert headers_of(known) == headers_of(unknown)
    await post_office.letter("ada@example.org", 2)
    assert {message["To"] for message in post_office.messages} == {"ada@example.org"}


async def test_the_answer_does_not_wait_for_the_store(server: RunningServer) -> None:
    await register(server)
    by_mail = part(server, "by_mail")
    gate = asyncio.Event()
    real = by_mail._repository.by_email  # noqa: SLF001

    async def slow(email: str) -> Any:
        await gate.wait()
        return await real(email)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(by_mail._repository, "by_email", slow)  # noqa: SLF001
        answer = await post(server, "/api/auth/forgot-password", email="ada@example.org")
        assert answer.status_code == 202
        gate.set()
        await by_mail.close()


async def test_a_reset_ends_every_token_and_every_other_link(server: RunningServer, post_office: PostOffice) -> None:
    ada = await register(server)
    await forgot(server, ada.email)
    first = secret_in(await post_office.letter(ada.email, 2))
    await forgot(server, ada.email)
    second = secret_in(await post_office.letter(ada.email, 3))
    short = await post(server, "/api/auth/reset-password", token=first, password="short")
    assert code_of(short) == (400, "invalid-body")
    done = await post(server, "/api/auth/reset-password", token=first, password=NEW)
    assert done.status_code == 200, done.text
    assert (await ada.call("GET", "/api/me")).status_code == 401
    fresh = done.json()["signed_in"]["token"]
    assert (await ada.get("/api/me", token=fresh))["email_verified"], "the link went to this address"
    for token in (first, second):
        assert code_of(await post(server, "/api/auth/reset-password", token=token, password=NEW)) == (
            410,
            "link-expired",
        )
    assert (await ada.sign_in()).status_code == 401
    assert (await ada.sign_in(password=NEW)).status_code == 200
    assert "was changed" in text_of(await post_office.letter(ada.email, 4))


async def test_a_reset_link_lasts_an_hour(server: RunningServer, post_office: PostOffice, clock: TurnedClock) -> None:
    ada = await register(server)
    await forgot(server, ada.email)
    token = secret_in(await post_office.letter(ada.email, 2))
    clock.turn(hours=1)
    assert code_of(await post(server, "/api/auth/reset-password", token=token, password=NEW)) == (410, "link-expired")


async def test_nobody_is_flooded_with_letters(server: RunningServer) -> None:
    await register(server)
    answers = [(await forgot(server, "ada@example.org")).status_code for _ in range(6)]
    assert answers == [202] * 5 + [429]


async def test_an_account_moves_when_both_addresses_agree(server: RunningServer, post_office: PostOffice) -> None:
    ada = await register(server)
    await ada.verify(post_office)
    await register(server, "Grace Hopper", "grace@example.org")
    wish = {"email": "Ada@New.example", "password": PASSWORD}
    wrong = await ada.call("POST", "/api/me/email", json={**wish, "password": "some other engine"})
    assert code_of(wrong) == (401, "wrong-credentials")
    assert code_of(await ada.call("POST", "/api/me/email", json={**wish, "email": "grace@example.org"}))[0] == 409
    assert (await ada.call("POST", "/api/me/email", json=wish)).status_code == 202
    new = secret_in(await post_office.letter("ada@new.example"))
    old = secret_in(await post_office.letter("ada@example.org", 2))
    assert (await post(server, "/api/auth/verify-email", token=new)).json()["waiting"]
    me = await ada.get("/api/me")
    assert (me["email"], me["new_email"]) == ("ada@example.org", "ada@new.example")
    assert not (await post(server, "/api/auth/verify-email", token=old)).json()["waiting"]
    me = await ada.get("/api/me")
    assert (me["email"], me["new_email"], me["email_verified"]) == ("ada@new.example", None, True)
    assert (await ada.sign_in()).status_code == 401
    assert (await sign_in(server, "ada@new.example", PASSWORD)).status_code == 200
    assert "ada@new.example" in text_of(await post_office.letter("ada@example.org", 3))


async def test_an_address_that_was_never_confirmed_need_not_agree(
    server: RunningServer, post_office: PostOffice
) -> None:
    ada = await register(server, email="typo@example.org")
    await ada.call("POST", "/api/me/email", json={"email": "ada@example.org", "password": PASSWORD})
    token = secret_in(await post_office.letter("ada@example.org"))
    late = await register(server, "Grace Hopper", "grace@example.org")
    assert (await post(server, "/api/auth/verify-email", token=token)).json() == {
        "email": "ada@example.org",
        "waiting": False,
    }
    assert (
        await late.call("POST", "/api/me/email", json={"email": "ada@example.org", "password": PASSWORD})
    ).status_code == 409


async def second_factor(ada: Account, post_office: PostOffice) -> tuple[pyotp.TOTP, list[str]]:
    await ada.verify(post_office)
    setup = await ada.call("POST", "/api/me/second-factor", json={"password": PASSWORD})
    assert setup.status_code == 200, setup.text
    totp = pyotp.TOTP(setup.json()["secret"])
    assert setup.json()["uri"] == totp.provisioning_uri(name=ada.email, issuer_name="VideoCall.cc")
    assert setup.json()["qr"].startswith("data:image/svg+xml;base64,")
    assert not (await ada.get("/api/me"))["second_factor"], "not before it is confirmed"
    wrong = await ada.call("POST", "/api/me/second-factor/confirm", json={"code": "abcdef"})
    assert code_of(wrong) == (401, "wrong-code")
    code = totp.at(ada.server.clock.now())
    answer = await ada.call("POST", "/api/me/second-factor/confirm", json={"code": code})
    assert answer.status_code == 200, answer.text
    return totp, answer.json()["recovery_codes"]


async def test_a_second_factor_is_asked_for_and_no_code_works_twice(
    server: RunningServer, post_office: PostOffice, clock: TurnedClock
) -> None:
    ada = await register(server)
    early = await ada.call("POST", "/api/me/second-factor", json={"password": PASSWORD})
    assert code_of(early) == (403, "email-not-verified")
    totp, recovery = await second_factor(ada, post_office)
    (document,) = await server.app.state["store"].find("users", {})
    assert totp.secret not in str(document), "encrypted at rest"
    assert not any(code in str(document) for code in recovery)
    assert code_of(await ada.sign_in()) == (401, "code-required")
    assert code_of(await ada.sign_in(password="some other engine", code=recovery[0])) == (401, "wrong-credentials")
    assert code_of(await ada.sign_in(code=totp.at(clock.now()))) == (401, "wrong-code"), "it confirmed the app"
    clock.turn(seconds=30)
    code = totp.at(clock.now())
    both = await asyncio.gather(ada.sign_in(code=code), ada.sign_in(code=f" {code[:3]} {code[3:]} "))
    assert sorted(answer.status_code for answer in both) == [200, 401]
    clock.turn(seconds=120)
    assert code_of(await ada.sign_in(code=code)) == (401, "wrong-code")
    both = await asyncio.gather(ada.sign_in(code=recovery[0]), ada.sign_in(code=recovery[0].upper()))
    assert sorted(answer.status_code for answer in both) == [200, 401]
    token = (await ada.sign_in(code=recovery[1])).json()["token"]
    assert (await ada.get("/api/me", token=token))["recovery_codes_left"] == 8
    off = await ada.call("POST", "/api/me/second-factor/disable", json={"password": PASSWORD})
    assert off.status_code == 204
    assert (await ada.sign_in()).status_code == 200


async def test_codes_cannot_be_guessed_and_recovery_still_works(server: RunningServer, post_office: PostOffice) -> None:
    ada = await register(server)
    _, recovery = await second_factor(ada, post_office)
    answers = [code_of(await ada.sign_in(code=f"{number:06}"))[0] for number in range(10)]
    assert answers == [401] * 9 + [429], "one was wrong already when it was set up"
    assert (await ada.sign_in(code=recovery[0])).status_code == 200


async def test_a_reset_leaves_the_second_factor_of_a_confirmed_account(
    server: RunningServer, post_office: PostOffice
) -> None:
    ada = await register(server)
    await second_factor(ada, post_office)
    await post_office.letter(ada.email, 2)
    await forgot(server, ada.email)
    token = secret_in(await post_office.letter(ada.email, 3))
    done = await post(server, "/api/auth/reset-password", token=token, password=NEW)
    assert done.json() == {"signed_in": None}
    assert code_of(await ada.sign_in(password=NEW)) == (401, "code-required")
