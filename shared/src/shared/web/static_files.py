"""Static files: style sheets, scripts, fonts and icons, all served by the service itself."""

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from fastapi import FastAPI
from starlette.datastructures import QueryParams
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

OWN_FILES = Path(__file__).resolve().parent / "static"
_FOREVER = "public, max-age=31536000, immutable"
_A_DAY = "public, max-age=86400"


@dataclass(frozen=True, slots=True)
class StaticFolders:
    """The folders under `/static/`: the design system and htmx as npm installed them, and the frame's own files."""

    dkfds: Path
    htmx: Path
    own: Path
    versions: dict[str, str]

    @classmethod
    def installed(cls, node_modules: Path) -> "StaticFolders":
        """The folders inside a `node_modules`; those that do not exist are in `missing`."""
        versions = {
            "dkfds": _version(node_modules / "dkfds"),
            "htmx": _version(node_modules / "htmx.org"),
            "praksis": _digest(OWN_FILES),
        }
        return cls(node_modules / "dkfds" / "dist", node_modules / "htmx.org" / "dist", OWN_FILES, versions)

    @property
    def missing(self) -> list[str]:
        """The folders that pages need and that do not exist."""
        return [str(folder) for folder in (self.dkfds, self.htmx) if not folder.is_dir()]

    def url(self, path: str) -> str:
        """The address of `dkfds/css/…`, `htmx/…` or `praksis/…`, with a version for cache busting."""
        return f"/static/{path}?v={self.versions[path.partition('/')[0]]}"


class CachedFiles(StaticFiles):
    """Files with a version in their address are cached for ever; others, such as fonts, for a day."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        versioned = "v" in QueryParams(scope["query_string"])
        response.headers["Cache-Control"] = _FOREVER if versioned else _A_DAY
        return response


def serve_static_files(app: FastAPI, folders: StaticFolders) -> None:
    """Mount the folders under `/static/`."""
    for name, folder in (("dkfds", folders.dkfds), ("htmx", folders.htmx), ("praksis", folders.own)):
        app.mount(f"/static/{name}", CachedFiles(directory=folder, check_dir=False), name=f"static-{name}")


def _version(package: Path) -> str:
    try:
        return str(json.loads((package / "package.json").read_text(encoding="utf-8"))["version"])
    except (OSError, ValueError, KeyError):
        return "missing"


def _digest(folder: Path) -> str:
    digest = sha256()
    for file in sorted(folder.iterdir()):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]
