"""PROBLEMS: every error the server can answer, with its HTTP status and what to do about it.

One catalogue for three readers: the server raises ``Problem(code)`` and nothing else, PROTOCOL.md
prints ``problems_table()``, and a handheld acts on ``next`` without knowing the code. An answer is
``application/problem+json`` (RFC 9457) with three members more: ``code``, ``remedy`` and ``next``.

The rows under "one change" are also the reasons why a single change of a batch could not be read;
then they stand in that change's verdict and the rest of the batch is decided as ever.
"""

from __future__ import annotations

from typing import Any, NamedTuple

NEXT = {
    "retry": "keep everything and send the same again later (see Retry-After)",
    "mend": "do not send the same again; change what the detail names",
    "split": "send the changes in smaller batches, one by one if need be",
    "verify": "keep the outbox, push it, then pull afresh with cursor and page null",
    "enrol": "keep the outbox; the rep asks the office for a new code and enrols again",
    "wipe": "push the outbox first, then delete what this handheld holds",
    "login": "log in again",
}
"""What a program does next, whatever the code was."""


class Row(NamedTuple):
    """One problem of the catalogue; ``next`` is a key of ``NEXT``."""

    status: int
    title: str
    remedy: str
    next: str
    retry_after_s: int | None = None


PROBLEMS: dict[str, Row] = {
    # --- who is asking ---
    "not_authenticated": Row(
        401, "You are not logged in, or the device secret is unknown.",
        "Office: log in. Handheld: keep the outbox and enrol again with a code from the office.",
        "enrol"),
    "session_expired": Row(
        401, "Your office session has ended.", "Log in again; nothing was changed.", "login"),
    "wrong_device": Row(
        403, "The request names a device other than the one its secret belongs to.",
        "Send the device and install that were given at enrolment.", "enrol"),
    "device_revoked": Row(
        403, "The office has revoked this device.",
        "Push the outbox (it is read and held for the office), then delete the local data.",
        "wipe"),
    "device_in_use_elsewhere": Row(
        403, "Another installation has enrolled as this device since.",
        "Keep the outbox and enrol this installation again.", "enrol"),
    "forbidden": Row(
        403, "Your role may not do this.", "Ask an administrator for the role that may.", "mend"),
    "csrf_failed": Row(
        403, "The form was too old or came from another site.",
        "Reload the page and send the form again.", "mend"),
    "enrolment_code_unknown": Row(
        403, "There is no such enrolment code, or it was used already.",
        "Check the code for typing errors, or ask the office for a new one.", "mend"),
    "enrolment_code_expired": Row(
        403, "The enrolment code has expired.", "Ask the office for a new code.", "mend"),
    "login_failed": Row(
        401, "Name and password do not match.", "Try again, or ask an administrator for a reset.",
        "login"),
    "too_many_attempts": Row(
        429, "Too many attempts.", "Wait for the time given in Retry-After, then try again.",
        "retry", 60),
    "signature_invalid": Row(
        401, "The call-back is not signed as agreed.",
        "Sign id.timestamp.body with the delivery system's secret (Standard Webhooks, v1).",
        "mend"),
    # --- where the handheld stands ---
    "cursor_unknown": Row(
        409, "The server does not know this cursor.",
        "Push the outbox, then pull afresh; local changes without a verdict stay.", "verify"),
    "page_unknown": Row(
        422, "This page cannot be continued any more.",
        "Let go of the pages staged so far and begin the pull again from your cursor.", "mend"),
    "cursor_foreign": Row(
        409, "This cursor belongs to another device.",
        "Push the outbox, then pull afresh; local changes without a verdict stay.", "verify"),
    "segment_unknown": Row(
        404, "There is no such segment, or not for this handheld.",
        "Let go of the pages staged so far and begin the pull again from your cursor.", "mend"),
    "epoch_changed": Row(
        409, "The server's database is another one than this handheld last spoke to.",
        "Send again every change above acknowledged_through, then pull afresh.", "verify"),
    "schema_unsupported": Row(
        409, "The server does not serve this schema version.",
        "Update the handheld's program. Pushing still works.", "mend"),
    # --- the request as a whole ---
    "body_damaged": Row(
        400, "The request body is cut short or does not unpack.", "Send the same again.", "retry"),
    "body_too_large": Row(
        413, "The request body is too large.", "Send fewer changes at a time.", "split"),
    "batch_too_large": Row(
        413, "The batch has too many changes.", "Send at most 500 changes at a time.", "split"),
    "encoding_unsupported": Row(
        415, "The request body is encoded in a way the server does not read.",
        "Use Content-Encoding gzip or zstd, or none.", "mend"),
    "content_type_unsupported": Row(
        415, "The request body is not declared as JSON.",
        "Send Content-Type: application/json.", "mend"),
    "envelope_invalid": Row(
        422, "The request is JSON but not of the agreed shape.",
        "Correct the fields named in errors.", "mend"),
    "range_unsatisfiable": Row(
        416, "The range begins behind the last byte.", "Ask for the whole again.", "mend"),
    "not_found": Row(404, "There is nothing at this address.", "Check the address.", "mend"),
    "method_not_allowed": Row(
        405, "This address does not take this method.", "Use a method named in Allow.", "mend"),
    # --- one change, or any other JSON document, cannot be read ---
    "not_json": Row(
        400, "It is not JSON.",
        "Write it with a JSON library; send the changes one by one to find the one at fault.",
        "split"),
    "not_utf8": Row(400, "It is not UTF-8 text.", "Encode text as UTF-8.", "mend"),
    "too_deep": Row(400, "It is nested more than 32 levels deep.", "Nest it less.", "mend"),
    "duplicate_key": Row(
        400, "An object names the same key twice.", "Name each key once.", "mend"),
    "number_out_of_range": Row(
        400, "It contains NaN, Infinity or a number too large to keep.",
        "Send whole numbers below 2^53 and decimal numbers as text.", "mend"),
    "lone_surrogate": Row(
        400, "A text contains half of a surrogate pair.",
        "Cut texts between characters, never inside one.", "mend"),
    "nul_character": Row(
        400, "A text contains the character NUL.", "Remove U+0000 from texts.", "mend"),
    "change_too_large": Row(
        413, "The change is larger than 1 MiB or has more than 20,000 parts.",
        "Split it into several changes.", "mend"),
    "change_invalid": Row(
        422, "The change is JSON but not of the agreed shape.",
        "Correct the fields named in errors, and send it as a new change.", "mend"),
    "kind_unknown": Row(
        422, "Nobody may push this kind, act or version.",
        "See the table of kinds; update the server if the handheld is newer.", "mend"),
    # --- the office's own work ---
    "load_rejected": Row(
        422, "The file was not loaded.", "Correct the rows named in the rejects file, load again.",
        "mend"),
    "mapping_invalid": Row(
        422, "The column mapping does not fit the file.",
        "Correct the columns named in errors.", "mend"),
    "changed_meanwhile": Row(
        409, "Somebody else changed this in the meantime.", "Reload, look, and decide again.",
        "mend"),
    # --- photos, beside the sync ---
    "photo_unknown": Row(
        404, "There is no such photo.", "Say first what is about to come: POST photos.", "mend"),
    "photo_different": Row(
        409, "This id stands for another photo.", "Send it as a new photo with a new id.", "mend"),
    "photo_offset": Row(
        409, "Another byte of this photo is next.",
        "Go on at received_bytes.", "mend"),
    "photo_damaged": Row(
        422, "All bytes came, but they do not fit the checksum.",
        "Send the photo again from its first byte.", "mend"),
    "photos_full": Row(
        503, "There is no room for photos just now; orders are not touched by this.",
        "Keep the photo and send it later.", "retry", 3600),
    # --- our side ---
    "database_unavailable": Row(
        503, "The database does not answer just now.", "Keep everything and send the same again.",
        "retry", 5),
    "server_busy": Row(
        503, "The server has too much to do just now.", "Keep everything and send the same again.",
        "retry", 5),
    "internal": Row(
        500, "Something went wrong on our side; it is logged under the incident number.",
        "Send the same again later; tell the operator the incident number if it stays.",
        "retry", 30),
}  # fmt: skip


