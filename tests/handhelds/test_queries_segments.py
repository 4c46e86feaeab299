"""A segment on the handheld unpacks to so much and no more, whatever it says of itself."""

import msgspec
import pytest
import zstandard

from handhelds.reference import queries_segments
from handhelds.reference.queries_segments import _read

ROWS = {"stock": {"columns": ["id", "scope", "version"], "data": [["a", "wh:w1", 1]] * 500}}
TEXT = msgspec.json.encode(ROWS)


def packed(*, with_its_length: bool) -> bytes:
    """An ordinary frame, as servers make them; its window is smaller than the text."""
    how = zstandard.ZstdCompressionParameters(window_log=10, write_content_size=with_its_length)
    return zstandard.ZstdCompressor(compression_params=how).compress(TEXT)


@pytest.mark.parametrize("with_its_length", [True, False])
@pytest.mark.parametrize(("too_small", "is_read"), [(0, True), (1, False)])
def test_a_segment_unpacks_to_the_most_bytes_and_to_none_more(
    monkeypatch: pytest.MonkeyPatch, with_its_length: bool, too_small: int, is_read: bool
) -> None:
    monkeypatch.setattr(queries_segments, "MOST_BYTES", len(TEXT) - too_small)
    rows = _read(packed(with_its_length=with_its_length))
    assert (rows is not None) is is_read
    assert rows is None or rows["stock"].data == ROWS["stock"]["data"]


@pytest.mark.parametrize("body", [b"", b"{}", packed(with_its_length=True)[:-1], TEXT])
def test_what_is_no_whole_frame_cannot_be_read(body: bytes) -> None:
    assert _read(body) is None
