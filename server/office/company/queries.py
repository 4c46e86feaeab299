"""SQL of the page about people: who they are, and the cells they work in."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

Found = Any


def people(conn: Connection, company: str, cells: Sequence[int]) -> list[Found]:
    found = text("""
        SELECT u.*, c.name AS cell_name,
               (SELECT count(*) FROM device d WHERE d.company = u.company AND d.rep = u.code
                   AND d.state NOT IN ('revoked', 'wiped')) AS devices
          FROM app_user u JOIN cell c ON c.cell = u.cell
         WHERE u.company = :company AND u.cell = ANY(:cells)
         ORDER BY u.state = 'left', u.name, u.code
    """)
    return list(conn.execute(found, {"company": company, "cells": list(cells)}))


def cells(conn: Connection, company: str, numbers: Sequence[int]) -> list[Found]:
    found = text("""
        SELECT cell, name, kind FROM cell
         WHERE company = :company AND cell = ANY(:cells) ORDER BY cell
    """)
    return list(conn.execute(found, {"company": company, "cells": list(numbers)}))
