"""What waits for an administrator in the console: requests to be deleted, and mail that could not be sent."""

from functools import partial
from typing import Annotated, Literal

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, QueryParameter
from litestar.response import Stream
from litestar.status_codes import HTTP_200_OK, HTTP_204_NO_CONTENT

from videocall.accounts.model import DeletionStatus
from videocall.admin.decisions import Decisions
from videocall.admin.letters import MailQueue
from videocall.admin.model import Approval, DeletionRequestView, Rejection
from videocall.admin.overview import Overview
from videocall.admin.views import DeletionPage, MailLine, MailPage, OverviewView, Reason
from videocall.lists import Wish
from videocall.mail.model import State as MailState
from videocall.web.access import UserRequest, access, admin_of
from videocall.web.lists import Cursor, Limit, Words, table_answer

RequestId = Annotated[str, PathParameter(description="From the list of requests.")]
MailId = Annotated[str, PathParameter(description="From the list of mail.")]
Sort = Annotated[Literal["-created_at", "created_at"], QueryParameter(description="Latest or oldest first.")]
OfStatus = Annotated[DeletionStatus | None, QueryParameter(description="Only requests in this state.")]
OfState = Annotated[MailState | None, QueryParameter(description="Only mail in this state.")]
REQUESTS = "/api/admin/deletion-requests"


@get("/api/admin/overview", opt=access("admin"), summary="How the site is doing")
async def overview(overview: NamedDependency[Overview]) -> OverviewView:
    """Some seconds old at most."""
    return await overview.view()


@get(REQUESTS, opt=access("admin"), summary="Requests to be deleted")
async def deletion_requests(  # noqa: PLR0917 -- Litestar hands them over by name
    decisions: NamedDependency[Decisions],
    sort: Sort = "created_at",
    cursor: Cursor = None,
    limit: Limit = 50,
    q: Words = "",
    status: OfStatus = None,
) -> DeletionPage:
    """Those that wait longest first; `late` are those that waited longer than the law allows."""
    items, next_cursor = await decisions.list(Wish(sort=sort, cursor=cursor, limit=limit, q=q), status)
    return DeletionPage(items=items, next_cursor=next_cursor)


@get(f"{REQUESTS}.csv", opt=access("admin"), media_type="text/csv", summary="Requests to be deleted as a table")
async def deletion_table(
    decisions: NamedDependency[Decisions], sort: Sort = "created_at", q: Words = "", status: OfStatus = None
) -> Stream:
    """All of them, or what the same filters leave."""
    read = partial(decisions.list, status=status)
    return table_answer("deletion-requests", read, Wish(sort=sort, q=q), DeletionRequestView)


@get(f"{REQUESTS}/{{request_id:str}}", opt=access("admin"), summary="One request to be deleted")
async def deletion_request(request_id: RequestId, decisions: NamedDependency[Decisions]) -> DeletionRequestView:
    """Where it stands."""
    return await decisions.view(request_id)


@post(
    f"{REQUESTS}/{{request_id:str}}/verify", opt=access("admin"), status_code=HTTP_200_OK, summary="Vouch for a person"
)
async def verify_deletion(
    request_id: RequestId, data: JSONBody[Reason], request: UserRequest, decisions: NamedDependency[Decisions]
) -> DeletionRequestView:
    """Takes the place of the mailed link, for somebody who showed in another way who they are."""
    return await decisions.verify(admin_of(request), request_id, data.notes)


@post(
    f"{REQUESTS}/{{request_id:str}}/approve", opt=access("admin"), status_code=HTTP_200_OK, summary="Approve a deletion"
)
async def approve_deletion(
    request_id: RequestId, data: JSONBody[Approval], request: UserRequest, decisions: NamedDependency[Decisions]
) -> DeletionRequestView:
    """The person is mailed; the account goes in two weeks, unless they change their mind, or `at_once`."""
    return await decisions.approve(admin_of(request), request_id, data)


@post(
    f"{REQUESTS}/{{request_id:str}}/reject", opt=access("admin"), status_code=HTTP_200_OK, summary="Reject a deletion"
)
async def reject_deletion(
    request_id: RequestId, data: JSONBody[Rejection], request: UserRequest, decisions: NamedDependency[Decisions]
) -> DeletionRequestView:
    """The person is mailed, with the notes."""
    return await decisions.reject(admin_of(request), request_id, data)


@get("/api/admin/mail", opt=access("admin"), summary="The mail queue")
async def mail(  # noqa: PLR0917 -- Litestar hands them over by name
    mail_queue: NamedDependency[MailQueue],
    sort: Sort = "-created_at",
    cursor: Cursor = None,
    limit: Limit = 50,
    q: Words = "",
    status: OfState = None,
) -> MailPage:
    """Searched by kind of letter or error, or by a whole address. What a mail says is shown to nobody."""
    items, next_cursor = await mail_queue.list(Wish(sort=sort, cursor=cursor, limit=limit, q=q), status)
    return MailPage(items=items, next_cursor=next_cursor)


@get("/api/admin/mail.csv", opt=access("admin"), media_type="text/csv", summary="The mail queue as a table")
async def mail_table(
    mail_queue: NamedDependency[MailQueue], sort: Sort = "-created_at", q: Words = "", status: OfState = None
) -> Stream:
    """All of it, or what the same filters leave."""
    return table_answer("mail", partial(mail_queue.list, state=status), Wish(sort=sort, q=q), MailLine)


@post(
    "/api/admin/mail/{mail_id:str}/retry",
    opt=access("admin"),
    status_code=HTTP_204_NO_CONTENT,
    summary="Try a mail again",
)
async def retry_mail(mail_id: MailId, request: UserRequest, mail_queue: NamedDependency[MailQueue]) -> None:
    """At once; one that was given up has all its attempts before it again."""
    await mail_queue.retry(admin_of(request), mail_id)


@post("/api/admin/mail/{mail_id:str}/drop", opt=access("admin"), status_code=HTTP_204_NO_CONTENT, summary="Drop a mail")
async def drop_mail(mail_id: MailId, request: UserRequest, mail_queue: NamedDependency[MailQueue]) -> None:
    """It is never sent."""
    await mail_queue.drop(admin_of(request), mail_id)


QUEUE_ROUTES = [
    overview,
    deletion_requests,
    deletion_table,
    deletion_request,
    verify_deletion,
    approve_deletion,
    reject_deletion,
    mail,
    mail_table,
    retry_mail,
    drop_mail,
]
