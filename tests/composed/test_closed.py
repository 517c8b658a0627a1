"""Nobody gets in, or further than they should: as each identity, and without one."""

import json

import pytest

from deploy.broker_protocols import PROTOCOLS
from shared.platform.topology import SERVICES
from shared.platform.version import project_version
from tests.composed.confined import require_confined
from tests.composed.deployment import SCRIPTS, SERVERS

IMAGE = f"warm-district:{project_version()}"
SUPPORT = SCRIPTS.parents[1] / "support"


def tried(deployment, script, network):
    """In a container of that network, as root and with every secret."""
    mounted = {
        deployment.folder / "secrets": "/run/secrets",
        SUPPORT: "/support",
        SCRIPTS / f"{script}.py": "/script.py",
    }
    mounts = (part for source, at in mounted.items() for part in ("-v", f"{source}:{at}:ro"))
    return json.loads(
        deployment.docker(
            *("run", "--rm", "--user", "0", "--network", f"{deployment.name}_{network}", *mounts),
            *("-e", "PYTHONPATH=/app", "--entrypoint", "python", IMAGE),
            *("-W", "ignore", "/script.py"),
        )
    )


@pytest.mark.parametrize(
    ("script", "network", "least"),
    [("try_broker", "messages", 700), ("try_database", "books", 150)],
)
def test_what_is_forbidden_is_refused(deployment, script, network, least):
    told = tried(deployment, script, network)
    assert told["allowed"] == []
    assert told["tried"] >= least


def test_each_other_protocol_has_a_listener(deployment):
    [broker] = deployment.containers("broker")
    listening = deployment.docker("exec", broker, "rabbitmq-diagnostics", "-q", "listeners")
    assert all(f"port: {it.port}" in listening for it in PROTOCOLS.values() if it.port)


def test_nothing_is_published(deployment):
    for name in (*SERVERS, *SERVICES):
        for container in deployment.containers(name):
            assert not any(deployment.inspect(container)["NetworkSettings"]["Ports"].values())


def test_every_container_is_confined(deployment):
    for name in (*SERVERS, *SERVICES):
        for container in deployment.containers(name):
            require_confined(deployment.inspect(container))


def test_no_environment_holds_a_password(deployment):
    secrets = (deployment.folder / "secrets").glob("*.amqp")
    passwords = [file.read_text().split("@")[0].rpartition(":")[2] for file in secrets]
    for name in (*SERVERS, *SERVICES):
        for container in deployment.containers(name):
            told = json.dumps(deployment.inspect(container))
            assert not any(password in told for password in passwords)
