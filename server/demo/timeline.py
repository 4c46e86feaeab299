"""The day told as it happens, a line for each thing; then what was claimed, and whether it is so."""

import time
from dataclasses import dataclass, field
from datetime import datetime

from rich.console import Console

WIDTH = 12


@dataclass
class Claim:
    """Something the demo says of itself, with what was found when it was looked up."""

    says: str
    true: bool
    found: str


@dataclass
class Timeline:
    """Prints, and remembers what must turn out true."""

    screen: Console
    began_s: float = field(default_factory=time.monotonic)
    claims: list[Claim] = field(default_factory=list)

    def chapter(self, words: str) -> None:
        self.screen.print(f"\n{words}", style="bold", highlight=False, markup=False)

    def tell(self, who: str, words: str, *more: str) -> None:
        """One line: the clock, seconds since the beginning, who, and what; `more` is set below."""
        passed_s = time.monotonic() - self.began_s
        at = datetime.now().astimezone().strftime("%H:%M:%S")
        self.screen.print(
            f"{at} {passed_s:6.1f} s  {who:<{WIDTH}} {words}", highlight=False, markup=False
        )
        for line in more:
            self.screen.print(f"{'':<{20 + WIDTH}}{line}", highlight=False, markup=False)

    def claim(self, says: str, true: bool, found: object = "") -> bool:
        """State something; it is counted at the end whether it was true."""
        self.claims.append(Claim(says, bool(true), str(found)))
        return bool(true)

    def verdict(self) -> bool:
        """Print every claim with its answer; whether all are true."""
        self.chapter("What was claimed, and what the two databases say")
        for claim in self.claims:
            mark, style = ("  true  ", "green") if claim.true else ("  FALSE ", "bold red")
            said = f"{claim.says}" + (f"  [{claim.found}]" if claim.found else "")
            self.screen.print(mark, style=style, end="", highlight=False, markup=False)
            self.screen.print(said, highlight=False, markup=False)
        wrong = sum(not claim.true for claim in self.claims)
        words = (
            f"All {len(self.claims)} claims are true."
            if not wrong
            else f"{wrong} of {len(self.claims)} claims are not true."
        )
        self.screen.print(words, style="bold green" if not wrong else "bold red", highlight=False)
        return not wrong
