"""HTTP of the rep's app: GET /app/..., the files of handhelds/pwa as a browser wants them.

The app must come up with no network, so its service worker keeps all of it. What it keeps is said
by `precache.js`, made here from the files' hashes: their names, their hashes, and the build, which
is the hash of all of them. A changed file is another build; the worker fetches only what changed.

Set-up also makes our modules into few small files (handhelds/pwa-build/bundle.mjs): a phone needs
longer to ask for sixty modules than to draw a day. They are served in the modules' place as long as
every source still is what they were built from; after an edit the modules themselves are, with
lines that are nothing but comment empty. Every file is pressed once a process and kept.
"""

import gzip
import hashlib
import json
import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

import brotli  # type: ignore[import-untyped]
from flask import Blueprint, Response, abort, redirect, request

from server.auth import needs

blueprint = Blueprint("app", __name__, url_prefix="/app")

FOLDER = Path(str(resources.files("handhelds"))) / "pwa"
TOKENS = Path(__file__).parents[1] / "office" / "static" / "tokens.css"
"""The look, in one file for the console and the handheld."""
BUILT, CONTENTS = "built", "contents.json"
"""Folder in FOLDER: what set-up built; its list of files, and of sources with their SHA-256."""
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".wasm": "application/wasm",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
}
"""What is served, by suffix; anything else in the folder is not for browsers."""
LATER = ("vendor/LICENSES.txt",)
"""Not needed offline."""
PRESSED = (".html", ".js", ".css", ".svg", ".wasm", ".txt", ".webmanifest")
LARGE_BYTES = 200_000
A_YEAR_S = 365 * 24 * 3600
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; "
    "img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; font-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
"""WebAssembly is for the reader of barcodes, where the browser has none of its own."""


@dataclass(frozen=True, slots=True)
class File:
    """One file of the app. `hash`: the first 16 hexadecimal digits of its SHA-256."""

    name: str
    content: bytes
    hash: str

    @property
    def suffix(self) -> str:
        return Path(self.name).suffix


def _found() -> Iterator[tuple[str, Path]]:
    """What there is, as it was written."""
    yield "tokens.css", TOKENS
    for path in sorted(FOLDER.rglob("*")):
        name = path.relative_to(FOLDER)
        if path.suffix in TYPES and path.is_file() and name.parts[0] != BUILT:
            yield name.as_posix(), path


def _built() -> tuple[dict[str, Path], frozenset[str]]:
    """What was built, and the sources it stands for; nothing of it if any of these has changed."""
    try:
        told = json.loads((FOLDER / BUILT / CONTENTS).read_bytes())
        for name, sha256 in told["sources"].items():
            path = TOKENS if name == "tokens.css" else FOLDER / name
            if hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
                return {}, frozenset()
    except FileNotFoundError:  # never built, or a source is gone
        return {}, frozenset()
    return {name: FOLDER / BUILT / name for name in told["files"]}, frozenset(told["sources"])


def without_comments(text: str) -> str:
    """A script or style sheet with those lines empty that are nothing but comment: a third of it.
    Line numbers stay. A test holds that programs stay the same."""
    kept, inside = [], False
    for line in text.split("\n"):
        bare = line.strip()
        begins = not inside and bare.startswith("/*")
        comment = inside or begins or bare.startswith("//")
        if begins or inside:
            inside = "*/" not in bare
            comment = inside or bare.endswith("*/")
        kept.append("" if comment else line)
    return "\n".join(kept)


def _content(name: str, path: Path) -> bytes:
    content = path.read_bytes()
    if path.suffix not in (".js", ".css") or name.startswith("vendor/"):
        return content
    return without_comments(content.decode()).encode()


IMPORTED = re.compile(r'\b(?:from|import)\s*"(\.{1,2}/[^"]+)"')
FIRST = ("app.js", "screens/day.js")
"""What is drawn first. The page names all that these import, so that the browser asks for it at
once and not one import after the other."""


def _imported(found: dict[str, File], names: Iterable[str]) -> list[str]:
    """These modules and all that they import, and so on; not what they fetch later by import()."""
    seen: dict[str, None] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop(0)
        if name in seen or name not in found:
            continue
        seen[name] = None
        if not name.startswith("vendor/"):
            text = found[name].content.decode()
            folder = posixpath.dirname(name)
            waiting += [
                posixpath.normpath(posixpath.join(folder, at)) for at in IMPORTED.findall(text)
            ]
    return list(seen)


def _with_preloads(found: dict[str, File]) -> File:
    page = found["index.html"].content.decode()
    links = "".join(
        f'<link rel="modulepreload" href="{name}">\n' for name in _imported(found, FIRST)
    )
    content = page.replace("</head>", f"{links}</head>").encode()
    return File("index.html", content, _hash(content))


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


@cache
def app_files() -> dict[str, File]:
    """Name -> file, read once; a new version of the app is a new process."""
    found = {}
    built, stood_for = _built()
    for name, path in _found():
        if name not in stood_for:
            content = _content(name, path)
            found[name] = File(name, content, _hash(content))
    for name, path in built.items():
        found[name] = File(name, content := path.read_bytes(), _hash(content))
    if not built:
        found["index.html"] = _with_preloads(found)
    listed = {
        name: file.hash for name, file in found.items() if name != "sw.js" and name not in LATER
    }
    build = _hash(json.dumps(listed, sort_keys=True).encode())
    text = f"// Made by the server from the files' hashes.\nself.BUILD = {json.dumps(build)};\n"
    text += f"self.FILES = {json.dumps(listed, indent=0)};\n"
    found["precache.js"] = File("precache.js", text.encode(), build)
    return found


@cache
def _pressed(name: str, encoding: str) -> bytes:
    content = app_files()[name].content
    if encoding == "gzip":
        return gzip.compress(content, 9, mtime=0)
    quality = 9 if len(content) > LARGE_BYTES else 11
    pressed: bytes = brotli.compress(content, quality=quality)
    return pressed


@blueprint.get("")
@needs("public")
def front() -> Response:
    return redirect("/app/")  # type: ignore[return-value]


@blueprint.get("/")
@needs("public")
def page() -> Response:
    return file("index.html")


@blueprint.get("/<path:name>")
@needs("public")
def file(name: str) -> Response:
    """A file of the app. Asked for with its hash (?v=) it may be kept for ever; else the browser
    asks each time whether it changed."""
    found = app_files().get(name)
    if found is None:
        abort(404)
    told = Response(content_type=TYPES[found.suffix])
    told.headers["Content-Security-Policy"] = POLICY
    known = request.args.get("v") == found.hash and name not in ("sw.js", "precache.js")
    kept = f"public, max-age={A_YEAR_S}, immutable" if known else "no-cache"
    told.headers["Cache-Control"] = kept
    told.headers["Vary"] = "Accept-Encoding"
    encoding = _encoding(found)
    told.set_data(_pressed(name, encoding) if encoding else found.content)
    if encoding:
        told.headers["Content-Encoding"] = encoding
    told.set_etag(found.hash + (f"-{encoding}" if encoding else ""))
    return told.make_conditional(request)  # type: ignore[return-value]


def _encoding(found: File) -> str | None:
    if found.suffix not in PRESSED:
        return None
    return next((one for one in ("br", "gzip") if request.accept_encodings.quality(one) > 0), None)
