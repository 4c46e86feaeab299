"""The talk that holds what is kept as answered against the receipts of a server that lost time.

Receipts come so many at once as the server likes. How far it got is kept after each answer, so
that a cut, or the end of the program, costs one of them at most.
"""

from collections.abc import Generator
from typing import Protocol

from handhelds.reference.answers import Call, Ending, Kept, PushAnswer, Reply, judge, read


class Answered(Protocol):
    """What was answered, and what to do when that is in doubt; queries_offered.py is one."""

    def unsure_from(self) -> int | None: ...
    def keep_receipts(self, answer: PushAnswer, from_n: int) -> Kept: ...
    def note_loss(self) -> None: ...
    def stop_being(self) -> None: ...


def check_receipts(
    keeper: Answered, secret: str, epoch: str | None
) -> Generator[Call, Reply | None, Ending]:
    """Ends "done" when nothing is unsure any more, or "refused" when the server has no readable
    ones: that is no reason not to push, and a later sync tries again."""
    answered = 0
    while (from_n := keeper.unsure_from()) is not None:
        reply = yield Call("GET", f"/sync/v1/receipts?from_n={from_n}", b"", secret)
        trouble = judge(reply)
        if trouble is not None:
            if trouble.state == "set_back":
                keeper.stop_being()
            return trouble.counting(answered=answered)
        answer = read(reply, PushAnswer)
        if answer is None:
            return Ending("refused", "the receipts could not be read", answered=answered)
        if answer.epoch != epoch:
            keeper.note_loss()  # once more; the next push learns of it
            return Ending("refused", "there is another epoch", answered=answered)
        kept = keeper.keep_receipts(answer, from_n)
        answered += kept.answered
        if kept.set_back:
            return Ending("set_back", answered=answered)
    return Ending("done", answered=answered)
