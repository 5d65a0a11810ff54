"""Addresses that put a meeting into somebody's calendar, for who does not take a file. Nothing in them is secret."""

from datetime import UTC, timedelta
from urllib.parse import urlencode

from videocall.meetings.model import CalendarLinks, Meeting
from videocall.scheduling.recurrence import rule_text, to_wall

_GOOGLE = "https://calendar.google.com/calendar/render?"
_OUTLOOK = "https://outlook.live.com/calendar/0/deeplink/compose?"
_MOST_DETAILS = 800
"""Longer addresses are cut by some browsers and mail programs."""


def calendar_links(meeting: Meeting, link: str, site: str) -> CalendarLinks | None:
    """Links for one meeting, or its whole series where the calendar takes that; None for an instant meeting."""
    schedule = meeting.schedule
    if schedule is None:
        return None
    ends_at = schedule.starts_at + timedelta(minutes=schedule.duration_minutes)
    details = f"{meeting.description[:_MOST_DETAILS]}\n\n{link}".strip()
    walls = [f"{to_wall(at, schedule.time_zone):%Y%m%dT%H%M%S}" for at in (schedule.starts_at, ends_at)]
    google = {
        "action": "TEMPLATE",
        "text": meeting.title,
        "dates": "/".join(walls),
        "ctz": schedule.time_zone,
        "details": details,
        "location": link,
    }
    if schedule.recurrence is not None:
        google["recur"] = f"RRULE:{rule_text(schedule)}"
    outlook = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": meeting.title,
        "startdt": f"{schedule.starts_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "enddt": f"{ends_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "body": details,
        "location": link,
    }
    return CalendarLinks(
        google=_GOOGLE + urlencode(google),
        outlook=_OUTLOOK + urlencode(outlook),
        apple=f"{site}/api/meetings/{meeting.code}/invite.ics",
    )
