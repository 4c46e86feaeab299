"""The twenty-three rules in English: what each decides, and why a professional would."""

from collections.abc import Mapping

from sync.manual.shapes import Paragraph

RULES: Mapping[int, Paragraph] = {
    1: Paragraph(
        "An order meets stock that has run short",
        "The order is taken as what the store wants. What the warehouse can promise at that "
        "moment is promised line by line; the rest is owed, left out, replaced or put to a "
        "person, as the firm chose. The delivery system has the last word, and each line that "
        "got less is told to its rep.",
        "The wish was real, the figure in the rep's hand was a forecast. An order cut down in "
        "silence hides the very demand a firm plans by.",
    ),
    2: Paragraph(
        "Two reps want the last cases",
        "Whoever's order the server commits first is promised them, whatever their clocks say. "
        "A firm may keep the last part of the day's stock for its key accounts.",
        "Clocks of handhelds cannot be trusted, and a promise that was given cannot be taken back.",
    ),
    3: Paragraph(
        "The price changed after the rep's copy",
        "A quoted price stands if it was right on a copy that was not older than the days of "
        "grace; beyond that the line waits with both prices. If the price fell, the store gets "
        "the lower one and is told so.",
        "The shopkeeper heard a price. Changing it in silence ends in disputes and credit notes.",
    ),
    4: Paragraph(
        "A promotion ended, or its budget is used up",
        "A promotion is worked out as it was at the moment of ordering. Budgets and shares of "
        "stores are reserved as orders are committed, and a line for which too little is left "
        "waits instead of being dropped.",
        "The arithmetic can be played again by anybody, and the budget still holds.",
    ),
    5: Paragraph(
        "A product was blocked or is being sold out",
        "Only that line is refused, with the reason and the product to take instead. The rest of "
        "the order goes on.",
        "One dead article must not stop a delivery.",
    ),
    6: Paragraph(
        "The store's credit ran out after the copy",
        "The order is kept and waits for finance. It goes on when money or a higher limit "
        "arrives, or a person lets it; at the cut-off of its delivery day its stock goes back "
        "and the rep is told.",
        "The rep acted in good faith, and the sale can still be saved.",
    ),
    7: Paragraph(
        "The store was closed or merged meanwhile",
        "Visits, cards and receipts are taken as they are. An order waits: the office reopens "
        "the store, sends the order to the store it was merged into, or cancels it.",
        "What was seen and paid has happened; a fact is never refused.",
    ),
    8: Paragraph(
        "Two reps order for one store on one day",
        "Both orders are taken. If most of their lines are the same, the later one waits for a "
        "person. The same order sent twice is one order and raises nothing.",
        "Selling as a team is fine; delivering twice is expensive.",
    ),
    9: Paragraph(
        "The office corrected a card the rep edits",
        "Field by field, the one who stood in the store wins, and the office's value stays in "
        "the card's history. Once the card is locked, the rep's edit becomes a request.",
        "A card is an observation and no opinion, and closed reports must not move.",
    ),
    10: Paragraph(
        "Office and rep both changed the plan",
        "A visit that was begun or done always stays so. If both moved the same visit, what the "
        "office fixed stays fixed; within the week the rep's day counts; otherwise the office's. "
        "Changes of different visits are all kept.",
        "The rep knows the street, the office knows the campaign.",
    ),
    11: Paragraph(
        "Money was taken offline while finance was posting",
        "A receipt is a fact with a number of its own and is never refused. What it is to pay is "
        "a proposal: where the item is settled already, the money stays on account and finance "
        "is told. The same cheque, or the same amount from the same store on a day, goes onto "
        "the list of possible duplicates.",
        "The money is there. Guarding against counting it twice is what every treasury does.",
    ),
    12: Paragraph(
        "An order is changed after it was sent",
        "What the delivery system has is asked of it. From picking on the edit is refused, and a "
        "supplement or a return is offered in one step; the order itself stays as it was. What a "
        "store has may always come back, by the piece: of a return nothing is asked that is asked "
        "of what is sold or sent.",
        "What happens in the warehouse is more real than what stands on a screen, and goods that "
        "are broken, late or not sold any more are just those that come back.",
    ),
    13: Paragraph(
        "The office cancels while the rep edits",
        "The order stays cancelled. What the rep wrote is kept as a new draft that goes out only "
        "when the rep sends it.",
        "No order rises from the dead, and nobody's typing is lost.",
    ),
    14: Paragraph(
        "Rep and office edit one store",
        "Fields are joined by who owns them. In one and the same field the owner wins, and the "
        "other's value becomes a request; of two positions the more accurate one stays.",
        "A telephone number must not be lost to an edit of a tax number.",
    ),
    15: Paragraph(
        "Two reps create the same store",
        "Both wait for approval. Distance, name, telephone and tax number say how alike they "
        "are; when one is merged into the other its id lives on, so that late orders follow.",
        "A store must be creatable without a network.",
    ),
    16: Paragraph(
        "The store went to another rep",
        "What was captured before the change, or within the days of grace after it, is taken and "
        "credited to its author; later edits are refused with a sentence. The old handheld is "
        "emptied of the store only when its queue is empty.",
        "A hand-over loses nothing.",
    ),
    17: Paragraph(
        "A row was deleted here and edited there",
        "It does not come back. The edit becomes a request, and what hangs on the row follows to "
        "its successor or waits.",
        "Deleting was a decision.",
    ),
    18: Paragraph(
        "Copies of stock and receivables grow old",
        "A handheld only reads them and always shows their age. An order taken on a copy that is "
        "too old is asked about once, and says how old the copy was.",
        "An honest age is worth more than a precise figure that is wrong.",
    ),
    19: Paragraph(
        "The clock of a handheld is wrong",
        "The difference is measured at each contact. Order follows the server's sequence, dates "
        "follow the corrected time, and a clock that is more than some minutes off is reported.",
        "Periods and promotions hang on dates.",
    ),
    20: Paragraph(
        "A handheld was lost, a rep dismissed",
        "The handheld is revoked. What it had captured is still taken, into the supervisor's "
        "hands and nowhere else; many changes at once raise an alarm.",
        "Somebody who leaves can do damage, and the work done before is still worth having.",
    ),
    21: Paragraph(
        "One item of a batch is bad",
        "It alone waits, with what depends on it and the reason in plain words for both sides. "
        "Everything else of the batch is committed.",
        "Whoever takes batches whole or not at all loses a day to one slip of a finger.",
    ),
    22: Paragraph(
        "Facts arrive after their period was closed",
        "They count on the day they happened, are marked late, and appear in the next version of "
        "the period's report. The version that was frozen stays readable.",
        "Figures that were reported can still be explained.",
    ),
    23: Paragraph(
        "A rep has two handhelds, or an old one",
        "Each handheld counts for itself, and both count. The server understands at least the "
        "two shapes before its own; beyond that a handheld is told why it only reads, and keeps "
        "its queue.",
        "An upgrade never costs data.",
    ),
}

BESIDE = Paragraph(
    "Checks beside the rules",
    "Questions an order desk asks in any case, also when nothing changed meanwhile.",
    "They catch slips, and each firm sets them as it likes.",
)
