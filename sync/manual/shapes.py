"""The shapes of the manual: what is written by hand, and what a page shows."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One of the numbered rules, as written by hand."""

    title: str
    decides: str
    why: str


@dataclass(frozen=True, slots=True)
class Said:
    """One answer of a row: its name in the code, in words, and what people read (None: nobody is
    told anything)."""

    name: str
    words: str
    sentence: str | None


@dataclass(frozen=True, slots=True)
class Setting:
    """What a policy may set for a row, with the default and its bounds."""

    name: str
    words: str
    default: int
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class RowShown:
    """A row of `rules`. `asked_of` is the kind and question it stands under; `types` the types of
    orders it is asked of, in words (empty: all); the first answer is the default, the others are
    what a policy may choose."""

    name: str
    asked_of: str
    words: str
    answers: tuple[Said, ...]
    settings: tuple[Setting, ...] = ()
    types: str = ""


@dataclass(frozen=True, slots=True)
class RuleShown:
    """A numbered rule with all that carries it; number 0 = the checks beside them. `code` is what
    carries it outside the rows, as module.name."""

    number: int
    title: str
    decides: str
    why: str
    rows: tuple[RowShown, ...]
    code: tuple[str, ...] = field(default=())
