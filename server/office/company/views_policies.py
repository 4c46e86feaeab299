"""Policies: what each rule does here, chosen for the company, a banner or a store."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import msgspec
from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from sqlalchemy import Connection

from schemas.ids import uuid7
from schemas.problem import Problem
from server import asking
from server.access.people import Person
from server.access.queries import company_cell
from server.auth import needs
from server.database import in_transaction
from server.office.company import queries_policies as queries
from sync.audit import note
from sync.facts import Policy
from sync.rules.all import BY_NAME, RULES
from sync.rules.policies import validate_policies
from sync.rules.rule import Rule
from sync.write import remove, write

blueprint = Blueprint("policies", __name__)
NAMES = {"order": "Orders", "order_line": "Order lines", "collection": "Money taken",
         "collection_item": "What money is for"}  # fmt: skip
UUID = re.compile(r"\A[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")


@dataclass(frozen=True, slots=True)
class Chosen:
    """One policy row as the page shows it. `where`: company, banner X or store Y."""

    id: str
    where: str
    choice: str
    params: Mapping[str, int]
    by: str


@blueprint.get("/policies")
@needs("office", to="read what each rule does here")
def policies() -> str:
    """Every rule with its default, its choices and bounds, and what the office chose."""
    person = asking.person()
    typed = request.args.get("q", "").strip().casefold()[:80]
    with asking.engine().begin() as conn:
        home = company_cell(conn, person.company)
        found = queries.policies(conn, home)
        banners = queries.banners(conn, person.cells)
        changes = queries.changes(conn, home)
    chosen: dict[str, list[Chosen]] = {}
    for row in found:
        where = f"store {row.store_name}" if row.store else f"banner {row.banner}"
        where = where if row.store or row.banner else "the company"
        by = row.who_name or row.changed_by.partition(":")[2]
        one = Chosen(row.id, where, row.choice, row.params, by)
        chosen.setdefault(row.rule, []).append(one)
    return render_template(
        "policies.html",
        kinds=[(_kind(kind), _shown(rows.items(), typed)) for kind, rows in RULES.items()],
        chosen=chosen,
        banners=banners,
        changes=changes,
        typed=typed,
        plain=plain,
    )


def _kind(kind: str) -> str:
    return NAMES.get(kind) or kind.replace("_", " ").capitalize()


def _shown(
    questions: Iterable[tuple[str, tuple[Rule[...], ...]]], typed: str
) -> list[tuple[str, Rule[...]]]:
    """(question, rule) of a kind, those that fit what was typed."""
    return [
        (question, row)
        for question, rows in questions
        for row in rows
        if typed in f"{row.name} {plain(row.name)} {question}".casefold()
    ]


def plain(name: str) -> str:
    """The name of an answer or a parameter as people read it."""
    return name.replace("_", " ")


@blueprint.post("/policies/<rule>")
@needs("admin", "supervisor", to="choose what each rule does here")
def choose(rule: str) -> Response:
    """Set a policy: for the company, for a banner, or for a store named by its code."""
    person, row = asking.person(), BY_NAME.get(rule)
    if row is None:
        raise Problem("not_found")
    faults = in_transaction(asking.engine(), lambda conn: _choose(conn, person, row))
    for fault in faults:
        flash(fault, "fault")
    if not faults:
        flash(f"Chosen for {plain(rule)}. It holds for what arrives from now on.", "note")
    return _back(rule)


def _choose(conn: Connection, person: Person, row: Rule[...]) -> list[str]:
    """Validate and write one policy; returns what is wrong with it, in words."""
    form, home = request.form, company_cell(conn, person.company)
    banner, code = form.get("banner", "").strip()[:80] or None, form.get("store", "").strip()[:64]
    store = queries.store_of(conn, person.cells, code) if code else None
    if code and store is None:
        return [f"There is no store {code} here."]
    params, faults = _params(row, form)
    if faults:
        return faults
    there = queries.policies(conn, home)
    mine = next(
        (p for p in there if (p.rule, p.banner, p.store) == (row.name, banner, store)), None
    )
    made = Policy(row.name, form.get("choice") or row.then.__name__, params, banner, store)
    others = [Policy(p.rule, p.choice, p.params, p.banner, p.store) for p in there if p is not mine]
    known = set(validate_policies(others))
    faults = [fault for fault in validate_policies([*others, made]) if fault not in known]
    if faults:
        return [f"{fault[:1].upper()}{fault[1:]}." for fault in faults]
    after = {"choice": made.choice, "params": dict(params), "banner": banner, "store": store}
    before = None if mine is None else {
        "choice": mine.choice, "params": mine.params, "banner": mine.banner, "store": mine.store,
    }  # fmt: skip
    made_row = {"id": mine.id if mine else uuid7(), "rule": row.name, **after}
    made_row["params"] = msgspec.json.encode(params).decode()
    note(conn, home, person.who, "policy.chosen", f"policy/{row.name}", asking.now(),
         before=before, after=after, address=asking.address())  # fmt: skip
    write(conn, home, "policy", [made_row], person.who)
    return []


def _params(row: Rule[...], form: Mapping[str, str]) -> tuple[dict[str, int], list[str]]:
    """The parameters typed, those that are not the default; and what is wrong with them."""
    params, faults = {}, []
    for name, (default, least, most) in row.params.items():
        typed = form.get(f"param:{name}", "").strip()
        if not typed:
            continue
        if not re.fullmatch(r"-?[0-9]{1,18}", typed):
            faults.append(f"{plain(name).capitalize()} is a whole number from {least} to {most}.")
        elif int(typed) != default:
            params[name] = int(typed)
    return params, faults


@blueprint.post("/policies/<rule>/<policy>/forget")
@needs("admin", "supervisor")
def forget(rule: str, policy: str) -> Response:
    """Take a policy back: the rule does again what it does by default, or by a wider policy."""
    person = asking.person()
    if not UUID.match(policy):
        raise Problem("not_found")

    def work(conn: Connection) -> bool:
        home = company_cell(conn, person.company)
        mine = next((p for p in queries.policies(conn, home) if p.id == policy), None)
        if mine is None or mine.rule != rule:
            return False
        before = {"choice": mine.choice, "params": mine.params, "banner": mine.banner,
                  "store": mine.store}  # fmt: skip
        note(conn, home, person.who, "policy.forgotten", f"policy/{rule}", asking.now(),
             before=before, after={}, address=asking.address())  # fmt: skip
        remove(conn, home, "policy", [policy])
        return True

    if in_transaction(asking.engine(), work):
        flash(f"Taken back for {plain(rule)}.", "note")
    else:
        flash("Somebody was quicker: this policy is not here any more.", "fault")
    return _back(rule)


def _back(rule: str) -> Response:
    return redirect(url_for("office.policies.policies", _anchor=rule))  # type: ignore[return-value]
