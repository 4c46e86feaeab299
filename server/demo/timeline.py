"""The day told as it happens, a line for each thing; then what was claimed, and if it is so."""

import time
from dataclasses import dataclass, field
from datetime import datetime

from rich.console import Console

WHO = 16


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
        self._print(f"\n{words}", "bold")

    def tell(self, who: str, words: str, *more: str) -> None:
        """One line: the clock, seconds since the beginning, who, and what; `more` is set below."""
        passed_s = time.monotonic() - self.began_s
        at = datetime.now().astimezone().strftime("%H:%M:%S")
        self._print(f"{at} {passed_s:5.1f} s  {who:<{WHO}} {words}")
        for line in more:
            self._print(f"{'':<{18 + WHO}}{line}", "dim")

    def claim(self, says: str, true: object, found: object = "") -> None:
        """State something; it is counted at the end whether it was true."""
        self.claims.append(Claim(says, bool(true), str(found)))

    def verdict(self) -> bool:
        """Print every claim with its answer; whether all are true."""
        self.chapter("What was claimed, and what the two databases say")
        for claim in self.claims:
            mark, style = ("   true", "green") if claim.true else ("  FALSE", "bold red")
            self.screen.print(mark, style=style, end="  ", highlight=False, markup=False)
            self._print(claim.says + (f"  ({claim.found})" if claim.found else ""))
        wrong = sum(not claim.true for claim in self.claims)
        if wrong:
            self._print(f"{wrong} of {len(self.claims)} claims are NOT true.", "bold red")
        else:
            self._print(f"All {len(self.claims)} claims are true.", "bold green")
        return not wrong

    def _print(self, words: str, style: str = "") -> None:
        self.screen.print(words, style=style, highlight=False, markup=False, soft_wrap=True)
