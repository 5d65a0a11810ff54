"""What is mailed about meetings."""

from videocall.mail.service import Mailer
from videocall.meetings.members import Members
from videocall.meetings.model import Meeting
from videocall.meetings.service import MailHostLink


def host_link_letter(mailer: Mailer, members: Members) -> MailHostLink:
    """Mails the guest creator what restores their host rights on any device (policy section 3.2)."""

    async def send(meeting: Meeting, host_link: str, language: str) -> None:
        if meeting.host_email is not None:
            contact = await members.contact_at(meeting.host_email)
            await mailer.put(
                "host-link",
                meeting.host_email,
                language=contact.language if contact and contact.verified else language,
                name=meeting.host_name,
                title=meeting.title,
                host_link=host_link,
                link=host_link.partition("#")[0],
            )

    return send
