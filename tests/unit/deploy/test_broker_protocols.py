"""What the broker speaks beside AMQP 0-9-1, by one setting."""

import pytest

from deploy.broker_protocols import (
    PROTOCOLS,
    Listening,
    chosen,
    configuration,
    plugins,
    setting_of_deployment,
)
from deploy.local.errors import CannotRun
from deploy.local.stacks import KINDS, named_stack
from shared.platform.declarations import events_exchange

LOCAL = Listening("127.0.0.1", "127.0.0.1", with_tls=False, base=21700)
DEPLOYED = Listening("", "broker", with_tls=True)


def test_by_default_there_is_no_other_protocol(monkeypatch):
    monkeypatch.delenv("WARM_PROTOCOLS", raising=False)
    assert chosen("") == chosen(" , ") == []
    assert plugins([]) == "[].\n" and configuration([], LOCAL) == ""
    assert all(named_stack(name).protocol_ports == {} for name in KINDS)


def test_an_unknown_name_is_refused_with_those_that_are_allowed(monkeypatch):
    with pytest.raises(CannotRun) as refused:
        chosen("mqtt,mqtt5")
    said = str(refused.value)
    assert "'mqtt5'" in said and all(name in said for name in PROTOCOLS)
    monkeypatch.setenv("WARM_PROTOCOLS", "smtp")
    with pytest.raises(CannotRun, match="smtp"):
        named_stack("main")


def test_a_stack_gives_each_protocol_a_port_that_no_other_has(monkeypatch):
    monkeypatch.setenv("WARM_PROTOCOLS", ",".join(PROTOCOLS))
    stacks = [named_stack(name) for name in KINDS]
    ports = [port for stack in stacks for port in stack.protocol_ports.values()]
    servers = [stack.ports.base + above for stack in stacks for above in range(8)]
    assert len({*ports, *servers}) == len(ports) + len(servers)
    assert len(ports) == 3 * len(stacks)


def test_locally_each_listens_on_the_loopback_interface_alone():
    made = configuration(PROTOCOLS, LOCAL).splitlines()
    listeners = [line for line in made if ".listeners." in line]
    assert sum("= 127.0.0.1:217" in line for line in listeners) == 3
    assert all(line.endswith("none") for line in listeners if "127.0.0.1" not in line)
    assert {"stream.advertised_host = 127.0.0.1", "stream.advertised_port = 21710"} <= set(made)


def test_deployed_each_speaks_tls_alone():
    made = set(configuration(PROTOCOLS, DEPLOYED).splitlines())
    for name, port in (("stream", 5551), ("stomp", 61614), ("mqtt", 8883)):
        assert {f"{name}.listeners.tcp = none", f"{name}.listeners.ssl.1 = {port}"} <= made
    assert {"stream.advertised_host = broker", "stream.advertised_tls_port = 5551"} <= made


def test_nothing_is_set_for_a_protocol_that_is_off():
    made = configuration(["stomp"], DEPLOYED)
    assert all(line.startswith("stomp.") for line in made.splitlines())
    assert plugins(["stomp"], "another") == "[another,rabbitmq_stomp].\n"


def test_topics_of_mqtt_are_the_keys_of_supervision_and_nobody_is_anonymous():
    made = configuration(["mqtt"], LOCAL).splitlines()
    assert f"mqtt.exchange = {events_exchange('supervision')}" in made
    assert "mqtt.allow_anonymous = false" in made


def test_in_a_deployment_the_environment_comes_before_the_file(tmp_path):
    (tmp_path / ".env").write_text("# WARM_PROTOCOLS=stream\nA=1\n\nWARM_PROTOCOLS=mqtt,stomp\n")
    assert setting_of_deployment(tmp_path, {}) == "mqtt,stomp"
    assert setting_of_deployment(tmp_path, {"WARM_PROTOCOLS": ""}) == ""
