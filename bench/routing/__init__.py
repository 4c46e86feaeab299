"""How near to the best known plans ours come, and how fast: `make bench-routing INSTANCES=FOLDER`.

The instances (Cordeau's periodic set, days with time windows, real territories, real road times)
are not ours to ship; FOLDER holds them as instances.py says. Every plan is judged by
routes/checker.py, which shares no code with the planner. A budget counts the CPU seconds of all
cores together (30 seconds on 2 idle cores are 60), so a busy machine changes the wall time of a
run and not its figures. What is finished is kept in a file, so a run that was stopped goes on.

    instances   the files, read into problems
    measures    one instance measured: ours, PyVRP, OR-Tools, road times
    __main__    what to measure, what is done already, the table
"""
