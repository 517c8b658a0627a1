"""The programme office's work on a stage with years of facts, step by step: by this code, or by an
earlier build.

As a program it serves `years.py`: it runs in the folder of the earlier build, with that build's
packages, and uses only what both have. It reads a step a line and answers with what it took.
"""

import json
import os
import sys
import time
import uuid
from contextlib import ExitStack, contextmanager

from tests.bench import briefing
from tests.bench.stage import stage as the_stage

SECONDS = 3600
INDICATOR = "relief.visits_household"


class Office:
    """Its `stage` has facts up to the week LAST; the issue of the week before is published."""

    def __init__(self, stage, rpc):
        self.stage = stage
        self.rpc = rpc

    def draft(self, weeks_back=0):
        """From here on it is about the week so many before the last one."""
        self.week = briefing.LAST
        for _ in range(weeks_back):
            self.week = self.week.previous()
        self._act("draft", "person:one")

    def approve(self):
        self._act("approve", "person:two", content_digest=self.issue()["content_digest"])

    def publish(self):
        self._act("publish", "person:two")

    def explain(self):
        assert self._ask("explain", indicator=INDICATOR)["included"]

    def verify(self, **how):
        verdict = self._ask("verify", **how)
        assert verdict["equal"], verdict

    def publish_week_before(self):
        """The first issue seals all facts before it."""
        self.draft(weeks_back=1)
        self.approve()
        self.publish()

    def issue(self):
        return json.loads(self._ask("briefing", format="json"))

    def take(self, step, **how):
        """Seconds of a step, and the processor's seconds that supervision used for it."""
        before, began = self.processor(), time.perf_counter()
        getattr(self, step)(**how)
        took = {"seconds": time.perf_counter() - began, "processor": self.processor() - before}
        return took | {"peak_mb": self.peak()}

    @property
    def pid(self):
        return self.stage.stack.process("supervision").pid

    def processor(self):
        with open(f"/proc/{self.pid}/stat", encoding="ascii") as status:
            fields = status.read().rsplit(")", 1)[1].split()
        return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")

    def peak(self):
        """The most memory that supervision ever had, in MB."""
        with open(f"/proc/{self.pid}/status", encoding="ascii") as status:
            fields = dict(line.split(":", 1) for line in status)
        return int(fields["VmHWM"].split()[0]) / 1024

    def _act(self, verb, actor, **more):
        given = {"command_id": str(uuid.uuid4()), "actor": actor, **more}
        self._ask(f"{verb}_briefing", **given)

    def _ask(self, method, **more):
        asked = {"period": str(self.week), **more}
        return self.rpc.call("supervision", method, timeout=SECONDS, **asked)


@contextmanager
def office(stage, size):
    """An office with so many facts in the stage."""
    briefing.fill(stage, size)
    with briefing.at_work(stage) as rpc:
        opened = Office(stage, rpc)
        opened.publish_week_before()
        yield opened


def serve(say, steps, size):
    """Answer the steps of lines."""
    with ExitStack() as opened:
        stage = opened.enter_context(the_stage(say))
        ours = opened.enter_context(office(stage, size))
        for line in steps:
            print(json.dumps(ours.take(**json.loads(line))), flush=True)


if __name__ == "__main__":
    serve(lambda said: print(said, file=sys.stderr), sys.stdin, int(sys.argv[1]))
