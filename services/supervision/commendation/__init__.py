"""The year-end commendation: versioned rules, and whom they nominate by the figures of the year.

Pure: no storage, no clock. Decision 43 gives the reasons.
"""
