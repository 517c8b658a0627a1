"""The faults, each declared once: a function that injects it while a load runs, sees that it really
happened, and heals it."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from shared.contracts.messages import event_of
from shared.domain.periods import parse_instant
from shared.platform.topology import SERVICES, inbox_queue, rpc_queue
from tests.chaos.load import CALLERS
from tests.chaos.tap import Tap
from tests.support.foreign import body, visits
from tests.support.proxy import Proxy, acks_from, publishes_to
from tests.support.running import properties

CUTS = 5
ASTRAY = timedelta(minutes=10)
ALARM_SECONDS = 5
STOPPED_SECONDS = 30
STEPPED_DOWN_SECONDS = 10
# Messages that pile up before and behind a poisonous one.
PILE = 20
FAILING = "tests.chaos.failing_supervision"
LAST_WORDS = STOPPED, OVERTIME = "stopped", "stopped in overtime"


@dataclass(frozen=True)
class Fault:
    """`act(district, load, chance)`; faults that touch the same thing don't go together."""

    name: str
    touches: frozenset
    act: Callable


FAULTS = {}


def inject(faults, district, load, seed):
    """All at the same time."""
    with ThreadPoolExecutor(len(faults)) as pool:
        acts = [
            pool.submit(fault.act, district, load, Random(f"{seed}:{fault.name}"))
            for fault in faults
        ]
    for act in acts:
        act.result()


def fault(*touches, name=None):
    def declare(act):
        declared = Fault(name or act.__name__, frozenset(touches), act)
        FAULTS[declared.name] = declared
        return act

    return declare


def kill(district, *names):
    before = district.pids()
    for name in names:
        district.stack.kill_service(name)
    killed = [name for name in names if district.pids()[name] is None]
    district.start(*names)
    assert killed == list(names)
    assert all(district.pids()[name] not in (None, before[name]) for name in names)


def _kill_of(service):
    @fault(service, name=f"kill_{service}")
    def act(district, load, chance):
        kill(district, service)


for _service in SERVICES:
    _kill_of(_service)


@fault(*SERVICES)
def kill_two_services(district, load, chance):
    kill(district, *chance.sample(SERVICES, 2))


@fault(*SERVICES, "servers")
def terminate_every_service(district, load, chance):
    """SIGTERM under load: each ends by itself, in order."""
    said = _last_words_when_stopped(district)
    district.start()
    assert said == {STOPPED}


@fault(*SERVICES, "servers")
def terminate_every_service_without_servers(district, load, chance):
    """There is nobody to say goodbye to: each ends in time all the same."""
    district.stack.kill_broker()
    district.stack.kill_database()
    said = _last_words_when_stopped(district)
    district.stack.resume_infrastructure()
    district.start()
    assert said <= set(LAST_WORDS)


def _last_words_when_stopped(district):
    district.stop(*SERVICES)
    tails = [district.stack.process(name).log_tail() for name in SERVICES]
    return {next((word for word in LAST_WORDS if f'"event": "{word}"' in it), it) for it in tails}


@fault(*SERVICES)
def second_instance_of_every_service(district, load, chance):
    for name in SERVICES:
        district.stack.start_service(name, district.environment_of(name), instance="-2")
    queues = [queue(name) for name in SERVICES for queue in (inbox_queue, rpc_queue)]
    district.wait(lambda: all(district.consumers(queue) == 2 for queue in queues))
    load.more(50)
    district.stop(*(f"{name}-2" for name in SERVICES))
    district.wait(lambda: all(district.consumers(queue) == 1 for queue in queues))


@fault(*SERVICES)
def clock_of_one_service_astray(district, load, chance):
    name = chance.choice(SERVICES)
    district.ahead[name] = chance.choice([ASTRAY, -ASTRAY])
    try:
        district.wait(lambda: _last_recorded_off(district, name))
        load.more(50)
    finally:
        district.ahead[name] = timedelta(0)


def _last_recorded_off(district, name):
    with district.service_db(name) as database:
        last = database["log"].find_one(sort=[("_id", -1)])
    # With the broker away from the beginning on, it may have recorded nothing yet.
    if last is None:
        return False
    recorded = parse_instant(event_of(last)["recordedtime"])
    return abs(recorded - district.now) > ASTRAY / 2 and abs(recorded - district.now) < 2 * ASTRAY


@fault("servers")
def kill_broker(district, load, chance):
    _kill_servers(district, "kill_broker")


@fault("servers")
def stop_broker_for_30_seconds(district, load, chance):
    process = district.stack.process("broker")
    process.ask_to_stop()
    assert process.wait_ended(STOPPED_SECONDS)
    _stand_still(district, STOPPED_SECONDS)
    district.stack.resume_infrastructure()


@fault("servers")
def kill_database(district, load, chance):
    """Every member of it at once."""
    _kill_servers(district, "kill_database")


@fault("servers")
def kill_broker_and_database(district, load, chance):
    _kill_servers(district, "kill_broker", "kill_database")


def _kill_servers(district, *kills):
    before = district.stack.server_pids()
    for name in kills:
        getattr(district.stack, name)()
    killed = {name for name, pid in district.stack.server_pids().items() if pid is None}
    district.stack.resume_infrastructure()
    after = district.stack.server_pids()
    assert None not in after.values()
    assert killed and killed == {name for name in after if after[name] != before[name]}


