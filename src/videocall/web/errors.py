"""Every refusal and failure as ``application/problem+json`` (RFC 9457): one shape, stable codes, no traceback."""

import re
from typing import Any

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.types import ExceptionHandlersMap
from msgspec import Struct

from videocall.problems import InvalidBody, Problem, Unavailable
from videocall.store.base import StoreError
from videocall.web.pages import missing_page

log = structlog.get_logger()
MEDIA_TYPE = "application/problem+json"
_HTTP_CODES = {404: "not-found", 405: "method-not-allowed", 413: "too-large"}
_MISSING = re.compile(r"^Object missing required field `(?P<name>[^`]+)`")
_UNKNOWN = re.compile(r"^Object contains unknown field `(?P<name>[^`]+)`")
_LENGTH = re.compile(r"^Expected `str` of length (?P<sign>[<>])= (?P<length>\d+)")


class ProblemBody(Struct, omit_defaults=True):
    """RFC 9457 problem details, with a stable `code`, and what is wrong by field in `errors`."""

    title: str
    status: int
    code: str
    detail: str
    errors: dict[str, str] = {}


def _respond(problem: Problem) -> Response[ProblemBody]:
    body = ProblemBody(
        title=problem.title, status=problem.status, code=problem.code, detail=problem.detail, errors=problem.errors
    )
    headers = {"Retry-After": str(problem.retry_after)} if problem.retry_after is not None else {}
    if problem.status == 401:  # noqa: PLR2004 -- RFC 9110 wants the challenge with this status
        headers["WWW-Authenticate"] = "Bearer"
    return Response(body, status_code=problem.status, media_type=MEDIA_TYPE, headers=headers)


def handle_problem(_: Request[Any, Any, Any], problem: Problem) -> Response[ProblemBody]:
    """A refusal of ours."""
    return _respond(problem)


def handle_validation(_: Request[Any, Any, Any], error: ValidationException) -> Response[ProblemBody]:
    """A body or a parameter that does not fit; msgspec's sentence is sorted to its field."""
    extras: Any = error.extra if isinstance(error.extra, list) else []
    errors = dict(_field_error(str(extra.get("message", "")), str(extra.get("key", ""))) for extra in extras)
    return _respond(InvalidBody(errors=errors))


def _field_error(message: str, key: str) -> tuple[str, str]:
    """The dotted path of a field, and what is wrong with it. Litestar calls the whole body `data`."""
    path = "" if key == "data" else key
    if not path and message == "'data'":
        return "body", "This is required."
    named = _MISSING.match(message) or _UNKNOWN.match(message)
    if named is not None:
        what = "This is required." if _MISSING.match(message) else "There is no such field."
        return f"{path}.{named['name']}".strip("."), what
    return path or "body", _in_words(message)


def _in_words(message: str) -> str:
    length = _LENGTH.match(message)
    if length is not None:
        return f"This takes at {'most' if length['sign'] == '<' else 'least'} {length['length']} characters."
    return "This does not look right." if "matching regex" in message else f"{message.replace('`', '')}."


def handle_unreadable(_: Request[Any, Any, Any], error: Exception) -> Response[ProblemBody]:  # noqa: ARG001 -- its type says it
    """A body in another encoding than UTF-8, or nested without end; the decoder says so by Python's own errors."""
    return _respond(InvalidBody("The body is not JSON in UTF-8."))


def handle_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """What the framework refuses: no such address, wrong method, malformed JSON."""
    page = missing_page(request) if error.status_code == 404 else None  # noqa: PLR2004 -- not found
    if page is not None:
        return page
    if error.status_code == 400:  # noqa: PLR2004 -- the body could not be read
        return _respond(InvalidBody(f"{error.detail}."))
    problem = Problem(f"{error.detail}." if error.status_code < 500 else None)  # noqa: PLR2004 -- server errors tell nothing
    problem.status = error.status_code
    problem.code = _HTTP_CODES.get(error.status_code, "bad-request")
    response = _respond(problem)
    response.headers.update(error.headers or {})
    return response


def handle_store(_: Request[Any, Any, Any], error: StoreError) -> Response[ProblemBody]:
    """The store cannot answer; the reason is for the operator's log, not for the caller."""
    log.error("store_failed", error=str(error))
    return _respond(Unavailable())


def handle_failure(request: Request[Any, Any, Any], error: Exception) -> Response[ProblemBody]:
    """A mistake of ours: logged with its traceback, told without."""
    log.error("unhandled_error", path_template=request.scope.get("path_template"), exc_info=error)
    problem = Problem("Something went wrong on our side.")
    problem.status, problem.code = 500, "internal-error"
    return _respond(problem)


EXCEPTION_HANDLERS: ExceptionHandlersMap = {
    Problem: handle_problem,
    ValidationException: handle_validation,
    HTTPException: handle_http,
    UnicodeDecodeError: handle_unreadable,
    RecursionError: handle_unreadable,
    StoreError: handle_store,
    Exception: handle_failure,
}
