"""Unpacking a request body: bounded, flat in memory, and sure to notice damage."""

import gzip
import io
import subprocess
import sys
import time
import zlib

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from schemas.packed import inflate
from schemas.problem import Problem

LIMIT_BYTES = 8 * 1024 * 1024
BODY = b'{"changes":[' + b",".join(b'{"n":%d,"text":"abc"}' % n for n in range(5000)) + b"]}"


def pack(body: bytes, encoding: str) -> bytes:
    if encoding == "gzip":
        return gzip.compress(body)
    return zstandard.ZstdCompressor().compress(body) if encoding == "zstd" else body


def gzip_bomb(mebibytes: int) -> bytes:
    """Zeros, packed once and repeated: the checksum at the end is never reached."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(bytes(1024 * 1024)) + packer.flush(zlib.Z_FULL_FLUSH)
    return gzip.compress(b"")[:10] + block * mebibytes + packer.flush(zlib.Z_FINISH)


def zstd_bomb(mebibytes: int) -> bytes:
    """Blocks that say "128 KiB of zeros" in four bytes, in a frame that hides its length."""
    block = ((128 * 1024) << 3 | 1 << 1).to_bytes(3, "little") + b"\0"
    return b"\x28\xb5\x2f\xfd\x00\x58" + block * (8 * mebibytes)


def refused(body: bytes, encoding: str, limit_bytes: int = LIMIT_BYTES) -> str:
    with pytest.raises(Problem) as caught:
        inflate(body, encoding, limit_bytes)
    return caught.value.code


@pytest.mark.parametrize("encoding", ["gzip", "zstd", "identity"])
def test_a_packed_body_comes_out_as_it_went_in(encoding: str) -> None:
    packed = pack(BODY, encoding)
    assert inflate(packed, encoding, LIMIT_BYTES) == BODY
    assert inflate(io.BytesIO(packed), encoding.upper(), LIMIT_BYTES) == BODY


def test_a_body_without_encoding_is_read_as_it_is() -> None:
    assert inflate(BODY, None, LIMIT_BYTES) == BODY
    assert inflate(b"", "", LIMIT_BYTES) == b""


@given(st.binary(max_size=200), st.integers(0, 3000), st.sampled_from(["gzip", "zstd"]))
def test_any_body_survives_packing(piece: bytes, times: int, encoding: str) -> None:
    assert inflate(pack(piece * times, encoding), encoding, LIMIT_BYTES) == piece * times


def test_a_zstd_body_written_as_a_stream_without_its_length_is_read() -> None:
    packer = zstandard.ZstdCompressor(level=19).compressobj()
    assert inflate(packer.compress(BODY) + packer.flush(), "zstd", LIMIT_BYTES) == BODY


@pytest.mark.parametrize("encoding", ["br", "deflate", "compress", "gzip, gzip", "x" * 5000])
def test_an_encoding_we_do_not_read_is_named(encoding: str) -> None:
    assert refused(BODY, encoding) == "encoding_unsupported"


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_a_body_cut_short_anywhere_is_damaged(encoding: str) -> None:
    packed = pack(BODY[:600], encoding)
    assert inflate(packed, encoding, LIMIT_BYTES) == BODY[:600]
    for end in range(len(packed)):
        assert refused(packed[:end], encoding) == "body_damaged", end


def test_a_flipped_bit_in_a_gzip_body_is_damage_or_harmless_but_never_another_body() -> None:
    packed = pack(BODY[:600], "gzip")
    damaged = 0
    for at in range(len(packed)):
        torn = bytearray(packed)
        torn[at] ^= 0x10
        try:
            read = inflate(bytes(torn), "gzip", LIMIT_BYTES)
        except Problem:
            damaged += 1
        else:  # harmless: the date in the header, the bits that fill up the last byte
            assert read == BODY[:600]
    assert damaged > len(packed) - 15


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_something_after_the_end_is_damage(encoding: str) -> None:
    assert refused(pack(BODY, encoding) + b"x", encoding) == "body_damaged"
    assert refused(pack(BODY, encoding) * 2, encoding) == "body_damaged"


@pytest.mark.parametrize("encoding", ["gzip", "zstd", "identity"])
def test_the_limit_itself_is_read_and_one_byte_more_is_not(encoding: str) -> None:
    assert len(inflate(pack(bytes(100_000), encoding), encoding, 100_000)) == 100_000
    assert refused(pack(bytes(100_001), encoding), encoding, 100_000) == "body_too_large"


def test_a_zstd_frame_that_declares_a_gigabyte_is_too_large_at_once() -> None:
    frame = b"\x28\xb5\x2f\xfd\xa0" + (2**30).to_bytes(4, "little")
    assert refused(frame, "zstd") == "body_too_large"


@pytest.mark.parametrize("bomb", [gzip_bomb(1024), zstd_bomb(1024)], ids=["gzip", "zstd"])
def test_a_gigabyte_in_a_small_body_is_refused_in_under_a_tenth_of_a_second(bomb: bytes) -> None:
    encoding = "gzip" if bomb.startswith(b"\x1f\x8b") else "zstd"
    assert len(bomb) < 2 * 1024 * 1024
    taken_s = []
    for _ in range(3):
        start_s = time.process_time()
        assert refused(bomb, encoding) == "body_too_large"
        taken_s.append(time.process_time() - start_s)
    assert min(taken_s) < 0.1


MEASURE = """
import resource, sys
from schemas.packed import inflate
from schemas.problem import Problem
from tests.schemas.test_packed import gzip_bomb, zstd_bomb
make = gzip_bomb if sys.argv[1] == "gzip" else zstd_bomb
bomb = make(1024)
inflate(bomb[:0] + __import__("gzip").compress(b"warm"), "gzip", 8 << 20)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    inflate(bomb, sys.argv[1], 8 << 20)
except Problem as problem:
    print(problem.code, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_a_bomb_costs_no_more_than_32_mebibytes_of_memory(encoding: str) -> None:
    argv = [sys.executable, "-c", MEASURE, encoding]
    code, grown_kib = subprocess.run(
        argv, capture_output=True, text=True, check=True
    ).stdout.split()
    assert code == "body_too_large"
    assert int(grown_kib) < 32 * 1024


def test_empty_blocks_that_unpack_to_nothing_do_not_go_on_for_ever() -> None:
    class Endless(io.RawIOBase):
        """A gzip body of empty stored blocks without end."""

        started = False

        def read(self, size: int = -1) -> bytes:
            start, self.started = b"" if self.started else gzip.compress(b"")[:10], True
            return start + b"\x00\x00\x00\xff\xff" * 10_000

    with pytest.raises(Problem) as caught:
        inflate(Endless(), "gzip", LIMIT_BYTES)  # type: ignore[arg-type]
    assert caught.value.code == "body_too_large"
