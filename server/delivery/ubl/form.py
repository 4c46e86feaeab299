"""UBL as a form of files in a folder: an Order a file out; OrderResponse, DespatchAdvice in. Pure.

An XML document that was cut off is not well-formed, so a file that may still be being written is
known by that (`Unfinished`); everything else that is wrong with one is `Damaged`. An answer that
only says "received", without a number, is read and says nothing.

UBL 2.1 has no document for "being picked", "delivered" or "invoiced under this number", so a JSON
status file (forms/as_json.py) is read beside the XML ones.
"""

from __future__ import annotations

from server.delivery.document import OutgoingOrder
from server.delivery.forms.as_json import AsJson
from server.delivery.forms.shape import Damaged, Incoming, Said, Unfinished
from server.delivery.ubl.documents import read
from server.delivery.ubl.names import RECEIVED, REJECTED
from server.delivery.ubl.order import written
from server.delivery.ubl.response import Response, as_answer, as_update
from server.delivery.ubl.safe import CutOff, Refusal


class AsUbl:
    """The form of UBL 2.1 files."""

    suffix = ".xml"

    def write(self, order: OutgoingOrder) -> bytes:
        return written(order)

    def read(self, name: str, content: bytes, target: str) -> Incoming:
        if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
            return AsJson().read(name, content, target)
        if not content.strip():
            raise Unfinished("the file is empty")
        try:
            said = read(content, target)
        except CutOff as why:
            raise Unfinished(str(why)) from None
        except Refusal as why:
            raise Damaged(str(why)) from None
        if not isinstance(said, Response):
            return Incoming(updates=said)
        if said.code == RECEIVED and not said.external_no:
            return Incoming()
        refused = (said.reason or "rejected (RE)") if said.code == REJECTED else ""
        update = as_update(said, target)
        return Incoming(
            said=(Said(said.order, said.revision, as_answer(said), refused),),
            updates=() if update is None else (update,),
        )
