"""The app's files as browsers get them: strict headers, a build told by hashes, nothing foreign."""

import gzip
import hashlib
import json
import posixpath
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient

import setup_environment
from bench.pwa import coming
from server.app import HEADERS
from server.handheld import views_pwa


@pytest.fixture
def app_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An app of a few files, in place of the real one."""
    folder = tmp_path / "pwa"
    (folder / "vendor").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html>")
    (folder / "app.js").write_text("let app = 1;\n" * 40)
    (folder / "sw.js").write_text("// the worker\n")
    (folder / "vendor" / "shell.d.ts").write_text("// types")
    (folder / "vendor" / "LICENSES.txt").write_text("MIT")
    monkeypatch.setattr(views_pwa, "FOLDER", folder)
    forget()
    yield folder
    forget()


@pytest.fixture(params=["contents.json", "none.json"], ids=["in few files", "as modules"])
def either(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The real app as set-up builds it, and as it is written."""
    setup_environment.bundle_app()
    monkeypatch.setattr(views_pwa, "CONTENTS", request.param)
    forget()
    is_built = "first.js" in views_pwa.app_files()
    assert is_built is (request.param == "contents.json")
    yield "built" if is_built else "modules"
    forget()


def forget() -> None:
    views_pwa.app_files.cache_clear()
    views_pwa._pressed.cache_clear()


def client() -> FlaskClient:
    app = Flask("test")
    app.register_blueprint(views_pwa.blueprint)
    return app.test_client()


def precache(text: str) -> tuple[str, dict[str, str]]:
    """Build and files, as precache.js says them."""
    found = re.search(r'self\.BUILD = "(\w+)";\nself\.FILES = (\{.*\});\n\Z', text, re.DOTALL)
    assert found is not None
    return found[1], json.loads(found[2])


def test_the_app_is_a_page_that_loads_nothing_from_strangers_and_runs_no_inline_script() -> None:
    forget()
    told = client().get("/app/")
    assert told.status_code == 200
    policy = told.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self' 'wasm-unsafe-eval';" in policy
    assert "unsafe-inline" not in policy
    assert "'unsafe-eval'" not in policy
    assert "://" not in policy
    assert re.findall(r"(?:src|href)=\"(?:\w+:)?//", told.text) == []
    assert re.findall(r"<script(?![^>]*\bsrc=)", told.text) == []
    assert " style=" not in told.text
    assert HEADERS["Content-Security-Policy"] != policy


def test_what_the_page_names_is_there(either: str) -> None:
    files = views_pwa.app_files()
    page = files["index.html"].content.decode()
    named = set(re.findall(r'(?:src|href)="([^"#]+)"', page))
    named |= {icon["src"] for icon in json.loads(files["manifest.webmanifest"].content)["icons"]}
    assert len(named) > (8 if either == "built" else 40)
    assert named - files.keys() == set()


def test_the_script_that_sets_light_or_dark_finds_the_sheet_it_sets_it_in(either: str) -> None:
    page = views_pwa.app_files()["index.html"].content.decode()
    sheet = '<link rel="stylesheet" href="{}">'.format(
        "first.css" if either == "built" else "tokens.css"
    )
    assert 0 < page.find(sheet) < page.find('<script src="early.js">')


def test_icons_are_of_the_size_the_manifest_says() -> None:
    files = views_pwa.app_files()
    for icon in json.loads(files["manifest.webmanifest"].content)["icons"]:
        if icon["type"] == "image/png":
            head = files[icon["src"]].content[16:24]
            width, height = int.from_bytes(head[:4]), int.from_bytes(head[4:])
            assert icon["sizes"] == f"{width}x{height}"


@pytest.mark.parametrize("either", ["none.json"], indirect=True)
def test_the_console_and_the_app_share_one_file_of_tokens(either: str) -> None:
    shared = Path(views_pwa.__file__).parents[1] / "office" / "static" / "tokens.css"
    told = client().get("/app/tokens.css").text
    assert told == views_pwa.without_comments(shared.read_text())
    assert "--accent:" in told


