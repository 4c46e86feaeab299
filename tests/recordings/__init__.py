"""What handhelds of each released version said, and what they were told: recorded, and replayed.

`version_N.jsonl` is the whole HTTP traffic of one field day (`day.py`) of a handheld of version N,
recorded before version N + 1 was made. It is never changed: the server of today must still answer
it so that the handheld of then understands (`test_replay.py`). One line is one step: what the
office did (`office.py`), a request with its answer, or a pull with all its pages.

- `world.py` builds the company of the day, the same ids and the same clock every time;
- `player.py` sends, records, and replays; `compare.py` says what a handheld would notice;
- `python -m tests.recordings` writes the recording of the newest version, before the next is made.
"""
