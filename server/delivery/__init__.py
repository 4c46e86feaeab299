"""Accepted orders go out to the firm's delivery system, each with effect once.

A delivery is a row written in the same transaction that accepted the order. From there:

- `contract.py`    what every delivery system can be asked, and what its answers make certain
- `document.py`    the order as the delivery system reads it, and how its answer is read; pure
- `adapters.py`    which adapter speaks to which kind of target
- `over_http.py`   the one for HTTP (`over_http_day.py`: its list of a day)
- `over_files.py`  the one for a folder: `drop.py` the folder, `inbox.py` what comes in,
                   `inbox_day.py` the control file of a day, `forms/` JSON and CSV
- `ubl/`           UBL 2.1, in a folder or over HTTP, and XML that is safe to read
- `connection.py`  one request, one allowed address, one deadline, a capped answer
- `breaker.py`     when to leave a failing system alone, and when to try an order again; pure
- `steps.py`       what becomes of a delivery after an answer; pure
- `claims.py`      the two transactions: claim before the request, settle after it
- `send.py`        the dispatcher: claims what is due, asks, settles; a bounded pool a target
- `receive.py`     what they say later: asked for, put into a folder, or called back (`views.py`,
                   `signatures.py`, `statuses.py`)
- `reconcile.py`   at night: their books of a day (`reckoning.py`) beside ours (`compare.py`)
- `silence.py`     the alarm when nothing is acknowledged while orders wait
- `queries.py`     and its siblings `queries_*.py`: all SQL of the folder

The question the folder answers is "did it arrive?", and there are three answers, not two. Yes has
the external number. No is a connection that was never made or a refusal in words. Everything else
is *unknown* - the line went dead after the order was on it - and an unknown order is looked up by
its reference before it is ever sent again. Where a system can neither be asked nor tell a repeat
from a new order, the delivery is parked for a person, because only a person can find out; what a
person then decides (send it again, or: it is there under this number) is in
`sync/delivery/resend.py`.
"""