def test_every_file_is_listed_with_its_hash_but_the_worker(app_folder: Path) -> None:
    build, files = precache(client().get("/app/precache.js").text)
    assert set(files) == {"tokens.css", "index.html", "app.js"}
    for name in ("index.html", "app.js"):
        content = views_pwa.app_files()[name].content
        assert files[name] == hashlib.sha256(content).hexdigest()[:16]
    assert re.fullmatch(r"[0-9a-f]{16}", build)


def test_a_changed_file_is_another_build(app_folder: Path) -> None:
    before, files = precache(client().get("/app/precache.js").text)
    forget()
    assert precache(client().get("/app/precache.js").text)[0] == before
    (app_folder / "app.js").write_text("let app = 2;\n")
    forget()
    after, now = precache(client().get("/app/precache.js").text)
    assert after != before
    assert {name for name in files if files[name] != now[name]} == {"app.js"}


def test_no_file_of_the_list_leads_elsewhere(app_folder: Path) -> None:
    """A browser refuses a page that its worker kept from a redirect."""
    _, files = precache(client().get("/app/precache.js").text)
    assert {client().get(f"/app/{name}?v={tag}").status_code for name, tag in files.items()} == {
        200
    }


def test_lines_of_comment_travel_empty_and_all_others_as_they_are() -> None:
    text = (
        "// a\nlet b; // c\n/** d\n * e */\nlet f = `//${b}`; /* g */\n/* h */ let i;\n  /* j */\n"
    )
    told = "\nlet b; // c\n\n\nlet f = `//${b}`; /* g */\n/* h */ let i;\n\n"
    assert views_pwa.without_comments(text) == told


def test_the_app_without_its_comments_is_the_same_program(tmp_path: Path) -> None:
    """Both are pressed by esbuild, which knows what is comment and what is not."""
    node, _ = setup_environment.node_and_npm()
    tool = setup_environment.BROWSER_BUILD / "node_modules" / "esbuild" / "bin" / "esbuild"
    names = [name for name, _ in views_pwa._found() if name.endswith((".js", ".css"))]
    names = [name for name in names if not name.startswith("vendor/")]
    assert len(names) > 90
    for folder, content in (("whole", Path.read_text), ("bare", bare)):
        for name, path in views_pwa._found():
            if name in names:
                (tmp_path / folder / name).parent.mkdir(parents=True, exist_ok=True)
                (tmp_path / folder / name).write_text(content(path))
        pressed = [node, str(tool), *names, "--minify-whitespace", "--legal-comments=none"]
        pressed += ["--log-level=error", f"--outdir={tmp_path / 'pressed' / folder}"]
        subprocess.run(pressed, cwd=tmp_path / folder, check=True)
    of = lambda folder, name: (tmp_path / "pressed" / folder / name).read_text()  # noqa: E731
    assert [name for name in names if of("whole", name) != of("bare", name)] == []


def bare(path: Path) -> str:
    return views_pwa.without_comments(path.read_text())


def test_the_page_names_what_its_first_screen_imports_and_nothing_that_is_fetched_later(
    app_folder: Path,
) -> None:
    (app_folder / "app.js").write_text('import { a } from "./parts/a.js";\nimport("./late.js");\n')
    (app_folder / "parts").mkdir()
    (app_folder / "parts" / "a.js").write_text('export { b } from "../b.js";\n')
    (app_folder / "b.js").write_text('import "./app.js";\n')
    (app_folder / "late.js").write_text("let late;\n")
    (app_folder / "index.html").write_text("<head></head>")
    forget()
    links = re.findall(r'<link rel="modulepreload" href="([^"]+)">', client().get("/app/").text)
    assert links == ["app.js", "parts/a.js", "b.js"]


def test_types_and_what_is_not_for_browsers_are_not_served(app_folder: Path) -> None:
    for path in ("vendor/shell.d.ts", "nothing.js", "../pwa/app.js", "vendor/"):
        assert client().get(f"/app/{path}").status_code == 404
    assert client().get("/app/vendor/LICENSES.txt").status_code == 200


