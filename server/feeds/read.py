"""Opens a feed file and hands out its rows; says in one sentence what is wrong with a bad file.

Whatever is wrong with the file as a whole (not UTF-8, cut short, another delimiter, no header) is
`Unreadable`: nothing of it is loaded. What is wrong with one line is that line's own problem.
Memory stays flat: a row at a time, and no line or unpacked file may grow without bound.
"""

import csv
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Self

LINE_BYTES = 1_000_000
FIELD_CHARACTERS = 100_000
UNPACKED_BYTES = 8 * 1024**3
DELIMITERS = ",;\t|"
NAMES = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}

Row = tuple[int, list[str] | None, str]
"""Line number of the row's first line, its fields, and "" or why it cannot be read."""


class Unreadable(Exception):
    """The file as a whole cannot be loaded; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How a file is written: what the mapping says under [file]."""

    delimiter: str = ","
    encoding: str = "utf-8"
    decimal_mark: str = "."


class Counted(io.RawIOBase):
    """The bytes of a file as they are read: counted for the progress bar, hashed for the log."""

    def __init__(self, raw: IO[bytes]) -> None:
        super().__init__()
        self.raw, self.read_bytes, self.hash = raw, 0, hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self.raw.read(len(buffer))
        buffer[: len(data)] = data
        self.read_bytes += len(data)
        self.hash.update(data)
        return len(data)


class Bounded(io.RawIOBase):
    """Unpacked bytes, as long as lines and the whole stay within bounds."""

    def __init__(self, raw: IO[bytes], limit: int) -> None:
        super().__init__()
        self.raw, self.left, self.since_newline = raw, limit, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            data = self.raw.read(len(buffer))
        except EOFError:
            raise Unreadable("The gzip file is cut short: copy or download it again.") from None
        except (gzip.BadGzipFile, zlib.error) as why:
            raise Unreadable(f"The gzip file is damaged ({why}): copy it again.") from None
        self.left -= len(data)
        if self.left < 0:
            raise Unreadable("The file unpacks to more than is allowed: load it in parts.")
        newline = data.rfind(b"\n")
        self.since_newline = (
            len(data) - newline - 1 if newline >= 0 else self.since_newline + len(data)
        )
        if self.since_newline > LINE_BYTES:
            raise Unreadable(
                f"A line is longer than {LINE_BYTES:,} bytes: this is no CSV file, or its line "
                "ends are missing."
            )
        buffer[: len(data)] = data
        return len(data)


@dataclass(slots=True)
class Source:
    """An open feed file: its header, and its rows one by one."""

    name: str
    size: int
    header: list[str]
    counted: Counted
    reader: Any
    raw: IO[bytes]
    read: int = field(default=0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.raw.close()

    @property
    def fraction(self) -> float:
        """How much of the file has been read, 0 to 1, by its packed bytes."""
        return min(self.counted.read_bytes / self.size, 1.0) if self.size else 0.0

    @property
    def sha256(self) -> str:
        """Of the file as it was sent; whole once every row has been read."""
        return self.counted.hash.hexdigest()

    def rows(self) -> Iterator[Row]:
        """Every row that is not blank. Raises Unreadable if the rest of the file is lost."""
        width, reader = len(self.header), self.reader
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                self._drain()
                return
            except csv.Error as why:
                self.read += 1
                yield line, None, _quoting(line, str(why))
                continue
            except UnicodeDecodeError as why:
                raise not_decoded(why, line) from None
            if not cells:
                continue
            self.read += 1
            if len(cells) != width:
                says = f"This line has {len(cells)} fields and the header {width}: put text that "
                yield line, None, says + "contains the delimiter in double quotes."
            else:
                yield line, cells, ""

    def _drain(self) -> None:
        """Hash what follows the last row, such as a gzip trailer's padding."""
        while self.counted.readinto(bytearray(65536)):
            pass


def _quoting(line: int, why: str) -> str:
    if "unexpected end of data" in why or "field larger" in why:
        raise Unreadable(
            f"A double quote opened on line {line} is not closed: close it, and write a double "
            'quote inside a text twice ("").'
        )
    return 'The quotes are wrong: write a double quote inside a quoted text twice ("").'


def not_decoded(why: UnicodeDecodeError, line: int) -> Unreadable:
    byte = f"0x{why.object[why.start]:02x}"
    return Unreadable(
        f"The file is not {why.encoding.upper()} near line {line} (byte {byte}): save it as "
        'UTF-8, or name its encoding in the mapping, such as encoding = "cp1252" under [file].'
    )


def open_path(path: Path, shape: Shape) -> Source:
    """Open a file on disk. Errors: Unreadable, also when there is no such file."""
    try:
        raw = path.open("rb")
    except OSError as why:
        raise Unreadable(f"{path} cannot be opened: {why.strerror}.") from None
    try:
        return open_stream(raw, path.name, path.stat().st_size, shape)
    except BaseException:
        raw.close()
        raise


def open_stream(
    raw: IO[bytes], name: str, size: int, shape: Shape, unpacked_bytes: int = UNPACKED_BYTES
) -> Source:
    """Open a stream of bytes, packed by gzip or not. Errors: Unreadable."""
    counted = Counted(raw)
    outer = io.BufferedReader(counted, 1 << 18)
    start = outer.peek(4)[:4]
    if not start:
        raise Unreadable("The file is empty: it needs at least a header line.")
    if start == b"PK\x03\x04":
        raise Unreadable("This is a workbook or a zip archive: save the sheet as CSV (UTF-8).")
    packed = start[:2] == b"\x1f\x8b"
    inner: Any = gzip.GzipFile(fileobj=outer) if packed else outer
    bounded = io.BufferedReader(Bounded(inner, unpacked_bytes), 1 << 18)
    csv.field_size_limit(FIELD_CHARACTERS)
    first = bounded.peek(4)[:4]
    if not first:
        raise Unreadable("The file is empty: it needs at least a header line.")
    if first[:2] in (b"\xff\xfe", b"\xfe\xff") and "16" not in shape.encoding:
        raise Unreadable("The file is UTF-16: save it as UTF-8.")
    encoding = "utf-8-sig" if shape.encoding.lower() in ("utf-8", "utf8") else shape.encoding
    text = io.TextIOWrapper(bounded, encoding=encoding, newline="")
    reader = csv.reader(text, delimiter=shape.delimiter, strict=True)
    return Source(name, size, _header(reader, shape.delimiter), counted, reader, raw)


def _header(reader: Any, delimiter: str) -> list[str]:
    try:
        header = [name.strip() for name in next(reader)]
    except StopIteration:
        header = []
    except UnicodeDecodeError as why:
        raise not_decoded(why, 1) from None
    except csv.Error as why:
        raise Unreadable(f"The header line cannot be read: {why}.") from None
    if not any(header):
        raise Unreadable("The first line is blank: it must be the header, the names of columns.")
    if len(header) == 1:
        for other in DELIMITERS:
            if other != delimiter and other in header[0]:
                raise Unreadable(
                    f"The header has one column, {header[0][:60]!r}, and seems to be separated by "
                    f"{NAMES[other]}, not {NAMES.get(delimiter, repr(delimiter))}: set delimiter "
                    "under [file] in the mapping, or pass --delimiter."
                )
    return header
