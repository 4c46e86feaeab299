"""Outcome and Verdict: what becomes of a change, as a push answers it."""

from schemas.fields import Choice, Code, Flag, Instant, Many, Mapped, Text, Uuid, Whole, Wire

OUTCOMES = ("applied", "adjusted", "merged", "held", "rejected", "waiting")


class AnswerOffered(Wire):
    """What the rep may answer: its name, and what stands on the button."""

    name = Code(required=True)
    says = Text(at_most=200, required=True)


class ConflictTold(Wire):
    """One thing a person should know about a change, with a sentence."""

    id = Uuid(required=True)
    rule = Code(required=True)
    line = Whole(allow_none=True, load_default=None)
    yours = Text(at_most=200, allow_none=True, load_default=None)
    now = Text(at_most=200, allow_none=True, load_default=None)
    decision = Code(required=True)
    needs = Choice("rep", "office", allow_none=True, load_default=None)
    message = Code(required=True)
    arguments = Mapped(Text(at_most=200, allow_none=True), at_most=40, required=True)
    says = Text(at_most=1_000, required=True)
    item = Code(load_default="notice")
    owner = Code(allow_none=True, load_default=None)
    field = Code(allow_none=True, load_default=None)
    base = Text(at_most=200, allow_none=True, load_default=None)
    answers = Many(AnswerOffered, at_most=20, load_default=list)


class Verdict(Wire):
    """What became of one change. The same for ever, but for `replayed`."""

    n = Whole(required=True, allow_none=True)
    id = Uuid(required=True)
    outcome = Choice(*OUTCOMES, required=True)
    refs = Mapped(Code(), at_most=10, required=True)
    state = Code(allow_none=True, load_default=None)
    conflicts = Many(ConflictTold, at_most=5_000, required=True)
    says = Text(at_most=2_000, required=True)
    replayed = Flag(required=True)


class PushAnswer(Wire):
    """The answer to a push."""

    verdicts = Many(Verdict, at_most=500, required=True)
    acknowledged_through = Whole(required=True)
    epoch = Code(required=True)
    server_time = Instant(required=True)
