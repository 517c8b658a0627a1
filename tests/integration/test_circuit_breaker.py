"""Too many invalid messages in a row stop the inbox: the rest stays queued, nothing is lost."""

import json

import pytest
from typer.testing import CliRunner

from deploy.local.cli import app
from shared.domain.errors import Conflict, Unavailable
from shared.service.inbox import CONCURRENCY
from tests.support import plain_amqp
from tests.support.foreign import body, visits
from tests.support.refusing import a_database_that_refuses, refused
from tests.support.running import properties
from tests.support.stack import stack_name

QUEUE = "supervision.inbox"
VISITS = "relief.visits_household"
LIMIT = 20
BATCH = 5
# An inbox that stops at the limit has taken a batch beyond it at most.
MOST = LIMIT + (CONCURRENCY + 1) * BATCH
FLOOD = 100
CHANGES = {"WARM_INVALID_IN_A_ROW": str(LIMIT), "WARM_BATCH": str(BATCH)}


@pytest.fixture(scope="module", autouse=True)
def strict(started):
    started.stack.stop_services(["supervision"])
    start(started)


@pytest.fixture(autouse=True)
def a_line_that_runs(running):
    yield
    running.stack.stop_services(["supervision"])
    with plain_amqp.channel(running.stack.amqp_uri) as channel:
        channel.queue_purge(QUEUE)
    with running.service_db("supervision") as service_db:
        service_db["parked"].delete_many({})
    start(running)
    running.wait(lambda: running.health("supervision")["status"] == "ready")


def start(running, **changes):
    running.stack.start_services(["supervision"], running.environment | CHANGES | changes)
    running.stack.wait_answering(["supervision"])
    # What is published while it reads the stream's tail goes to the dead letters by that way too.
    running.wait(lambda: has_read_the_stream(running))


def has_read_the_stream(running):
    try:
        running.ask("supervision", "seen", source="relief")
    except Unavailable:
        return False
    return True


def garbage(count, of="flood"):
    return [f"{of} {n}".encode() for n in range(count)]


def publish(running, bodies):
    running.publish("relief.events", "visit.recorded", *((one, properties()) for one in bodies))


def stops(running):
    running.wait(lambda: not running.health("supervision")["checks"]["line"])
    # What it held but hadn't taken is back in the queue once its connection is closed.
    running.wait(lambda: not running.health("supervision")["checks"]["inbox"])


def parked(running):
    return len(running.parked())


def counted(running):
    return int(running.live(VISITS) or 0)


def resume(running):
    return CliRunner().invoke(
        app, ["deadletters", "resume", "supervision", "--stack", stack_name()]
    )


def times_stopped(running):
    log = running.stack.process("supervision").log_file.read_text(encoding="utf-8")
    return log.count('"event": "circuit breaker opened"')


def test_a_flood_stops_the_line_and_the_rest_stays_queued(running):
    before = times_stopped(running)
    publish(running, garbage(FLOOD))
    stops(running)
    assert LIMIT < parked(running) <= MOST
    running.wait(lambda: parked(running) + running.depth(QUEUE) == FLOOD)
    health = running.health("supervision")
    assert (health["status"], health["checks"]["line"]) == ("degraded", False)
    assert health["line"]["invalid_in_a_row"]["not_json"] > health["line"]["limit"] == LIMIT
    assert times_stopped(running) == before + 1


@pytest.mark.problem("line")
def test_it_still_answers_and_says_what_to_do(running):
    publish(running, garbage(FLOOD))
    stops(running)
    assert running.do("supervision", "draft_briefing", period="2017-W04")["status"] == "draft"
    done = CliRunner().invoke(app, ["status", "--stack", stack_name()])
    assert "./warm deadletters resume supervision" in done.stdout
    assert done.exit_code == 3


def test_resumed_it_goes_on_until_the_flood_stops_it_again(running):
    before = counted(running)
    # More than are under way when it stops, and few enough not to stop it again.
    flood = MOST + 3
    publish(running, [*garbage(flood), body(visits("3"))])
    stops(running)
    first = parked(running)
    assert resume(running).stdout == "supervision takes messages again\n"
    # In any order: what was under way when it stopped came back to the queue behind the rest.
    running.wait(lambda: (counted(running), parked(running)) == (before + 3, flood))
    assert running.health("supervision")["checks"]["line"]
    assert first < flood
    publish(running, garbage(FLOOD, of="another"))
    stops(running)


def test_a_repeated_resume_resumes_once(running):
    publish(running, garbage(FLOOD))
    stops(running)
    before = times_stopped(running)
    given = {"command_id": "resume-once", "actor": "person:wang"}
    running.do("supervision", "resume_inbox", **given)
    # What is left of the flood stops it again at once, sooner than a look at its health may come.
    running.wait(lambda: times_stopped(running) == before + 1)
    stops(running)
    running.do("supervision", "resume_inbox", **given)
    assert running.health("supervision")["checks"]["line"] is False
    with pytest.raises(Conflict):
        running.do("supervision", "resume_inbox", command_id="resume-once")
    [act] = [act for act in audit(running) if act["command_id"] == "resume-once"]
    assert (act["action"], act["actor"]) == ("resume", "person:wang")


def audit(running):
    done = CliRunner().invoke(app, ["deadletters", "audit", "--json", "--stack", stack_name()])
    return json.loads(done.stdout)


def test_a_restart_lets_it_go_on(running):
    publish(running, garbage(FLOOD))
    stops(running)
    running.stack.stop_services(["supervision"])
    start(running, WARM_INVALID_IN_A_ROW=str(10 * FLOOD))
    running.wait(lambda: parked(running) == FLOOD)
    assert running.depth(QUEUE) == 0


def test_one_good_message_in_between_begins_the_count_anew(running):
    before, rounds = counted(running), 4
    for n in range(rounds):
        publish(running, [*garbage(LIMIT - BATCH, of=f"round {n}"), body(visits("1"))])
    running.wait(lambda: counted(running) == before + rounds)
    running.wait(lambda: parked(running) == rounds * (LIMIT - BATCH))
    assert running.health("supervision")["status"] == "ready"


def test_a_handler_that_fails_on_everything_stops_the_line(running):
    before = counted(running)
    with a_database_that_refuses(running):
        publish(running, (body(refused("1")) for _ in range(FLOOD)))
        stops(running)
    assert parked(running) == LIMIT + 1
    resume(running)
    running.wait(lambda: counted(running) == before + FLOOD - LIMIT - 1)


def test_dead_letters_count_too(running):
    running.publish("supervision.dead", "", *((one, properties()) for one in garbage(FLOOD)))
    stops(running)
    running.wait(lambda: parked(running) + running.depth("supervision.dead") == FLOOD)
    assert running.depth("supervision.dead") >= FLOOD - MOST
    with plain_amqp.channel(running.stack.amqp_uri) as channel:
        channel.queue_purge("supervision.dead")


def test_redelivered_messages_count_too(running):
    running.stack.stop_services(["supervision"])
    publish(running, garbage(FLOOD))
    with plain_amqp.channel(running.stack.amqp_uri) as channel:
        taken = [channel.basic_get(QUEUE)[0] for _ in range(FLOOD)]
        assert all(taken)
    running.wait(lambda: running.depth(QUEUE) == FLOOD)
    start(running)
    stops(running)
    assert LIMIT < parked(running) <= MOST
    running.wait(lambda: running.depth(QUEUE) == FLOOD - parked(running))
