"""App makers generate their client: one made from our OpenAPI description compiles strictly, and works."""

import asyncio
import importlib.util
import json
import os
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from running_server import RunningServer
from videocall.settings import Settings
from videocall.web.openapi import description

ROOT = Path(__file__).parent.parent.parent
TOOLS = ROOT / "web" / "node_modules"
GENERATOR = {"input": "openapi.json", "output": {"path": "client", "importFileExtension": ".js"}}
OPTIONS = {
    "target": "es2022",
    "module": "nodenext",
    "strict": True,
    "lib": ["es2023", "dom", "dom.iterable"],
    "types": ["node"],
    "rootDir": ".",
    "outDir": "out",
}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, bcrypt_cost=4)


def node_program() -> str:
    """The Node.js that builds the pages."""
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    hatch_build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(hatch_build)
    return str(Path(hatch_build.find_node().folder) / "node")


async def run(folder: Path, *command: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, env={**os.environ, "NO_COLOR": "1"}, stdout=asyncio.subprocess.PIPE, stderr=-2
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    return said.decode()


async def test_a_generated_client_compiles_and_holds_a_session(server: RunningServer, tmp_path: Path) -> None:
    node = node_program()
    (tmp_path / "node_modules").symlink_to(TOOLS)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "openapi.json").write_bytes(msgspec.json.encode(description(server.app)))
    (tmp_path / "tsconfig.json").write_text(json.dumps({"compilerOptions": OPTIONS, "include": ["client", "smoke.ts"]}))
    (tmp_path / "smoke.ts").write_bytes((Path(__file__).parent / "smoke.ts").read_bytes())
    (tmp_path / "openapi-ts.config.js").write_text(f"export default {json.dumps(GENERATOR)}")
    await run(tmp_path, node, str(TOOLS / "@hey-api/openapi-ts/bin/run.js"), "--silent", "--no-log-file")
    await run(tmp_path, node, str(TOOLS / "typescript/bin/tsc"), "--project", ".")
    said = json.loads(await run(tmp_path, node, "out/smoke.js", str(server.http.base_url)))
    assert said == {
        "source": "default",
        "ads": False,
        "name": "Ada Lovelace",
        "title": "From the phone",
        "admission": "admitted",
        "link": said["link"],
        "refused": "invalid-token",
    }
    assert said["link"].startswith("https://meet.example/m/")
