"""Run by `pdf.py` as a program: JSON on standard input, the PDF on standard output.

It imports nothing of the project, so it needs no path and begins at once.
"""

import json
import sys

import typst


def main() -> None:
    work = json.load(sys.stdin.buffer)
    written = typst.compile(
        work["template"].encode(),
        font_paths=[work["fonts"]],
        ignore_system_fonts=True,
        sys_inputs={"data": work["data"]},
        timestamp=work["timestamp"],
    )
    sys.stdout.buffer.write(written)


if __name__ == "__main__":
    main()
