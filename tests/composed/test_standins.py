"""The stand-ins do what is relied on of the official images."""

import subprocess
from contextlib import contextmanager, suppress

import pytest

from deploy.local.errors import CannotRun
from deploy.local.places import ROOT
from deploy.local.waiting import wait_until
from tests.composed import standins
from tests.composed.conftest import cache_folder
from tests.composed.engine import docker, environment
from tests.composed.standins import images

pytestmark = pytest.mark.long

HARDENED = ("--user", "999:999", "--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL")  # noqa: S108
# What mongosh remembers goes here; the image's HOME is the folder of the data.
HOME = ("--env", "HOME=/tmp")
TWO_STAGES = """
ARG BASE
FROM $BASE AS builder
COPY requirements.lock /
RUN python3 -m venv /venv \
    && /venv/bin/pip install --quiet --no-cache-dir --require-hashes -r /requirements.lock
FROM $BASE
COPY --from=builder /venv /venv
USER 1000:1000
CMD ["/venv/bin/python", "-c", "import nameko, mongoengine, sys; print(sys.version_info[:2])"]
"""
ONE_SERVICE = """
services:
  app:
    build: {context: ., args: {BASE: "${WARM_PYTHON_IMAGE}"}}
"""


@pytest.fixture(scope="module")
def docker_host(docker):
    """An engine that has the stand-ins."""
    address, ours = docker
    if not ours:
        pytest.skip("the engine of DOCKER_HOST has images of its own")
    return address


@pytest.fixture(scope="module")
def compose(docker_host, say):
    """Composes by their major version."""
    return {1: "docker-compose", 2: standins.compose_v2(docker_host, cache_folder(), say)}


@contextmanager
def running(docker_host, image, *command, options=()):
    """A container of `image` with the rights that it has when composed."""
    name = docker(docker_host, "run", "--detach", *HARDENED, *options, image, *command).strip()
    try:
        yield name
    finally:
        docker(docker_host, "rm", "--force", "--volumes", name)


def asked(docker_host, *arguments):
    """What docker prints, or None when it fails."""
    with suppress(CannotRun):
        return docker(docker_host, *arguments)
    return None


@pytest.mark.parametrize("major", [1, 2])
def test_the_locked_packages_install_on_python_in_a_composed_build(
    docker_host, compose, major, tmp_path
):
    (tmp_path / "Dockerfile").write_text(TWO_STAGES)
    (tmp_path / "requirements.lock").write_bytes((ROOT / "requirements.lock").read_bytes())
    (tmp_path / "docker-compose.yml").write_text(ONE_SERVICE)

    def composed(*arguments):
        return subprocess.run(
            [compose[major], "--project-name", f"locked{major}", *arguments],
            cwd=tmp_path,
            env={**environment(docker_host), **images()},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    try:
        composed("build")
        assert composed("run", "--rm", "-T", "app").strip() == "(3, 11)"
    finally:
        composed("down")


def test_rabbitmq_runs_without_rights_reads_its_settings_and_answers(docker_host, tmp_path):
    settings = tmp_path / "20-test.conf"
    settings.write_text("cluster_name = warm-test\n")
    options = ("--volume", f"{settings}:/etc/rabbitmq/conf.d/20-test.conf:ro")
    image = images()["WARM_RABBITMQ_IMAGE"]
    with running(docker_host, image, options=options) as name:

        def broker(*command):
            return asked(docker_host, "exec", name, *command)

        started = wait_until(lambda: broker("rabbitmq-diagnostics", "-q", "check_running"), 120)
        assert started is not None, docker(docker_host, "logs", name)
        assert broker("rabbitmq-diagnostics", "-q", "server_version").startswith("4.0.")
        assert "warm-test" in broker("rabbitmq-diagnostics", "-q", "cluster_status")
        assert "guest" in broker("rabbitmqctl", "-q", "list_users")
        assert broker("id").startswith("uid=999(rabbitmq) gid=999(rabbitmq)")
        assert "started TCP listener" in docker(docker_host, "logs", name)


def test_rabbitmq_owns_the_folder_of_its_data(docker_host):
    image = images()["WARM_RABBITMQ_IMAGE"]
    listed = docker(
        docker_host, "run", "--rm", *HARDENED, image, "stat", "-c%u:%g", "/var/lib/rabbitmq"
    )
    assert listed.strip() == "999:999"


def test_mongod_runs_without_rights_and_mongosh_answers(docker_host):
    image = images()["WARM_MONGO_IMAGE"]
    command = ("mongod", "--bind_ip_all", "--replSet", "rs")
    with running(docker_host, image, *command, options=HOME) as name:

        def evaluated(expression):
            return asked(docker_host, "exec", name, "mongosh", "--quiet", "--eval", expression)

        assert wait_until(lambda: evaluated("db.hello().ok"), 120).strip() == "1"
        assert evaluated("db.version()").startswith("6.0.")
        assert evaluated("rs.initiate().ok").strip() == "1"
        assert wait_until(lambda: (evaluated("db.hello().isWritablePrimary") or "") == "true\n", 60)
        assert asked(docker_host, "exec", name, "id").startswith(
            "uid=999(mongodb) gid=999(mongodb)"
        )
        assert ".mongodb" not in docker(docker_host, "exec", name, "ls", "--all", "/data/db")


def test_mongosh_is_the_real_one_and_knows_tls(docker_host):
    image = images()["WARM_MONGO_IMAGE"]
    told = docker(docker_host, "run", "--rm", *HARDENED, *HOME, image, "mongosh", "--help")
    assert "--tlsCAFile" in told
    assert "--tlsCertificateKeyFile" in told


def test_what_is_there_is_not_made_again(docker_host, tmp_path):
    said = []
    standins.ensure(docker_host, tmp_path, said.append)
    assert said == []
