"""Who may come in: people with passwords, handhelds with secrets, and how often anyone may try.

`people.py` knows accounts of the office: passwords, invitations, links that set a password.
`devices.py` knows handhelds: the code that enrols one and the secret it carries from then on.
`rates.py` is the one brake on guessing, kept in the database so that it holds across processes.
`queries.py` is all SQL of this folder. Nothing here knows HTTP; `server/auth.py` does.
"""
