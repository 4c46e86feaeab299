"""The worker process: it schedules while it holds the lease and hands the lease on when it goes."""

import signal
import time
from pathlib import Path

from sqlalchemy import Engine

from server.database import transaction
from server.running.worker import worker_id
from tests import world
from tests.server.running.ports import process, until
from tests.world import change, order_body


def holder(engine: Engine) -> tuple[str, int, bool] | None:
    """(holder, token, still good) of the scheduler's lease."""
    with transaction(engine) as conn:
        raw = conn.connection.driver_connection
        assert raw is not None
        row = raw.execute("SELECT holder, token, until > clock_timestamp() FROM lease").fetchone()
    return row  # type: ignore[no-any-return]


def test_workers_share_the_work_and_one_schedules(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    built = world.build(engine)
    said = {"DATABASE_URL": database_url, "TALARIA_DATA_DIR": str(tmp_path)}
    log = tmp_path / "log"
    with (
        process("server.cli", "worker", environ=said, log=log) as first,
        process("server.cli", "worker", environ=said, log=log) as second,
    ):
        until(lambda: log.exists() and log.read_text().count("worker.started") == 2)
        until(lambda: holder(engine))
        assert log.read_text().count("lease.taken") == 1
        holding = holder(engine)
        assert holding is not None
        mine = f"/{first.pid}/" in holding[0]
        going, staying = (first, second) if mine else (second, first)
        going.send_signal(signal.SIGTERM)
        assert going.wait(timeout=20) == 0
        until(lambda: log.read_text().count("lease.taken") == 2, 10)
        taken = holder(engine)
        assert taken is not None
        assert f"/{staying.pid}/" in taken[0]
        assert taken[1] == holding[1] + 1
        order = order_body(built.stores[0], [(built.products[0], 30)])
        built.push(built.carrier(), [change(1, "order", "submit", order)])
        until(lambda: built.rows("SELECT 1 FROM stock WHERE published = 970"), 15)
        stopped_s = time.monotonic()
        staying.send_signal(signal.SIGINT)
        assert staying.wait(timeout=20) == 0
        assert time.monotonic() - stopped_s < 10
    left = holder(engine)
    assert left is not None
    assert not left[2]  # nobody has to wait for it to lapse


def test_a_worker_without_a_database_keeps_trying_and_still_stops(tmp_path: Path) -> None:
    said = {
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "TALARIA_DATA_DIR": str(tmp_path),
    }
    log = tmp_path / "log"
    with process("server.cli", "worker", environ=said, log=log) as running:
        until(lambda: log.exists() and "lease.not_renewed" in log.read_text())
        running.send_signal(signal.SIGTERM)
        assert running.wait(timeout=20) == 0


def test_two_workers_of_one_machine_have_two_names() -> None:
    assert worker_id() != worker_id()
