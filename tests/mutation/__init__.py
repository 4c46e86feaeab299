"""Mutation run: small faults are put into the code that decides, one by one, and tests must notice.

    make mutate                      every mutant; non-zero when more than 5 % survive unexplained
    make mutate ARGS='--only sync/terms/price.py --keep-killed'

`mutants.py` says which faults; `project.py` which code and which tests; `run.py` runs them in
forked processes; `survivors.toml` explains those that no test can notice, because the program
does the same with them. Why not one of the known tools: DECISIONS.md.
"""
