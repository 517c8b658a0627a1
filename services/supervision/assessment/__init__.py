"""The half-year assessment: a rubric and the figures give scores, ranks and a sheet for each unit.

Pure: no storage, no clock; but for `commands.py`, by which people say what no service counts.
Decision 41 gives the reasons.
"""
