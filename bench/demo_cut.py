"""Cuts the demo's company out of the full Iowa wholesale record.

    python -m bench.demo_cut DATA server/demo/data

DATA is a folder with stores, products, order_headers and order_lines_* as CSV (gzip or not), in
the columns that `server/feeds/mappings/iowa` maps. The cut is some sixty stores around one town,
the products they buy most, and thirteen weeks of their orders, held to those products: what an
order comes to is the sum of the lines that are left. Receivables and stock are in no public
record; they are derived here from a seed, and say so.
"""

import csv
import gzip
import io
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from server.feeds.derive import as_csv, draws, stock_of

TOWNS = ("CEDAR RAPIDS", "MARION", "HIAWATHA", "MOUNT VERNON", "SOLON", "PALO")
STORES = {"A": 12, "B": 20, "C": 26, "": 2}
"""How many of each class; the last have no orders, and are closed."""
PRODUCTS = 180
WEEKS = 13
LINES_AN_ORDER = 12
TERMS_DAYS = 14
SEED = "demo"

Row = dict[str, Any]


def main(data: Path, out: Path) -> None:
    """Write the five files of the cut."""
    last = max(date.fromisoformat(row["date"]) for row in rows(data, "order_headers"))
    first = last - timedelta(weeks=WEEKS) + timedelta(days=1)
    stores = pick_stores(list(rows(data, "stores")))
    headers = [
        row
        for row in rows(data, "order_headers")
        if row["store_no"] in stores and date.fromisoformat(row["date"]) >= first
    ]
    numbers = {row["invoice_no"] for row in headers}
    lines = [row for row in every_line(data) if row["invoice_no"] in numbers]
    products = pick_products(list(rows(data, "products")), lines)
    lines = thin(lines, products)
    headers = total(headers, lines)
    for row in products.values():  # the list's one price is taken to hold from the first day on
        row["report_date"] = first.isoformat()
    out.mkdir(parents=True, exist_ok=True)
    write(out / "stores.csv", stores.values())
    write(out / "products.csv", products.values())
    write(out / "order_headers.csv", headers)
    write(out / "order_lines.csv", lines)
    write(out / "receivables_derived.csv", [receivable(row, last) for row in headers])
    (out / "stock.csv").write_bytes(stock(products, lines, last))
    size = sum(path.stat().st_size for path in out.glob("*.csv"))
    print(f"{len(stores)} stores, {len(products)} products, {len(headers)} orders, {len(lines)}"
          f" lines, {first} to {last}: {size:,} bytes in {out}")  # fmt: skip


def rows(data: Path, name: str) -> Iterator[Row]:
    """The rows of a file of the record, packed or not."""
    path = next(path for path in (data / f"{name}.csv", data / f"{name}.csv.gz") if path.exists())
    yield from read(path)


def every_line(data: Path) -> Iterator[Row]:
    """The rows of all files of order lines."""
    for path in sorted(data.glob("order_lines*.csv*")):
        yield from read(path)


def read(path: Path) -> Iterator[Row]:
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8")
    yield from csv.DictReader(io.StringIO(text, newline=""))


def pick_stores(found: list[Row]) -> dict[str, Row]:
    """The stores of the towns, so many of each class, drawn by their number."""
    near = [row for row in found if row["city"] in TOWNS]
    picked: dict[str, Row] = {}
    for kind, most in STORES.items():
        mine = [row for row in near if row["class_derived"] == kind]
        mine.sort(key=lambda row: draws(row["store_no"], SEED))
        # a store without coordinates first: the demo is to show one placed by its town
        mine.sort(key=lambda row: bool(row["lat"]))
        picked |= {row["store_no"]: row for row in mine[:most]}
    return dict(sorted(picked.items()))


def pick_products(found: list[Row], lines: Iterable[Row]) -> dict[str, Row]:
    """The products on most lines."""
    count = Counter(row["item_no"] for row in lines)
    best = {code for code, _ in count.most_common(PRODUCTS)}
    return {row["item_no"]: row for row in found if row["item_no"] in best}


def thin(lines: Iterable[Row], products: dict[str, Row]) -> list[Row]:
    """Lines of the chosen products, at most so many an order, numbered anew."""
    kept: list[Row] = []
    count: Counter[str] = Counter()
    for row in lines:
        if row["item_no"] in products and count[row["invoice_no"]] < LINES_AN_ORDER:
            count[row["invoice_no"]] += 1
            kept.append(row | {"line_no": count[row["invoice_no"]]})
    return kept


def total(headers: Iterable[Row], lines: Iterable[Row]) -> list[Row]:
    """Headers with lines left, counted and added up anew."""
    cents: Counter[str] = Counter()
    count: Counter[str] = Counter()
    for row in lines:
        cents[row["invoice_no"]] += round(float(row["amount_usd"]) * 100)
        count[row["invoice_no"]] += 1
    return [
        row
        | {
            "lines": count[row["invoice_no"]],
            "total_usd": f"{cents[row['invoice_no']] / 100:.2f}",
            "lines_missing": 0,
        }
        for row in headers
        if count[row["invoice_no"]]
    ]


def receivable(header: Row, last: date) -> Row:
    """What a store owes for an order. A store has a habit, and is now and then better or worse.

    Of ten stores six pay within three days of the due day, three up to three weeks late, one up
    to seven weeks late. Paid after the last day of the cut means open.
    """
    habit, _ = draws(header["store_no"], SEED)
    mood, swing = draws(header["invoice_no"], SEED)
    late = -3 + 6 * mood if habit < 0.6 else 21 * mood if habit < 0.9 else 49 * mood
    issued = date.fromisoformat(header["date"])
    due = issued + timedelta(days=TERMS_DAYS)
    paid = max(due + timedelta(days=round(late + (swing - 0.5) * 2)), issued)
    is_paid = paid <= last
    return {
        "invoice_no": header["invoice_no"],
        "store_no": header["store_no"],
        "invoice_date": issued,
        "due_date": due,
        "amount_usd": header["total_usd"],
        "paid_date": paid if is_paid else "",
        "open_usd": "0.00" if is_paid else header["total_usd"],
    }


def stock(products: dict[str, Row], lines: Iterable[Row], last: date) -> bytes:
    """A stock of the day from the thirteen weeks' sales."""
    sold: Counter[str] = Counter()
    for row in lines:
        sold[row["item_no"]] += int(row["qty_bottles"])
    return as_csv(
        stock_of(code, sold[code], int(row["bottles_per_case"]), last, SEED)
        for code, row in products.items()
    )


def write(path: Path, found: Iterable[Row]) -> None:
    """Rows as CSV, columns as in the record."""
    told = list(found)
    with path.open("w", encoding="utf-8", newline="") as text:
        out = csv.DictWriter(text, list(told[0]), lineterminator="\n")
        out.writeheader()
        out.writerows(told)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
