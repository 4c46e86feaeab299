"""Readers of settings: text becomes a value, or ValueError says what to write instead."""

import difflib
import os
import re
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError


def whole(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if re.fullmatch(r"[0-9]{1,12}", text) and least <= int(text) <= most:
            return int(text)
        raise ValueError(f"write a whole number from {least} to {most}")

    return read


def seconds(least: float, most: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        if re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,3})?", text) and least <= float(text) <= most:
            return float(text)
        raise ValueError(f"write a number of seconds from {least:g} to {most:g}")

    return read


def one_of(*choices: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text.lower() in choices:
            return text.lower()
        near = difflib.get_close_matches(text.lower(), choices, n=1)
        meant = f" (did you mean {near[0]}?)" if near else ""
        raise ValueError(f"write one of {', '.join(choices)}{meant}")

    return read


def folder(text: str) -> Path:
    path = Path(text).expanduser()
    if not path.is_absolute():
        raise ValueError(f"write the whole path, for example {Path.cwd() / text}")
    return Path(os.path.normpath(path))


def maybe_folder(text: str) -> Path | None:
    return folder(text) if text else None


def database(text: str) -> str:
    """An address in any of its usual spellings, as SQLAlchemy and psycopg 3 want it."""
    if not text:
        return ""
    remedy = "write postgresql://USER:PASSWORD@HOST:PORT/DATABASE (PostgreSQL 15 or later)"
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise ValueError(remedy) from None
    if url.drivername not in ("postgresql+psycopg", "postgresql", "postgres") or not url.database:
        raise ValueError(remedy)
    return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def address(text: str) -> str:
    if not text or re.fullmatch(r"https?://[^/\s?#@]+", text.rstrip("/")):
        return text.rstrip("/")
    raise ValueError("write scheme and host without a path, for example https://sales.example")


def routing(text: str) -> str:
    if not text or re.fullmatch(r"(osrm|valhalla)\+https?://[^\s?#@]+", text):
        return text
    raise ValueError("write its kind and address, for example osrm+http://127.0.0.1:5000")


def host(text: str) -> str:
    if text and not re.search(r"[\s/]", text):
        return text
    raise ValueError("write an address to listen on, for example 127.0.0.1, 0.0.0.0 or ::")


def key(text: str) -> str:
    if text and len(text) < 32:
        raise ValueError("write at least 32 random characters, or leave it out: one is made")
    return text


def channel(text: str) -> str:
    if re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", text):
        return text
    raise ValueError("write small letters, digits and _, at most 63, a letter first")


def prepare(text: str) -> int | None:
    return None if text.lower() == "off" else whole(0, 1_000)(text)
