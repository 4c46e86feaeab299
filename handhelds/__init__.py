"""What reps carry. A handheld keeps its territory, works without a network, syncs when it can.

Every handheld has the same parts under the same names, on purpose, so that who knows one can read
the other:

- `device`: the protocol's side of the talk, and nothing else: which changes wait, what a verdict
  does to them, how a pulled page is taken in;
- `local`: what is kept on the handheld, and the one transaction that saves a row and its place in
  the outbox together;
- `link`: the network, when there is one;
- `visit`: a rep's verbs, which only ever touch `local`.

`reference/` is the one in Python that the protocol's cases are proved on. `pwa/` is the rep's app
in a browser, plain modules that browsers load as they are (its `app.js` says how they hang
together); `server.handheld.views_pwa` hands it out. `pwa-build/` makes the third-party files that
it loads, and those of the console, at set-up; nothing of them is committed.

Handhelds share the trade's arithmetic (`sync.terms`), `routes` and `schemas` with the server, and
meet it only over HTTP.
"""
