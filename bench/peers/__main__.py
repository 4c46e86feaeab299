"""`python -m bench.peers FOLDER [--probes] [arguments of its runner]`."""

import importlib
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.peers.adapter import variants
from bench.peers.cluster import cluster_in


def main(arguments: list[str]) -> int:
    """Run the folder's own runner, our adapter in the place it keeps for us."""
    if not arguments or not (Path(arguments[0]) / "run.py").is_file():
        print(__doc__, file=sys.stderr)
        return 2
    folder, rest = Path(arguments[0]).resolve(), arguments[1:]
    with tempfile.TemporaryDirectory(prefix="talaria-peers-", ignore_cleanup_errors=True) as room:
        os.environ.setdefault("PEERS_TMP", room)
        if "PEERS_PG" in os.environ:
            _run(folder, rest)
        else:
            with cluster_in(Path(room) / "pg") as dsn:
                os.environ["PEERS_PG"] = dsn
                _run(folder, rest)
    return 0


def _run(folder: Path, rest: list[str]) -> None:
    sys.dont_write_bytecode = True  # the folder may be read-only, and is not ours
    sys.path.insert(0, str(folder.parent))
    runner: Any = importlib.import_module(f"{folder.name}.run")
    theirs = runner.adapters

    def adapters() -> dict[str, Any]:
        ours = {one.name: one for one in variants(folder.name)}
        return {name: one for name, one in theirs().items() if name not in ours} | ours

    runner.adapters = adapters
    probing = "--probes" in rest
    sys.argv = ["peers", *(one for one in rest if one != "--probes")]
    (importlib.import_module(f"{folder.name}.probes") if probing else runner).main()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