@fault("servers")
def kill_primary(district, load, chance):
    before = _primary(district)
    district.stack.process(before).kill()
    district.wait(lambda: district.stack.primary not in (None, before))
    load.more(20)
    district.stack.resume_infrastructure()


@fault("servers")
def kill_primary_that_lost_its_majority(district, load, chance):
    """What it was told since the others went is nowhere else, and is undone when it comes back."""
    first = _primary(district)
    others = [name for name in district.stack.server_pids() if name not in (first, "broker")]
    for name in others:
        district.stack.process(name).kill()
    unheard = load.asked_again.total()
    district.wait(lambda: load.asked_again.total() >= unheard + CALLERS)
    district.stack.process(first).kill()
    district.stack.resume_members(others)
    district.wait(lambda: district.stack.primary in others)
    district.stack.resume_infrastructure()


def _primary(district):
    """Its name, once there is one: an election may be under way."""
    district.wait(lambda: district.stack.primary)
    return district.stack.primary


@fault("servers")
def step_primary_down(district, load, chance):
    before = _primary(district)
    district.stack.step_down(STEPPED_DOWN_SECONDS)
    district.wait(lambda: district.stack.primary not in (None, before))


@fault("servers")
def memory_alarm(district, load, chance):
    """The broker blocks publishers: relays, callers, answers."""
    district.stack.broker_control("set_vm_memory_high_watermark", "absolute", "1MB")
    try:
        district.wait(lambda: "blocked" in _connection_states(district))
        _stand_still(district, ALARM_SECONDS)
    finally:
        district.stack.broker_control("set_vm_memory_high_watermark", "0.4")
    district.wait(lambda: "blocked" not in _connection_states(district))


def _connection_states(district):
    return district.stack.broker_control("list_connections", "state").split()


def _stand_still(district, seconds):
    """Nobody can be told anything meanwhile, but for an answer to each caller that is under way."""
    known = len(district.ledger)
    time.sleep(seconds)
    assert len(district.ledger) <= known + CALLERS


@fault("relief")
def cut_while_publishing(district, load, chance):
    _cut(district, "relief", publishes_to("relief.events"), chance)


@fault("supervision")
def cut_while_acknowledging(district, load, chance):
    _cut(district, "supervision", acks_from(inbox_queue("supervision")), chance)


def _cut(district, name, chosen, chance):
    with Proxy(district.stack.ports.amqp, chosen, CUTS, chance) as proxy:
        direct = district.stack.amqp_uri_of(name)
        through = direct.replace(f":{district.stack.ports.amqp}/", f":{proxy.port}/")
        with district.replaced(name, extra_env={"AMQP_URI": through}):
            district.wait(lambda: proxy.cuts == CUTS)


@fault("tap")
def every_message_twice(district, load, chance):
    _tap(district, load, chance, hold=1)


@fault("tap")
def messages_shuffled(district, load, chance):
    _tap(district, load, chance, hold=50)


def _tap(district, load, chance, hold):
    # A service that asks another signs its request, and the tap sends that signature again.
    district.stack.broker_control("set_user_tags", "warm", "administrator", "impersonator")
    with Tap(district.stack.amqp_uri, hold, chance) as tap:
        load.more(100)
    # Requests, and the events that follow.
    assert tap.published > 100


@fault("supervision", "servers")
def poison_in_a_batch(district, load, chance):
    """In the middle of what piled up while supervision was down."""
    poison = {
        body(visits() | {"more": "\ud800"}): "cannot_be_stored",
        body(visits() | {"more": {"\ud800": 1}}): "cannot_be_stored",
        b'{"specversion": "1.0", "id": ': "not_json",
    }
    queue = inbox_queue("supervision")
    with load.sparing("supervision"):
        district.stop("supervision")
        district.wait(lambda: district.depth(queue) >= PILE)
        district.publish("relief.events", "visit.recorded", *((it, properties()) for it in poison))
        known = district.depth(queue)
        district.wait(lambda: district.depth(queue) >= known + PILE)
        district.poison |= poison
        district.start("supervision")
    district.wait(lambda: district.poison.keys() <= {it["body"] for it in district.unhandled()})


@fault("supervision", "servers")
def dead_letters_replayed(district, load, chance):
    """Refused by somebody else while supervision was down, and replayed while the load goes on."""
    queue = inbox_queue("supervision")
    with load.sparing("supervision"):
        district.stop("supervision")
        district.wait(lambda: district.depth(queue) >= PILE)
        district.refuse(queue, PILE)
        district.start("supervision")
    district.wait(lambda: len(_dead(district)) >= PILE)
    told = district.do(
        "supervision", "replay_dead_letters", reason="dead_lettered", per_second=1000
    )
    assert told["messages"] >= PILE
    district.wait(lambda: not _dead(district))


def _dead(district):
    return [it for it in district.unhandled() if it["reason"] == "dead_lettered"]


@fault("supervision")
def handler_fails_twice(district, load, chance):
    known = district.heard(lambda: _passed_in_the_end(district))
    with district.replaced("supervision", module=FAILING):
        district.wait(lambda: _passed_in_the_end(district) >= known + 2)


def _passed_in_the_end(district):
    """How many messages became dead letters because the handler failed, and later succeeded."""
    query = {"reason": "handler_failed", "state": "resolved"}
    with district.service_db("supervision") as database:
        return database["parked"].count_documents(query)
