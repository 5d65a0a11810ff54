"""What every list of the console takes in its address, and how it answers as a table (`videocall.lists`)."""

from typing import Annotated

from litestar.params import QueryParameter
from litestar.response import Stream
from msgspec import Struct

from videocall.lists import ReadPage, Wish, as_table

Cursor = Annotated[str | None, QueryParameter(max_length=1000, description="`next_cursor` of the page before.")]
Limit = Annotated[int, QueryParameter(ge=1, le=200, description="Most lines of a page.")]
Words = Annotated[
    str,
    QueryParameter(
        max_length=120, description="Words to look for. One answer looks at some thousand records, so it may be empty."
    ),
]


def table_answer(name: str, read: ReadPage, wish: Wish, line: type[Struct]) -> Stream:
    """The whole list as a file `name`.csv."""
    return Stream(
        as_table(read, wish, line),
        media_type="text/csv",
        headers={"content-disposition": f'attachment; filename="{name}.csv"'},
    )
