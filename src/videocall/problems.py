"""Refusals: what was asked for was not done, with a stable code, an HTTP status and one sentence (RFC 9457).

Services raise them; one handler in `videocall.web.errors` turns them into ``application/problem+json``, and the live
socket sends their code and sentence as ``refused``.
"""

import math
from collections.abc import Mapping
from datetime import datetime


class Problem(Exception):
    """A refusal that the person who asked can understand.

    `errors` says by field (dotted path in the body) what is wrong with it. `retry_after` is in seconds.
    """

    code = "problem"
    status = 400
    title = "That did not work"

    def __init__(
        self, detail: str | None = None, *, errors: Mapping[str, str] | None = None, retry_after: int | None = None
    ) -> None:
        self.detail = detail or f"{self.title}."
        self.errors = dict(errors or {})
        self.retry_after = retry_after
        super().__init__(self.detail)


class InvalidBody(Problem):
    """The body cannot be read, or a field holds what it may not."""

    code = "invalid-body"
    status = 400
    title = "Something in the request is not right"


class UnsupportedMediaType(Problem):
    """The body is of another kind than the call takes."""

    code = "unsupported-media-type"
    status = 415
    title = "This call takes another kind of body"


class NameRequired(InvalidBody):
    """A guest came without a name."""

    code = "name-required"
    title = "A name is needed"

    def __init__(self, field: str = "name") -> None:
        super().__init__("Please say what the others should call you.", errors={field: "Please enter a name."})


class InvalidToken(Problem):
    """The bearer token is missing, forged, expired, or of another meeting."""

    code = "invalid-token"
    status = 401
    title = "This needs a valid token"


class NotAllowed(Problem):
    """The caller is known, and may not do this."""

    code = "not-allowed"
    status = 403
    title = "You may not do this"


class MeetingNotFound(Problem):
    """No meeting has that code."""

    code = "meeting-not-found"
    status = 404
    title = "There is no meeting with this code"


class ParticipantNotFound(Problem):
    """The person that a host acts on is not there (any more)."""

    code = "participant-not-found"
    status = 404
    title = "That person is not here"


class MeetingEnded(Problem):
    """The meeting is over."""

    code = "meeting-ended"
    status = 410
    title = "This meeting has ended"


class TooEarly(Problem):
    """Only hosts may enter yet; `retry_after` says when everybody may."""

    code = "too-early"
    status = 409
    title = "This meeting has not begun"

    def __init__(self, *, starts_at: datetime, opens_at: datetime, now: datetime) -> None:
        super().__init__(
            f"This meeting begins at {starts_at:%H:%M} UTC on {starts_at.day} {starts_at:%B %Y}.",
            retry_after=max(1, math.ceil((opens_at - now).total_seconds())),
        )


class NotScheduled(Problem):
    """Only scheduled meetings, or only those that repeat, can be asked for this."""

    code = "not-scheduled"
    status = 409
    title = "This meeting is not at a set time"


class MeetingLive(Problem):
    """While people are in it, a meeting cannot be moved or cancelled."""

    code = "meeting-live"
    status = 409
    title = "This meeting is going on; end it first"


class MeetingFull(Problem):
    """As many people as the engine can carry are there already."""

    code = "meeting-full"
    status = 409
    title = "This meeting is full"


class MeetingLocked(Problem):
    """A host locked the meeting: nobody new comes in."""

    code = "meeting-locked"
    status = 403
    title = "The host has locked this meeting"


class StillThere(Problem):
    """Somebody wants to be erased from a meeting that they are in."""

    code = "still-there"
    status = 409
    title = "You are in this meeting. Leave it first; then your record can be erased"


class PasswordRequired(Problem):
    """The meeting has a password, and none was given."""

    code = "password-required"
    status = 403
    title = "This meeting has a password"


class WrongPassword(Problem):
    """The password is not the meeting's."""

    code = "wrong-password"
    status = 403
    title = "That is not the password of this meeting"


