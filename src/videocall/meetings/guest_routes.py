"""A guest's own record, by the meeting token that they were given."""

from typing import Annotated

from litestar import delete, get
from litestar.di import NamedDependency
from litestar.params import PathParameter

from videocall.meetings.guest_record import GuestRecord, GuestRecords
from videocall.meetings.model import Person
from videocall.web.access import UserRequest, access

Code = Annotated[str, PathParameter(description="Meeting code; capitals, spaces and missing dashes are forgiven.")]


@get("/api/meetings/{code:str}/my-record", opt=access("participant"), summary="My record as a guest")
async def export_record(code: Code, request: UserRequest, records: NamedDependency[GuestRecords]) -> GuestRecord:  # noqa: ARG001 -- part of the path
    """Everything that is kept of me in this meeting."""
    person: Person = request.state.person
    return await records.export(person)


@delete("/api/meetings/{code:str}/my-record", opt=access("participant"), summary="Erase my record as a guest")
async def erase_record(code: Code, request: UserRequest, records: NamedDependency[GuestRecords]) -> None:  # noqa: ARG001 -- part of the path
    """My name and my address go; that somebody was there, and when, stays."""
    person: Person = request.state.person
    await records.erase(person)


GUEST_ROUTES = [export_record, erase_record]
