"""The special groups of the simulated half-year: what each reported of each week, and what the
issues have to say of it."""

from datetime import timedelta
from functools import partial
from random import Random

from tests.support.district.registry import DISTRICT

NAMES = {"clinics": "义诊组", "jobs": "就业组", "law": "普法组", "schools": "助学组"}
DONE = {"zh": "按计划推进"}
# What a group does about a week → what the first issue of the week says, and its revisions.
WAYS = {
    "progress": ("progress", "progress"),
    "nil": ("nil", "nil"),
    "silent": ("silent", "silent"),
    "withdrawn": ("silent", "silent"),
    # Nil at first, and corrected.
    "nil_corrected": ("progress", "progress"),
    "late": ("silent", "progress"),
}


class Groups:
    """`at(instant, act)` plans what they do in the weeks `periods`."""

    def __init__(self, running, seed, periods, at):
        self.running = running
        self._ways = {}
        at(periods[0].start - timedelta(minutes=30), self._form)
        chance = Random(f"groups:{seed}")
        for period in periods:
            for code in NAMES:
                way = self._ways[str(period), code] = chance.choice(sorted(WAYS))
                delay = timedelta(days=1) if way == "late" else -timedelta(hours=2)
                at(period.cutoff + delay, partial(self._report, str(period), code, way))

    def states(self, period, revision):
        """Name → state, of every group in that issue."""
        return {
            name: WAYS[self._ways[period, code]][min(revision, 1)] for code, name in NAMES.items()
        }

    def _form(self):
        for code, name in NAMES.items():
            group = {"kind": "special", "code": code, "name": {"zh": name}}
            where = {"orgunit": DISTRICT, "time": self.running.now.isoformat()}
            self._ask("form_group", code, **group, **where)

    def _report(self, period, code, way):
        if way == "silent":
            return
        week = f"{period}:{code}"
        said = {"nil": True} if way.startswith("nil") else {"done": DONE}
        given = {"group": f"group:{code}", "period": period}
        made = self._ask("report_progress", week, **given, **said)
        correct = partial(self._ask, "correct_progress", week, id=made["id"], reason="填报有误")
        if way == "withdrawn":
            correct(withdrawn=True)
        if way == "nil_corrected":
            correct(nil=False, done=DONE)

    def _ask(self, method, key, **arguments):
        command = {"command_id": f"{method}:{key}", "actor": "person:office"}
        return self.running.ask("supervision", method, **command, **arguments)
