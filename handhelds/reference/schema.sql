-- What a handheld keeps, in two SQLite files.
--
-- field.sqlite (here: main) holds what exists nowhere else yet: who this handheld is, the rep's
-- work, and what became of it. WAL with synchronous=FULL: what the rep was told is saved, is.
-- copy.sqlite (here: copy) holds what the server can give again. WAL with synchronous=NORMAL: a
-- power cut may undo the last pull, rows and cursor together. Its tables of pulled rows are made
-- from schemas/rows.py, one a kind, so that they cannot differ from what travels.
--
-- No transaction writes both files: SQLite keeps that promise for each file alone.

CREATE TABLE IF NOT EXISTS main.fact (     -- single values: identity, epoch, clock offset ...
  name TEXT PRIMARY KEY,
  value                                    -- text, or JSON text, or a number
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS main.counter (  -- change: last n given; order, receipt: last number;
  name TEXT PRIMARY KEY,                   -- answer: how many verdicts were taken in
  value INTEGER NOT NULL
) WITHOUT ROWID;

-- A change and what became of it. There is no state column: waiting = no outcome. It gets its n
-- when it is first put into a batch, so that work undone before then leaves no gap.
CREATE TABLE IF NOT EXISTS main.change (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,   -- order of capture
  id TEXT NOT NULL UNIQUE,                 -- made with the change, never anew
  n INTEGER UNIQUE,
  moved INTEGER NOT NULL DEFAULT 0,        -- 1: its id or n was another's once; it goes out under a new name
  kind TEXT NOT NULL,
  act TEXT NOT NULL,
  row_id TEXT NOT NULL,
  store TEXT NOT NULL,
  captured_at TEXT NOT NULL,
  raw BLOB NOT NULL,                       -- the JSON object that travels, without n
  hash BLOB NOT NULL,                      -- blake2b of raw: a damaged change is not sent
  outcome TEXT,
  verdict BLOB,                            -- JSON, as it came
  answer INTEGER,                          -- counter 'answer' when the verdict came
  answered_at TEXT,
  epoch TEXT,                              -- the server's epoch that gave the verdict
  read_at TEXT                             -- when the rep saw the verdict
);
CREATE INDEX IF NOT EXISTS main.change_row ON change (row_id);
CREATE INDEX IF NOT EXISTS main.change_waiting ON change (seq) WHERE outcome IS NULL;

-- The row as the rep captured it, in the columns of its kind: laid over the pulled copy until
-- a pull has brought what the server made of it.
CREATE TABLE IF NOT EXISTS main.captured (
  change_id TEXT PRIMARY KEY REFERENCES change (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  store TEXT NOT NULL,
  row TEXT NOT NULL                        -- JSON object
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS main.captured_store ON captured (kind, store);
CREATE INDEX IF NOT EXISTS main.captured_row ON captured (kind, id);

-- Notices of the office and the delivery system (kind conflict) that the rep has read.
CREATE TABLE IF NOT EXISTS main.seen (
  id TEXT PRIMARY KEY,
  version INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS copy.mark (     -- cursor, as_of, covered, staged_...
  name TEXT PRIMARY KEY,
  value
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS copy.staged (   -- pages of a pull that is not complete yet
  no INTEGER PRIMARY KEY,
  body BLOB NOT NULL
);

CREATE TABLE IF NOT EXISTS copy.segment (  -- prepared rows that staged pages name
  no INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  scope TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  whole INTEGER NOT NULL DEFAULT 0         -- 1: all pieces are here and fit the checksum
);

CREATE TABLE IF NOT EXISTS copy.piece (    -- of a segment, as it came; `first`: its place in it
  segment TEXT NOT NULL,
  first INTEGER NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY (segment, first)
);

CREATE TABLE IF NOT EXISTS copy.greyed (   -- scopes taken away while unsent work refers to them
  scope TEXT PRIMARY KEY
) WITHOUT ROWID;

-- A captured row is laid over the copy while it is live: it has no verdict, or its verdict came
-- after the last complete pull began ('covered'), or it was not taken and no copy of it will come.
CREATE TEMP VIEW IF NOT EXISTS live AS
SELECT c.kind, c.id, c.store, c.row, h.seq, h.outcome,
       h.outcome IS NULL
         OR h.answer > coalesce((SELECT value FROM copy.mark WHERE name = 'covered'), 0) AS above
FROM main.captured c JOIN main.change h ON h.id = c.change_id
WHERE h.outcome IS NULL
   OR h.answer > coalesce((SELECT value FROM copy.mark WHERE name = 'covered'), 0)
   OR h.outcome IN ('held', 'waiting', 'rejected');
