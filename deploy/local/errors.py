"""The one exception that commands print as a message, without a traceback."""


class CannotRun(Exception):
    """Something outside this program is missing or in the way.

    `problem` says what is wrong, `remedy` what the reader can do about it.
    """

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem} {remedy}")
        self.problem = problem
        self.remedy = remedy
