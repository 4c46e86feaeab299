"""The app opened with no network, a new browser process each time; what it takes of memory."""

from bench.pwa.budget import Figure, measured
from bench.pwa.slowed import Slowed

BUDGET_MS, BUDGET_MB = 1_000, 150


def cold(handheld: Slowed, rounds: int) -> list[Figure]:
    """From the start of the page, in a browser that was just started, to today's list."""
    samples = []
    for _ in range(rounds):
        handheld.close()
        page = handheld.open()
        page.wait_for_function("() => globalThis.listedMs !== undefined")
        samples.append(float(page.evaluate("() => globalThis.listedMs")))
    return [measured("cold open, no network, to today's list", samples, "ms", below=BUDGET_MS)]


def memory(handheld: Slowed) -> list[Figure]:
    """What the page holds after the measures before this one."""
    heap_mb = handheld.heap_mb()
    own_mb, all_mb = handheld.renderer_mb()
    return [
        measured("memory: JavaScript heap", [heap_mb], "MB", below=BUDGET_MB),
        measured("memory: the page's process, its own", [own_mb], "MB", below=BUDGET_MB),
        measured("memory: the same with what it shares with others", [all_mb], "MB"),
    ]
