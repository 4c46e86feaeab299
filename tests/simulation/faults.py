"""FAULTS: everything that may go wrong, what it stands for, and what is promised all the same."""

from typing import NamedTuple

NO_LOSS = "nothing saved on a handheld is lost"
ONCE = "it takes effect once"
WHOLE = "a page counts only when it is whole"
NO_BLOCK = "one bad change keeps no other back"
SAME = "the copy is the server's again"


class Fault(NamedTuple):
    """A kind of fault: the number it has in the list of the design, and its promise."""

    number: str
    says: str
    promise: str


FAULTS: dict[str, Fault] = {
    # the line
    "cut_before": Fault("F1", "the line is cut before the request arrives", NO_LOSS),
    "cut_within": Fault("F1", "half of the request arrives", NO_LOSS),
    "cut_after": Fault("F2", "the server has done it, and its answer is lost", ONCE),
    "cut_answer": Fault("F3", "half of the answer arrives, and that shows", WHOLE),
    "torn_answer": Fault("F3", "half of the answer arrives as if it were all", WHOLE),
    "twice": Fault("F4", "the request arrives twice at once", ONCE),
    "late_copy": Fault("F5", "a copy of the request arrives again hours later", ONCE),
    "late": Fault("F5", "the request is lost, and arrives hours later", ONCE),
    "bad_gzip": Fault("F6", "bytes of the packed request are wrong", NO_LOSS),
    "slow": Fault("F8", "the answer takes minutes", NO_LOSS),
    "portal": Fault("F22", "a hotel's page answers in place of the server", NO_LOSS),
    "bad_gateway": Fault("F34", "a proxy answers that the server is away", NO_LOSS),
    "busy": Fault("F16", "the server is busy and asks to come again", NO_LOSS),
    # the server, while it answers
    "die_in_push": Fault("F9", "the server is killed before it has committed", ONCE),
    "die_after_push": Fault("F10", "the server is killed after it has committed", ONCE),
    "die_in_pull": Fault("F11", "the server is killed while it answers a pull", WHOLE),
    "race": Fault("F17", "the database ends the transaction: a deadlock", ONCE),
    "stumble": Fault("F41", "the server stumbles over the batch, and goes one by one", NO_BLOCK),
    "hung_up": Fault("F13", "the database has cut idle connections", NO_LOSS),
    "backend_killed": Fault("F12", "the database ends the connection in a transaction", ONCE),
    # handhelds
    "killed_saving": Fault("F37", "the handheld is killed while it saves", NO_LOSS),
    "killed_syncing": Fault("F37", "the handheld is killed while it syncs", NO_LOSS),
    "full": Fault("F15", "the handheld's disk is full", "an order is refused, never half saved"),
    "wrong_clock": Fault("F25", "somebody sets the handheld's clock", "the server's order stands"),
    "clock_back": Fault("F26", "the clock jumps back in the middle of the day", ONCE),
    "rebooted": Fault("F26", "the handheld starts again, its counter at zero", ONCE),
    "restored": Fault("F27", "the handheld is an older copy of itself", ONCE),
    "cloned": Fault("F28", "two handhelds are one", NO_LOSS),
    "quarter": Fault("F29", "a handheld has no network for 90 days", NO_LOSS),
    "odd_cursor": Fault("F30", "the cursor is of another handheld, or made up", SAME),
    "rotten_copy": Fault("F43", "bits of the copy flip", SAME),
    "rotten_change": Fault("F43", "bits of a change in the outbox flip", NO_BLOCK),
    "same_id": Fault("F36", "an id was used before", "nothing is overwritten"),
    "odd_text": Fault("F39", "texts nobody would type", "kept to the byte, or refused alone"),
    "odd_quantity": Fault("F40", "quantities nobody would type", "refused, or held"),
    "poison": Fault("F41", "a change that cannot be read", NO_BLOCK),
    # the office
    "territory_moved": Fault("F35", "stores change hands while a rep has work for them", NO_LOSS),
    "store_moved": Fault("F35", "a store goes to another depot", NO_LOSS),
    "same_row": Fault("F44", "office and rep change the same row", "neither is silently lost"),
    # losses of the server
    "server_restored": Fault("F31", "the server's database is an older one, and says so", NO_LOSS),
    "server_rewound": Fault("F31", "the same, and nobody noticed", NO_LOSS),
    # delivery
    "system_slow": Fault("F18", "the delivery system answers late", "delivered once"),
    "system_took_silently": Fault("F19", "it takes the order, and no answer comes", ONCE),
    "system_deaf": Fault("F19", "no answer comes, and it took nothing", ONCE),
    "system_refuses": Fault("F20", "it refuses the order", "the office is asked"),
    "system_down": Fault("F21", "it is down, or asks for patience", "delivered once"),
    "system_garbage": Fault("F22", "it answers what nobody can read", ONCE),
    "dispatcher_killed": Fault("F23", "the dispatcher is killed around a sending", ONCE),
    "dispatcher_asleep": Fault("F23", "a dispatcher wakes up after its lease", ONCE),
}
KILLS = frozenset(
    ("die_in_push", "die_after_push", "die_in_pull", "backend_killed", "killed_saving",
     "killed_syncing", "dispatcher_killed")
)  # fmt: skip
