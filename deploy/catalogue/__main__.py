"""`python -m deploy.catalogue` writes docs/catalogue, docs/events and docs/rpc."""

import argparse
import sys

from deploy.catalogue import compatibility
from deploy.catalogue.pages import write


def main() -> int:
    """Exit status: 0, or 1 for a release that isn't compatible with the last one."""
    parser = argparse.ArgumentParser(prog="python -m deploy.catalogue", description=__doc__)
    parser.add_argument(
        "--release",
        action="store_true",
        help="then make the schemas the published ones that later changes are compared with",
    )
    arguments = parser.parse_args()
    write()
    problems = compatibility.release() if arguments.release else []
    if arguments.release and not problems:
        # The page about the next release begins anew.
        write()
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
