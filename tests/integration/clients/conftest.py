from tests.support.running import running, started

__all__ = ["running", "started"]
