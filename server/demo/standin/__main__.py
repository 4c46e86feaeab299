"""Start the stand-in: `python -m server.demo.standin --port 8090 --data DIR`.

It prints one line of JSON when it listens (address and where its secret and database are), and
stops cleanly on SIGTERM and Ctrl-C. `--port 0` takes any free port.
"""

from __future__ import annotations

import argparse
import json
import signal
import threading
from dataclasses import fields
from pathlib import Path

from server.demo.standin.behaviour import Behaviour
from server.demo.standin.queries import Books
from server.demo.standin.signing import secret_in
from server.demo.standin.views import StandIn


def main(arguments: list[str] | None = None) -> int:
    """Serve until told to stop; return the exit code."""
    options = _parser().parse_args(arguments)
    folder = Path(options.data).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    wishes = {}
    for one in fields(Behaviour):
        said = getattr(options, one.name)
        if said is not None:
            wishes[one.name] = said
    try:
        behaviour = Behaviour().changed(wishes)
    except ValueError as error:
        _parser().error(str(error))
    secret = secret_in(folder)
    standin = StandIn(
        (options.host, options.port), Books(folder / "standin.sqlite"), secret, behaviour
    )
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    threading.Thread(target=standin.serve_forever, name="listen", daemon=True).start()
    told = {"url": f"http://{options.host}:{standin.port}", "data": str(folder)}
    print(json.dumps(told), flush=True)
    stopping.wait()
    standin.stop()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m server.demo.standin", description="A stand-in delivery system."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one")
    parser.add_argument("--data", required=True, help="folder of its database and its secret")
    for one in fields(Behaviour):
        name, default = "--" + one.name.replace("_", "-"), getattr(Behaviour(), one.name)
        text = f"see behaviour.py; default {default!r}".replace("%", "%%")
        if isinstance(default, bool):
            parser.add_argument(
                name, default=None, action=argparse.BooleanOptionalAction, help=text
            )
        elif isinstance(default, (list, dict)):
            parser.add_argument(name, default=None, type=json.loads, help=f"{text}; as JSON")
        else:
            parser.add_argument(name, default=None, type=type(default), help=text)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
