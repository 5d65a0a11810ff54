import subprocess
import sys
from pathlib import Path

import pytest

from videocall.store.mongo import MongoStore
from videocall.store.opening import open_store
from videocall.store.sqlite import SqliteStore


async def test_three_slashes_are_a_path_from_here_and_four_are_a_path_from_the_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for url, path in (
        ("sqlite:///here/store.db", tmp_path / "here" / "store.db"),
        (f"sqlite:///{tmp_path}/there/50% ?#.db", tmp_path / "there" / "50% ?#.db"),
        ("", tmp_path / "data" / "videocall.db"),
    ):
        store = open_store(url, Path("data"))
        assert isinstance(store, SqliteStore)
        await store.open()
        await store.close()
        assert path.is_file()


@pytest.mark.parametrize("url", ["mongodb://127.0.0.1/x", "mongodb+srv://cluster.example/x"])
def test_both_kinds_of_mongodb_addresses_are_mongodb(url: str) -> None:
    assert isinstance(open_store(url, Path("data")), MongoStore)


@pytest.mark.parametrize(
    "url", ["postgres://somebody:secret@host/x", "sqlite://", "sqlite:///", "sqlite:store.db", "mongo://x", "store.db"]
)
def test_anything_else_is_refused_with_a_sentence_that_tells_no_password(url: str) -> None:
    with pytest.raises(ValueError, match="is no kind of store: it is sqlite:///PATH") as refused:
        open_store(url, Path("data"))

    assert "secret" not in str(refused.value)


def test_pymongo_is_not_loaded_for_the_embedded_store() -> None:
    program = (
        "import sys; from pathlib import Path; from videocall.store.opening import open_store; "
        "open_store('sqlite:///x.db', Path()); sys.exit('pymongo' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
