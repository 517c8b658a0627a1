"""The half-year assessment: a rubric and the figures give scores, ranks and a sheet for each unit.

Pure: no storage, no clock. Decision 41 gives the reasons.
"""
