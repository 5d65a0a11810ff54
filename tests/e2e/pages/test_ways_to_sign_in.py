import re
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from playwright.async_api import expect

from e2e.arrivals import Arrivals
from e2e.site_process import SiteProcess
from e2e.visitor import Visitor
from e2e.waiting import eventually
from openid_provider import open_provider

PASSWORD = "analytical engine no. 1"


async def confirmed_account(site: SiteProcess, email: str) -> None:
    """Register by the API, and open the link that lies in the data folder as a mail."""
    person = {"first_name": "Ada", "last_name": "Lovelace", "email": email, "password": PASSWORD}
    assert (await site.http.post("/api/auth/register", json=person)).status_code == 201

    async def find() -> str:
        for file in sorted((site.folder / "data" / "mail").glob("*.eml")):
            letter: Any = message_from_bytes(file.read_bytes(), policy=policy.default)
            found = re.search(r"/verify-email#token=(\S+)", letter.get_body(("plain",)).get_content())
            if letter["To"] == email and found:
                return found[1]
        raise AssertionError("no letter yet")

    answer = await site.http.post("/api/auth/verify-email", json={"token": await eventually(find)})
    assert answer.status_code == 200


async def sign_in(ada: Visitor, email: str) -> None:
    await ada.open("/login#next=/profile")
    await ada.textbox("E-mail").fill(email)
    await ada.page.get_by_label("Password", exact=True).fill(PASSWORD)
    await ada.press("Sign in")
    await expect(ada.page.get_by_role("heading", name="Passkeys")).to_be_visible()


async def test_a_passkey_is_made_in_the_profile_and_signs_in_by_itself(arrive: Arrivals, site: SiteProcess) -> None:
    email = "passkey@example.org"
    await confirmed_account(site, email)
    ada = await arrive("Ada")
    devtools = await ada.page.context.new_cdp_session(ada.page)
    await devtools.send("WebAuthn.enable")
    key = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options = {**key, "isUserVerified": True, "automaticPresenceSimulation": True}
    await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    await sign_in(ada, email)

    await ada.press("Add a passkey")
    await ada.textbox("Name of the passkey").fill("My laptop")
    section = ada.page.get_by_role("region", name="Passkeys")
    await section.get_by_label("Your password now", exact=True).fill(PASSWORD)
    await ada.press("Make passkey")
    await expect(section.get_by_text("My laptop")).to_be_visible()
    await section.scroll_into_view_if_needed()
    await ada.shoot("profile-passkeys")

    await ada.page.evaluate("localStorage.clear()")
    await ada.open("/login")
    await ada.shoot("login-ways")
    await ada.press("Sign in with a passkey")
    await ada.page.wait_for_url("**/dashboard")
    assert await ada.page.evaluate("JSON.parse(localStorage.user).name") == "Ada Lovelace"

    await ada.open("/profile")
    await ada.press("Remove My laptop")
    await ada.page.get_by_role("dialog").get_by_label("Your password now", exact=True).fill(PASSWORD)
    await ada.page.get_by_role("dialog").get_by_role("button", name="Remove", exact=True).click()
    await expect(section.get_by_text("My laptop")).to_have_count(0)


async def test_single_sign_on_by_a_real_provider(arrive: Arrivals, tmp_path: Path) -> None:
    ada_there = {"sub": "ada", "email": "ada@example.org", "email_verified": True, "name": "Ada Lovelace"}
    async with open_provider(ada_there, {"sub": "eve"}) as provider:
        site = SiteProcess(
            tmp_path / "site",
            oidc_issuer=provider,
            oidc_client_id="us",
            oidc_client_secret="geheim",
            oidc_name="Example ID",
        )
        await site.start()
        arrive.forgive("request to another host")  # the provider, and what its page loads
        arrive.forgive("cdn.jsdelivr.net")
        ada = await arrive("Ada", site=site)
        await ada.page.route("https://cdn.jsdelivr.net/**", lambda route: route.fulfill(body=""))
        try:
            await ada.open("/login#next=/profile")
            await ada.page.get_by_role("link", name="Continue with Example ID").click()
            await ada.press("ada")
            await ada.page.wait_for_url("**/profile")
            assert await ada.page.evaluate("JSON.parse(localStorage.user).name") == "Ada Lovelace"
            assert "token" not in ada.page.url

            await ada.page.evaluate("localStorage.clear()")
            await ada.open("/login")
            await ada.page.get_by_role("link", name="Continue with Example ID").click()
            await ada.press("eve")
            await ada.sees("Signing in did not work")
            await ada.sees("has not confirmed an e-mail address of yours")
            await ada.shoot("login-sso-refused")
        finally:
            await ada.page.goto("about:blank")
            await site.close()
