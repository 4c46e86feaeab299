"""Power cuts under the handheld's store: the machine stops, and what was not synced may be gone.

The handheld's own code works on an SQLite whose every write, sync, truncation and deletion is
written down. From that record the disk is made as it may be after a power cut at any of those
steps: what was synced is there; of the rest any part may be there, in any order, sectors torn.
Then the handheld is started on that disk with nothing of ours in between, and asked what it has.

- `disk.py`: what of a file is on the disk for sure, what may be, and a disk after a cut;
- `watched.py`: the record, taken by an SQLite VFS and by looking at Python's own calls;
- `face.py`: the SQLite that lets us put a VFS under it, with the face of `sqlite3`;
- `life.py`: a rep's work on such a handheld; `lives.py`: days of it, written out and by chance;
- `expected.py`: what the handheld has promised so far; the measure after a cut;
- `after.py`: the start after a cut, what is wrong then, and the work that goes on;
- `plants.py`: bugs to be found; `__main__.py`: `make powercut`: lives, cuts, bugs, the line.
"""
