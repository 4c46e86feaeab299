"""The planner's inner loop, twice: in C, and in Python for machines that cannot build the C.

Planning four weeks means trying some hundred thousand small changes of a plan. That loop is about
a thousand lines of C without any library (`kernel.h` opens it), built once per machine by whatever
C compiler is there (`native.py`). Where there is none, `plain.py` does the same in Python: every
plan it makes obeys the same limits, it only gets less far in the same time. Both are driven through
the same few calls (`problem.Search`), and neither reads a clock.
"""
