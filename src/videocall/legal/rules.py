"""Pure decisions about versions: which one holds, what the next is called, who has to be told of it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from videocall.legal.model import Kind, LegalVersion

NOTICE = timedelta(days=7)
"""So long before a material change takes effect people are told, at the least (policy section 16)."""
LATEST = timedelta(days=730)


def version_id(kind: Kind, serial: int) -> str:
    """What makes two versions with one serial impossible."""
    return f"{kind}-{serial}"


def next_name(last: str, *, material: bool) -> str:
    """What is called the version after one: 1.4 is followed by 1.5, or by 2.0 when the change is material."""
    major, minor = (int(part) for part in last.split("."))
    return f"{major + 1}.0" if material else f"{major}.{minor + 1}"


def current(versions: Sequence[LegalVersion], today: date) -> LegalVersion:
    """The version that holds on a day, of versions newest first."""
    return next((one for one in versions if one.effective_on <= today), versions[-1])


def date_error(effective_on: date, today: date, last: LegalVersion, *, material: bool) -> str | None:
    """What is wrong with the day from which a version is to hold."""
    if effective_on < today:
        return "This day has passed."
    if effective_on > today + LATEST:
        return "This is more than two years away."
    if effective_on < last.effective_on:
        return f"Version {last.version} takes effect on {last.effective_on} only; choose that day or a later one."
    if material and effective_on < today + NOTICE:
        return f"People are told of a material change at least {NOTICE.days} days before: {today + NOTICE} or later."
    return None


def unseen(versions: Sequence[LegalVersion], seen: str | None, since: datetime) -> tuple[LegalVersion, str] | None:
    """The latest material version that somebody has not seen, and the version they know.

    Of versions newest first; `seen` is what they acknowledged. Who came later (`since`) than a version knows it.
    """
    known = next((one for one in versions if one.version == seen or one.published_at <= since), versions[-1])
    latest = next((one for one in versions if one.material and one.serial > known.serial), None)
    return None if latest is None else (latest, known.version)