class Problem(Exception):
    """An answer other than success. ``code`` is a key of ``PROBLEMS`` (``KeyError`` otherwise);
    ``detail`` is one sentence on this very occurrence; members go into the answer as they are.
    """

    def __init__(self, code: str, detail: str | None = None, **members: Any) -> None:
        self.code = code
        self.row = PROBLEMS[code]
        self.body = problem(code, detail, **members)
        super().__init__(f"{code}: {detail or self.row.title}")

    @property
    def status(self) -> int:
        """The HTTP status of the answer."""
        return self.row.status

    @property
    def headers(self) -> dict[str, str]:
        """Headers of the answer: its type, and Retry-After in seconds where waiting helps."""
        seconds = self.body.get("retry_after_s")
        kind = {"Content-Type": "application/problem+json"}
        return kind if seconds is None else {**kind, "Retry-After": str(seconds)}


RESERVED = frozenset({"type", "title", "status", "code", "remedy", "next"})


def problem(code: str, detail: str | None = None, **members: Any) -> dict[str, Any]:
    """The body of an RFC 9457 answer. ``retry_after_s`` may be given among ``members``.

    ``KeyError`` for a code outside the catalogue, ``ValueError`` for a member that would hide one
    of the catalogue's own.
    """
    row = PROBLEMS[code]
    if hidden := RESERVED & members.keys():
        raise ValueError(f"members of a problem may not be named {', '.join(sorted(hidden))}")
    told: dict[str, Any] = {
        "type": f"/docs/problems#{code}",
        "title": row.title,
        "status": row.status,
        "code": code,
        "remedy": row.remedy,
        "next": row.next,
    }
    if detail is not None:
        told["detail"] = detail
    if row.retry_after_s is not None:
        told["retry_after_s"] = row.retry_after_s
    return told | members


def problems_table() -> str:
    """The catalogue as two Markdown tables, for PROTOCOL.md: problems, and what ``next`` asks."""
    lines = [
        "| code | status | what it says | what to do | next |",
        "| --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| `{code}` | {row.status} | {row.title} | {row.remedy} | `{row.next}` |"
        for code, row in PROBLEMS.items()
    ]
    lines += ["", "| next | what a handheld does |", "| --- | --- |"]
    lines += [f"| `{word}` | {says} |" for word, says in NEXT.items()]
    return "\n".join(lines) + "\n"
