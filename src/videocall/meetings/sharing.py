"""Ways to hand on a meeting. Pure; nothing in them is secret to somebody who knows the code."""

from urllib.parse import quote, urlencode

from videocall.meetings.model import EmailTemplate, Meeting, Share
from videocall.scheduling.links import calendar_links
from videocall.scheduling.words import in_words
from videocall.words import Words


def share(meeting: Meeting, link: str, site: str, language: str) -> Share:
    """Link, QR code, e-mail template and, for a scheduled meeting, links for calendars."""
    words = Words(language)
    subject = words.say("share_subject", title=meeting.title)
    parts = [
        words.say("share_hello"),
        words.say("share_text", title=meeting.title),
        in_words(words, meeting.schedule) if meeting.schedule else "",
        link,
        words.say("in_browser"),
        words.say("share_password") if meeting.password_sealed else "",
    ]
    text = "\n\n".join(part for part in parts if part) + "\n"
    # RFC 6068 wants %20 for spaces and CRLF for line ends.
    mailto = "mailto:?" + urlencode({"subject": subject, "body": text.replace("\n", "\r\n")}, quote_via=quote)
    return Share(
        link=link,
        qr=f"{site}/api/meetings/{meeting.code}/qr.svg",
        email=EmailTemplate(subject=subject, text=text, mailto=mailto),
        calendar=calendar_links(meeting, link, site),
    )