def test_only_what_is_asked_for_by_its_hash_is_kept_for_ever(app_folder: Path) -> None:
    _, files = precache(client().get("/app/precache.js").text)
    kept = "public, max-age=31536000, immutable"
    asked = {
        f"app.js?v={files['app.js']}": kept,
        "app.js?v=0000000000000000": "no-cache",
        "app.js": "no-cache",
        "": "no-cache",
        "sw.js": "no-cache",
        "precache.js": "no-cache",
    }
    for path, said in asked.items():
        assert client().get(f"/app/{path}").headers["Cache-Control"] == said, path


def test_what_the_browser_has_is_not_sent_again(app_folder: Path) -> None:
    first = client().get("/app/app.js", headers={"Accept-Encoding": "br"})
    again = {"Accept-Encoding": "br", "If-None-Match": first.headers["ETag"]}
    assert client().get("/app/app.js", headers=again).status_code == 304
    other = {"Accept-Encoding": "gzip", "If-None-Match": first.headers["ETag"]}
    assert client().get("/app/app.js", headers=other).status_code == 200


@pytest.mark.parametrize("encoding", ["br", "gzip", None])
def test_files_travel_pressed(app_folder: Path, encoding: str | None) -> None:
    told = client().get("/app/app.js", headers={"Accept-Encoding": encoding or "identity"})
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[encoding]
    assert told.headers.get("Content-Encoding") == encoding
    assert told.headers["Vary"] == "Accept-Encoding"
    assert unpack(told.get_data()) == (app_folder / "app.js").read_bytes()


def test_the_address_without_its_slash_leads_to_the_app() -> None:
    assert client().get("/app").headers["Location"] == "/app/"


def test_a_phone_gets_the_built_app_while_no_source_has_changed_and_else_the_modules(
    app_folder: Path,
) -> None:
    sources = {"app.js": app_folder / "app.js", "tokens.css": views_pwa.TOKENS}
    tell = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in sources.items()}
    built = app_folder / "built"
    built.mkdir()
    (built / "first.js").write_text("let few;\n")
    (built / "index.html").write_text("<!doctype html><!-- built -->")
    told = {"files": ["first.js", "index.html"], "sources": tell}
    (built / "contents.json").write_text(json.dumps(told))
    modules, few = {"app.js", "tokens.css", "index.html"}, {"first.js", "index.html"}
    assert served() == few
    assert client().get("/app/").text == "<!doctype html><!-- built -->"
    assert client().get("/app/app.js").status_code == 404
    was = sources["app.js"].read_text()
    sources["app.js"].write_text("let app = 2;\n")
    assert served() == modules
    assert client().get("/app/").text == "<!doctype html>"
    sources["app.js"].write_text(was)
    assert served() == few
    sources["app.js"].unlink()
    assert served() == {"tokens.css", "index.html"}


def served() -> set[str]:
    forget()
    return set(precache(client().get("/app/precache.js").text)[1])


def test_every_module_that_a_served_module_imports_is_served(either: str) -> None:
    files = views_pwa.app_files()
    asked = re.compile(r"""(?:\bfrom|\bimport|\bimport\()\s*["'](\.{1,2}/[^"']+\.js)["']""")
    found = {
        (name, posixpath.normpath(posixpath.join(posixpath.dirname(name), other)))
        for name, file in files.items()
        if name.endswith(".js") and not name.startswith("vendor/")
        for other in asked.findall(views_pwa.without_comments(file.content.decode()))
    }
    assert len(found) > 10
    assert [pair for pair in found if pair[1] not in files] == []


@pytest.mark.parametrize("either", ["contents.json"], indirect=True)
def test_the_built_app_is_the_few_kilobytes_to_todays_list_that_a_phone_was_promised(
    either: str,
) -> None:
    kb = sum(len(views_pwa._pressed(name, "br")) for name in coming.first_files()) / 1e3
    assert kb < coming.SHELL_KB


def test_nothing_is_larger_than_the_reader_of_barcodes(either: str) -> None:
    sizes = {name: len(file.content) for name, file in views_pwa.app_files().items()}
    lazy = {"vendor/scanner.wasm", "vendor/map.js"}
    most = 300_000 if either == "built" else 100_000
    assert max(size for name, size in sizes.items() if name not in lazy) < most
