"""The office console: people watch orders land, decide what is held, look after the field.

Pages are rendered here (Jinja) and made lively by htmx: a form or a filter swaps a part of the
page, never a script of our own kind. `views_*.py` are the pages, by what people come for;
`queries_*.py` their SQL; `live.py` tells open boards that orders changed; `words.py` says states,
rules and times as people say them. No script and no style stands inside a page (CSP).
"""
