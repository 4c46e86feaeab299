"""The office console: people watch orders land, decide what is held, look after the field.

Rooms, by what people come for: `orders` (the board, one order's story), `inbox` (what waits for a
person), `field` (stores, cards, plans, who carries what, handhelds), `money`, `delivery` (what is
on its way, days compared, words of other systems), `company` (people, policies, rules, promotions,
audit). In each, `views*.py` are the pages, `queries*.py` their SQL, `words.py` how its things are
said. `views.py` here is the door and puts the rooms together; `moved.py` leads from the address
something had to the one it has since its store changed depots.

Pages are rendered here (Jinja, `templates/`) and made lively by htmx: a form or a filter swaps a
part of the page, never a script of our own kind. No script and no style stands inside a page (CSP).
"""
