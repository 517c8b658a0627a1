"""The one exception that commands turn into a message instead of a traceback."""


class CannotRun(Exception):
    """Something outside this program is missing or in the way.

    `what` says what is wrong, `instead` what the reader can do about it.
    """

    def __init__(self, what, instead):
        super().__init__(f"{what} {instead}")
        self.what = what
        self.instead = instead
