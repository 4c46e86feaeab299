"""The slow line carries every byte unchanged and charges what the real one would."""

import socket
import threading

from bench.line import HEADER_BYTES, SEGMENT_BYTES, Direction, SlowLine

FAST = 80_000_000


def echo(listener: socket.socket) -> None:
    """Answer with what came, until the other side has said all."""
    near, _ = listener.accept()
    with near:
        said = b""
        while piece := near.recv(65_536):
            said += piece
        near.sendall(said)


def talk_to(url: str) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(url.rsplit(":", 1)[1])))


def test_bytes_pass_both_ways_in_order_and_are_counted_with_their_headers() -> None:
    text = bytes(range(256)) * 40
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=echo, args=(listener,), daemon=True).start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with SlowLine(url, bits_s=FAST, round_trip_s=0) as line, talk_to(line.url) as mine:
            mine.sendall(text)
            mine.shutdown(socket.SHUT_WR)
            back = b""
            while piece := mine.recv(65_536):
                back += piece
    assert back == text
    segments = -(-len(text) // SEGMENT_BYTES)
    assert line.up.bytes >= len(text) + segments * HEADER_BYTES
    assert line.down.bytes >= len(text) + segments * HEADER_BYTES
    assert line.connections == 1


def test_a_segment_waits_for_those_before_it() -> None:
    way = Direction(bits_s=8_000)
    first_s = way.leave_s(960)
    second_s = way.leave_s(960)
    assert abs(second_s - first_s - 1.0) < 1e-6, "1,000 bytes at 1,000 bytes a second"
