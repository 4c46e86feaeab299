"""A thread's answer goes out whole and in order, however slowly the line takes it."""

import socket
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.running import wire
from server.running.wire import Spool, SpoolUnreader, Unhurried


def small_line() -> tuple[Unhurried, socket.socket]:
    """Two ends of a line that takes little at once."""
    near, far = socket.socketpair()
    near.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    return Unhurried(near, 0.3), far


def drain(end: Unhurried, far: socket.socket, size: int) -> bytes:
    far.settimeout(5)
    said = b""
    while len(said) < size:
        end.flush()
        said += far.recv(65536)
    return said


@given(st.lists(st.binary(max_size=20_000), max_size=8))
def test_what_was_written_comes_out_in_order(pieces: list[bytes]) -> None:
    end, far = small_line()
    for piece in pieces:
        end.sendall(piece)
    whole = b"".join(pieces)
    assert drain(end, far, len(whole)) == whole
    assert end.left_bytes == 0
    assert end.sent_bytes == len(whole)
    end.close()
    far.close()


def test_a_writer_is_not_made_to_wait_for_a_line_that_takes_nothing() -> None:
    end, far = small_line()
    began_s = time.monotonic()
    end.sendall(b"x" * 1_000_000)
    assert time.monotonic() - began_s < 0.25
    assert end.left_bytes > 900_000
    end.close()
    far.close()


def test_a_stream_nobody_reads_ends() -> None:
    end, far = small_line()
    end.sendall(b": still here\n\n" * 1000)
    time.sleep(0.4)  # the time it is given
    with pytest.raises(TimeoutError):
        end.sendall(b": still here\n\n")
    end.close()
    far.close()


def test_beyond_its_share_a_writer_waits_for_its_own_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "STREAM_BYTES", 100_000)
    end, far = small_line()
    said: list[bytes] = []
    reading = threading.Thread(target=lambda: said.append(_read(far, 1_000_000)))
    reading.start()
    end.sendall(b"x" * 1_000_000)
    assert end.left_bytes <= 100_000
    drained_s = time.monotonic() + 5
    while not end.flush() and time.monotonic() < drained_s:
        time.sleep(0.01)
    reading.join(5)
    assert len(said[0]) == 1_000_000
    end.close()
    far.close()


def _read(far: socket.socket, size: int) -> bytes:
    said = b""
    while len(said) < size:
        said += far.recv(65536)
    return said


def test_what_one_connection_left_is_not_counted_for_ever() -> None:
    before = Unhurried._all_left
    end, far = small_line()
    end.sendall(b"x" * 500_000)
    assert Unhurried._all_left > before
    end.close()
    assert Unhurried._all_left == before
    far.close()


def test_what_arrived_is_read_before_the_line_and_its_rest_is_kept() -> None:
    end, far = small_line()
    far.sendall(b"from the line")
    reader = SpoolUnreader(end)
    reader.spool = Spool()
    reader.spool.add(b"spooled, then ")
    reader.spool.rewind()
    end.setblocking(True)
    assert reader.read(20) == b"spooled, then from t"
    reader.spool.add(b"")
    assert reader.take_rest() == b"he line"
    assert reader.spool is None
    end.close()
    far.close()


def test_a_large_body_lies_on_the_disk_and_comes_back_as_it_was() -> None:
    spool = Spool()
    for n in range(300):
        spool.add(bytes([n % 256]) * 1000)
    assert spool.size == 300_000
    spool.rewind()
    assert spool.read() == b"".join(bytes([n % 256]) * 1000 for n in range(300))
    spool.close()
