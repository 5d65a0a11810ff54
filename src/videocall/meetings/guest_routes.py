"""A guest's own record, by the meeting token that they were given."""

from litestar import delete, get
from litestar.di import NamedDependency

from videocall.legal.rights import Rights
from videocall.meetings.guest_record import GuestRecord, GuestRecords
from videocall.push.service import Push
from videocall.web.access import Code, UserRequest, access, person_of


@get("/api/meetings/{code:str}/my-record", opt=access("participant"), summary="My record as a guest")
async def export_record(code: Code, request: UserRequest, records: NamedDependency[GuestRecords]) -> GuestRecord:  # noqa: ARG001 -- part of the path
    """Everything that is kept of me in this meeting."""
    return await records.export(person_of(request))


@delete("/api/meetings/{code:str}/my-record", opt=access("participant"), summary="Erase my record as a guest")
async def erase_record(
    code: Code,  # noqa: ARG001 -- part of the path
    request: UserRequest,
    records: NamedDependency[GuestRecords],
    rights: NamedDependency[Rights],
    push: NamedDependency[Push],
) -> None:
    """My name and my address go; that somebody was there, and when, stays."""
    await records.erase(person_of(request))
    await rights.forget_guest(person_of(request))
    await push.forget_guest(person_of(request))


GUEST_ROUTES = [export_record, erase_record]
