"""The server: HTTP, the clock, the database, and deliveries going out.

`app.py` puts the departments together and says what every request gets; `auth.py` says who may
ask for what; `problems.py` turns errors into answers. A department is a folder with its own
views and queries (`handheld`, `office`, `feeds`, `delivery`, `demo`); departments never import
each other. What becomes of a change is not decided here but in `sync`.
"""
