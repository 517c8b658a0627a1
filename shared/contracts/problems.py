"""What can be wrong with a running system: how it is named, what it costs, and what ends it.

Declared once: `health` gives the codes, `./warm status` the words, docs/operations.md the table.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """`shown` goes after the name of the service in `status`. `ends` is what a person does, with
    the commands; `{service}` stands for the service. A problem that doesn't `degrade` leaves the
    service ready."""

    shown: str
    costs: str
    ends: str
    degrades: bool = True


PROBLEMS = {
    "stopped": Problem(
        "doesn't run",
        "its commands get no answer; events for it wait at the broker; nothing is lost",
        "start it: `./warm up`; look at its log: `./warm logs {service}`",
    ),
    "silent": Problem(
        "gives no answer",
        "its commands get no answer; nothing is lost",
        "look at its log: `./warm logs {service}`; restart it",
    ),
    "broker": Problem(
        "can't reach the broker, or doesn't take requests",
        "commands get no answer; events wait in the database; nothing is lost",
        "start the broker; look at its log: `./warm logs broker`",
    ),
    "broker_alarm": Problem(
        "can't send messages: the broker's alarm for disk or memory is on",
        "new commands are refused, or their callers get no answer; events wait in the database;"
        " nothing is lost, and all goes on by itself when the alarm ends",
        "make room on the broker's disk, or give it more memory:"
        " `rabbitmq-diagnostics alarms` says which, and `rabbitmqctl set_disk_free_limit` or"
        " `rabbitmqctl set_vm_memory_high_watermark` moves the limit",
    ),
    "left_over": Problem(
        "was restored, and has subjects that only a person can complete",
        "figures are right; names, drafts or the like are missing",
        "`./warm bring-forward {service}` lists each with what to do;"
        " `./warm bring-forward {service} --settled SUBJECT` takes it off the list",
        degrades=False,
    ),
    "late_requests": Problem(
        "gets requests after their deadline, and does nothing for them",
        "those commands aren't carried out; their callers have been told",
        "after an alarm or a pause of the broker nothing, it ends by itself within a minute;"
        " otherwise a clock is wrong, the callers' or {service}'s: set both by NTP",
        degrades=False,
    ),
    "database": Problem(
        "can't reach its database",
        "commands are refused or get no answer; events wait at the broker; nothing is lost",
        "start the database; look at its log: `./warm logs database`",
    ),
    "registry": Problem(
        "has no org units yet",
        "commands that name a unit are refused",
        "`./warm import orgunits`",
    ),
    "registry_gap": Problem(
        "lacks org units, or changes of them: their events were lost",
        "commands that name such a unit are refused; events that name it wait as dead letters",
        "nothing to do: the registry is loaded anew within a minute; if it stays, look at its log:"
        " `./warm logs {service}`",
    ),
    "calendar_gap": Problem(
        "lacks a calendar notice, or a change of one: its event was lost",
        "due days that wait for it stay provisional",
        "nothing to do: the notices are loaded anew within a minute; if it stays, look at its log:"
        " `./warm logs {service}`",
    ),
    "source_gap": Problem(
        "lacks events of a service: they were lost, or are dead letters",
        "figures are behind; nothing is lost: the service's log has them",
        "nothing to do: they are fetched from the log within a minute; if it stays, they are dead"
        " letters: `./warm deadletters list --service {service}`, then replay them",
    ),
    "not_compared": Problem(
        "could not compare what it keeps of others' events with their source",
        "a gap would not be noticed",
        "start the source that gives no answer: `./warm up`",
        degrades=False,
    ),
    "inbox": Problem(
        "doesn't take events",
        "events wait at the broker; figures are behind",
        "look at its log: `./warm logs {service}`",
    ),
    "line": Problem(
        "stopped taking events after too many invalid ones in a row",
        "events wait at the broker; figures are behind; nothing is lost",
        "list them: `./warm deadletters list --service {service}`; stop their sender, or correct"
        " {service}; then `./warm deadletters resume {service}`",
    ),
    "progress": Problem(
        "has work that makes no progress",
        "figures or events are behind",
        "look at its log: `./warm logs {service}`, and at the database's disk; then restart it",
    ),
    "clock": Problem(
        "has a clock that differs from the database server's by more than a minute",
        "the timer drafts no briefing",
        "set both clocks by NTP",
    ),
    "log_behind": Problem(
        "has a log that lacks events that supervision has: its database is an older copy",
        "its commands are refused, its new events wait; queries go on; what was published comes"
        " back",
        "`./warm bring-forward {service}`",
    ),
    "log_unchecked": Problem(
        "was restored from a backup, and its log isn't compared with supervision's facts yet",
        "its commands are refused, its new events wait; queries go on",
        "it ends by itself once supervision answers: look at its log: `./warm logs supervision`",
    ),
    "stream_short": Problem(
        "has more events than the stream warm.log: the broker lost its data",
        "subscribers and `./warm rebuild --from-stream` lack older events; figures are complete",
        "`./warm republish`",
        degrades=False,
    ),
    "undelivered": Problem(
        "has messages that came back too often: its requests, its dead letters, or for supervision"
        " also reports for a subscriber",
        "they aren't handled; they are kept; nothing is lost",
        "list them: `./warm deadletters undelivered list`; remove the cause, such as a subscriber's"
        " full disk; then `./warm deadletters undelivered return`",
        degrades=False,
    ),
    "issue_not_taken": Problem(
        "has sent an issue that a known subscriber hasn't taken within WARM_NOT_TAKEN_HOURS",
        "that subscriber's readers don't have the issue; it is kept; nothing is lost",
        "see `./warm briefing receipts PERIOD`; ask the subscriber's operator to start or correct"
        " it; what it refused or lost: `./warm briefing send-again PERIOD SUBSCRIBER`",
        degrades=False,
    ),
    "subscriber_missing": Problem(
        "has subscribers that the broker doesn't have: it lost its data, or adding them was"
        " interrupted",
        "they get nothing; what is published meanwhile is in the streams alone",
        "`./warm subscriber apply`; in a deployment `sudo ./warm subscriber apply --deployed`",
        degrades=False,
    ),
    "limits": Problem(
        "isn't known to have the delivery limits of this release for each queue",
        "what comes back too often may be dropped (RabbitMQ 4.0), or come back for ever (3.10)",
        "`./warm down`, then `./warm up`; in a deployment `sudo ./warm init-deploy`, then"
        " `docker-compose up -d --no-deps --force-recreate broker`; if it stays, an operator's own"
        " policy: `rabbitmqctl list_policies`, `rabbitmqctl list_operator_policies`",
        degrades=False,
    ),
}