class TooManyGuesses(Problem):
    """Too many different wrong passwords from one address for one meeting."""

    code = "too-many-guesses"
    status = 429
    title = "Too many wrong passwords"


class TooManyRequests(Problem):
    """A rate limit was reached."""

    code = "too-many-requests"
    status = 429
    title = "Too many requests"


class Banned(Problem):
    """A host removed this person for the rest of the meeting."""

    code = "banned"
    status = 403
    title = "The host does not let you into this meeting"


class Unavailable(Problem):
    """A part that is needed cannot answer at the moment."""

    code = "unavailable"
    status = 503
    title = "The service cannot answer right now"


class WrongCredentials(Problem):
    """No account has this address and password; which of the two is wrong is not said."""

    code = "wrong-credentials"
    status = 401
    title = "Address or password is wrong"


class CodeRequired(Problem):
    """The password is right, and the account has a second factor: send `code` too."""

    code = "code-required"
    status = 401
    title = "Please enter the code from your app"


class WrongCode(Problem):
    """The code of the second factor is wrong, used, or too old."""

    code = "wrong-code"
    status = 401
    title = "This code is not right, or no longer"


class AccountDisabled(Problem):
    """An administrator switched this account off."""

    code = "account-disabled"
    status = 403
    title = "This account is switched off"


class EmailTaken(Problem):
    """Another account has this address."""

    code = "email-taken"
    status = 409
    title = "There is an account with this address already"


class EmailNotVerified(Problem):
    """Only somebody whose address was confirmed may do this."""

    code = "email-not-verified"
    status = 403
    title = "Please confirm your e-mail address first"


class LinkExpired(Problem):
    """A mailed link was used already, is too old, or was never one."""

    code = "link-expired"
    status = 410
    title = "This link was used already, or is too old"


class SecondFactorState(Problem):
    """The second factor is on already, or is not on, or was not begun."""

    code = "second-factor-state"
    status = 409
    title = "The second factor is not in that state"


class PasskeyRefused(Problem):
    """A passkey could not be made, or does not sign in."""

    code = "passkey-refused"
    status = 400
    title = "That did not work with this passkey"


class SingleSignOnFailed(Problem):
    """The provider of single sign-on does not answer, or answered with something that cannot be believed."""

    code = "single-sign-on-failed"
    status = 502
    title = "Signing in at the other place did not work. Please try again"


class SingleSignOnRefused(Problem):
    """Who signed in at the provider cannot have this account."""

    code = "single-sign-on-refused"
    status = 403
    title = "This account cannot be used that way"


class PictureRefused(Problem):
    """An upload is not a picture that can be taken."""

    code = "picture-refused"
    status = 400
    title = "This picture cannot be used"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, errors={"file": detail})


class NotFound(Problem):
    """There is no such thing, or it is somebody else's."""

    code = "not-found"
    status = 404
    title = "There is no such thing"


class LegalChanged(Problem):
    """The draft of a legal document is not the one that was seen any more: saved, published or discarded meanwhile."""

    code = "legal-changed"
    status = 409
    title = "This draft was changed or published meanwhile; load it again"


class RegionChanged(Problem):
    """Somebody else changed the settings of a country or region since they were seen."""

    code = "region-changed"
    status = 409
    title = "Somebody else changed this meanwhile; load it again"


class ProcessingRestricted(Problem):
    """The person asked that no more of their data be processed than must be; this would."""

    code = "processing-restricted"
    status = 403
    title = "You restricted the processing of your data; lift that in your profile first"


class ServerRefused(Problem):
    """A Jitsi server cannot carry meetings, so it does not come into the pool."""

    code = "server-refused"
    status = 409
    title = "This server cannot carry meetings"

    def __init__(self, reason: str) -> None:
        super().__init__(f"This server cannot be used. {reason}", errors={"domain": reason})
