"""Ways to hand on a meeting. Pure; nothing in them is secret to somebody who knows the code."""

from urllib.parse import quote, urlencode

from videocall.meetings.model import EmailTemplate, Meeting, Share
from videocall.scheduling.links import calendar_links
from videocall.scheduling.words import in_words


def share(meeting: Meeting, link: str, site: str) -> Share:
    """Link, QR code, e-mail template and, for a scheduled meeting, links for calendars."""
    subject = f"Join me: {meeting.title}"
    notice = "\n\nYou will be asked for the password, which I will send you separately."
    when = f"\n\n{in_words(meeting.schedule)}" if meeting.schedule else ""
    text = (
        f"Hello,\n\nplease join my video meeting “{meeting.title}”:{when}\n\n{link}\n\n"
        "It opens in your browser; there is nothing to install and no account is needed."
        f"{notice if meeting.password_sealed else ''}\n"
    )
    # RFC 6068 wants %20 for spaces and CRLF for line ends.
    mailto = "mailto:?" + urlencode({"subject": subject, "body": text.replace("\n", "\r\n")}, quote_via=quote)
    return Share(
        link=link,
        qr=f"{site}/api/meetings/{meeting.code}/qr.svg",
        email=EmailTemplate(subject=subject, text=text, mailto=mailto),
        calendar=calendar_links(meeting, link, site),
    )
