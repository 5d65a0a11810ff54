"""Which engine keeps the documents: the URL says it."""

from pathlib import Path

from videocall.store.base import Store

_SQLITE = "sqlite:///"


def open_store(url: str, data_folder: Path) -> Store:
    """The store that a URL names, not yet connected (`Store.open` does that).

    ``sqlite:///PATH`` is a file, its path relative to the current folder unless it begins with a fourth slash;
    ``mongodb://`` and ``mongodb+srv://`` are a MongoDB; nothing at all is ``videocall.db`` in the data folder. Raises
    `ValueError` with a sentence for anything else.
    """
    if not url:
        url = f"{_SQLITE}{data_folder / 'videocall.db'}"
    if url.startswith(_SQLITE) and url != _SQLITE:
        from videocall.store.sqlite import SqliteStore  # noqa: PLC0415  only the engine in use is loaded

        return SqliteStore(Path(url.removeprefix(_SQLITE)))
    if url.startswith(("mongodb://", "mongodb+srv://")):
        from videocall.store.mongo import MongoStore  # noqa: PLC0415  PyMongo costs time and memory

        return MongoStore(url)
    # Only the part before the colon is shown: what follows may hold a password.
    raise ValueError(
        f"{url.partition(':')[0]!r} is no kind of store: it is sqlite:///PATH for one file, or a mongodb:// or "
        "mongodb+srv:// address."
    )
