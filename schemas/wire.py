"""WIRE: every schema a handheld sends us, by name; fuzzed, hashed and documented from here."""

from schemas.answer import ConflictAnswer
from schemas.change import Batch, Change
from schemas.collection import CollectionSubmit
from schemas.edit import CardAmend, ContactRemove, ContactSave, StoreCreate, StoreEdit
from schemas.fields import Wire
from schemas.order import OrderCancel, OrderRevise, OrderSubmit
from schemas.page import EnrolRequest, PullRequest
from schemas.photo import PhotoBegin
from schemas.plan import PlanStopSave
from schemas.verify import VerifyRequest
from schemas.visit import CardSubmit, VisitSave

BODIES: dict[tuple[str, str], type[Wire]] = {
    ("visit", "save"): VisitSave,
    ("card", "submit"): CardSubmit,
    ("order", "submit"): OrderSubmit,
    ("order", "revise"): OrderRevise,
    ("order", "cancel"): OrderCancel,
    ("plan_stop", "save"): PlanStopSave,
    ("store", "edit"): StoreEdit,
    ("store", "create"): StoreCreate,
    ("contact", "save"): ContactSave,
    ("contact", "remove"): ContactRemove,
    ("card", "amend"): CardAmend,
    ("collection", "submit"): CollectionSubmit,
    ("conflict", "answer"): ConflictAnswer,
}

WIRE: dict[str, type[Wire]] = {
    "batch": Batch,
    "change": Change,
    "pull": PullRequest,
    "verify": VerifyRequest,
    "enrol": EnrolRequest,
    "photo": PhotoBegin,
    **{f"{kind}.{act}": schema for (kind, act), schema in BODIES.items()},
}
