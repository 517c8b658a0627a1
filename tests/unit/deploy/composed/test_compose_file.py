"""docker-compose.yml agrees with the code, and gives each container only what it needs."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from deploy import broker_definitions
from deploy.composed.secretfolder import (
    BACKUP,
    KEEP_PERSONAL_DATA,
    SERVER_USER,
    SERVICE_USER,
    SecretFolder,
)
from deploy.local.admin_channels import ComposedChannel
from deploy.local.places import ROOT
from shared.platform.permissions import KEEPER
from shared.platform.settings import Settings
from shared.platform.subscribers import ARCHIVE, subscriber_queue
from shared.platform.topology import SERVICES
from shared.platform.version import project_version

FILE = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
CONTAINERS = FILE["services"]
ENVIRONMENT = dict(
    line.split("=", 1)
    for line in (ROOT / ".env").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
)
SECRETS = {it.name: it for it in SecretFolder().secrets()}
FIRST_WEEK = "WARM_PROGRAMME_FIRST_WEEK"
CALLERS = "WARM_CALLERS"
NAME_READERS = "WARM_NAME_READERS"
EXAMPLES = ("feed", "full-archive", "statistics", "webhooks")
READERS = ("subscriber", *EXAMPLES)
# Written anew each time, for the broker alone.
DERIVED = {"definitions.json", "plugins"}
# Never leaves the machine's own folder.
AUTHORITY_KEY = "authority.key"


def seconds(text):
    return int(text.removesuffix("s"))


def test_exactly_the_created_secrets_can_be_mounted():
    assert FILE["secrets"].keys() == SECRETS.keys() - {AUTHORITY_KEY} | DERIVED
    for name, it in FILE["secrets"].items():
        assert it == {"file": f"${{WARM_SECRETS}}/{name}"}


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_gets_only_its_own_secrets(name):
    own = {"authority.pem", f"{name}.amqp", f"{name}.mongodb"}
    own |= {f"{name}.field.key"} if name in KEEP_PERSONAL_DATA else set()
    own |= {"signing.key"} if name == "supervision" else set()
    assert set(CONTAINERS[name]["secrets"]) == own
    environment = CONTAINERS[name]["environment"]
    settings = (FIRST_WEEK, CALLERS, NAME_READERS)
    given = [path for key, path in environment.items() if key not in settings]
    assert {path.removeprefix("/run/secrets/") for path in given} == own - {"authority.pem"}
    assert CONTAINERS[name]["command"] == ["shared.service.runner", name]


@pytest.mark.parametrize("name", SERVICES)
def test_all_services_know_the_same_first_week_and_callers(name):
    assert CONTAINERS[name]["environment"][FIRST_WEEK] == f"${{{FIRST_WEEK}:-}}"
    assert FIRST_WEEK in ENVIRONMENT
    assert CONTAINERS[name]["environment"][CALLERS] == f"${{{CALLERS}:-named}}"


def test_volunteering_alone_knows_who_may_read_names():
    knowing = [name for name in SERVICES if NAME_READERS in CONTAINERS[name]["environment"]]
    assert knowing == ["volunteering"]
    assert CONTAINERS["volunteering"]["environment"][NAME_READERS] == f"${{{NAME_READERS}:-}}"


def test_the_set_up_gets_the_databases_users_and_nothing_else():
    users = {f"{name}.mongodb" for name in (*SERVICES, KEEPER, BACKUP)}
    assert set(CONTAINERS["setup"]["secrets"]) == users | {"authority.pem"}


@pytest.mark.parametrize("name", CONTAINERS)
def test_the_reader_of_a_secret_is_its_owner(name):
    if name in ("backup", "restore"):
        assert CONTAINERS[name]["cap_add"] == ["DAC_READ_SEARCH"]
        return
    user = int(CONTAINERS[name]["user"].split(":")[0])
    assert user in (SERVICE_USER, SERVER_USER)
    for secret in set(CONTAINERS[name]["secrets"]) - DERIVED:
        assert SECRETS[secret].user == user or SECRETS[secret].mode & 0o004


@pytest.mark.parametrize("name", CONTAINERS)
def test_every_container_is_confined_limited_and_its_log_ends(name):
    it = CONTAINERS[name]
    assert it["init"] and it["read_only"] and it["cap_drop"] == ["ALL"]
    assert it["security_opt"] == ["no-new-privileges:true"]
    assert it["mem_limit"] and it["logging"]["options"].keys() == {"max-size", "max-file"}
    assert not it.get("ports") and not it.get("privileged")


@pytest.mark.parametrize("name", (*SERVICES, *READERS, "bridge", "broker", "database"))
def test_lasting_containers_have_a_health_check_and_restart(name):
    it = CONTAINERS[name]
    assert it["healthcheck"]["test"][0] == "CMD"
    assert it["restart"] == "unless-stopped"
    assert it["cpus"] and it["pids_limit"]


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_waits_for_what_it_needs_and_has_time_to_drain(name):
    conditions = {what: it["condition"] for what, it in CONTAINERS[name]["depends_on"].items()}
    assert conditions == {
        "broker": "service_healthy",
        "database": "service_healthy",
        "setup": "service_completed_successfully",
        "topology": "service_completed_successfully",
    }
    assert seconds(CONTAINERS[name]["stop_grace_period"]) > Settings.drain_seconds


def test_only_webhooks_reach_other_networks():
    outside = {name for name, it in FILE["networks"].items() if it != {"internal": True}}
    assert outside == {"outside"}
    reaching = {name for name, it in CONTAINERS.items() if outside & set(it.get("networks", ()))}
    assert reaching == {"webhooks"}
    for name in (ARCHIVE.name, "office", "bridge"):
        container = "subscriber" if name == ARCHIVE.name else name
        assert CONTAINERS[container]["networks"] == ["messages"]


def test_the_bridge_sees_the_partners_and_no_password_of_theirs():
    bridge = CONTAINERS["bridge"]
    assert set(bridge["secrets"]) == {"authority.pem", "bridge.amqp"}
    [volume] = bridge["volumes"]
    folder, inside, mode = volume.split(":")
    partners = SecretFolder(Path("/secrets")).partners
    assert folder.replace("${WARM_SECRETS}", "/secrets") == str(partners.file.parent)
    assert bridge["environment"]["WARM_PARTNERS"] == f"{inside}/{partners.file.name}"
    assert mode == "ro"
    assert bridge["healthcheck"] == CONTAINERS["relief"]["healthcheck"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_authority_of_an_address_is_where_the_address_says(name):
    address = ComposedChannel().address(name, "x")
    [authority] = parse_qs(urlsplit(address).query)["cacertfile"]
    assert authority in CONTAINERS[name]["secrets"]
    assert CONTAINERS[name]["working_dir"] == "/run/secrets"


def test_the_subscriber_listens_to_its_queue():
    assert subscriber_queue(ARCHIVE.name) in CONTAINERS["subscriber"]["command"]


def test_images_are_pinned_and_ours_is_of_the_projects_version():
    for name, image in ENVIRONMENT.items():
        if name.endswith("_IMAGE"):
            tag = image.partition(":")[2]
            assert tag.count(".") == 2 and "latest" not in tag, image
    assert ENVIRONMENT["WARM_VERSION"] == project_version()


def test_the_image_gets_the_file_with_the_version():
    assert "COPY pyproject.toml /app/" in (ROOT / "deploy" / "Dockerfile").read_text("utf-8")
    assert "!pyproject.toml" in (ROOT / ".dockerignore").read_text("utf-8").splitlines()


def test_no_password_is_written_down():
    text = (ROOT / "docker-compose.yml").read_text("utf-8")
    assert "PASSWORD" not in text.upper().replace("LOG IN WITH PASSWORDS", "")
    assert "://" not in text.replace("http://broker:15692/metrics", "").replace(
        "mongodb://localhost/?directConnection=true", ""
    )


def test_the_broker_checks_its_policies_against_the_definitions_of_this_release():
    broker = CONTAINERS["broker"]
    mounted = dict(it.split(":")[:2][::-1] for it in broker["volumes"] if it.count(":") == 2)
    definitions = mounted[broker["environment"]["WARM_DEFINITIONS"]]
    check = mounted[broker["healthcheck"]["test"][-1]]
    assert (ROOT / definitions).samefile(broker_definitions.FILE)
    assert (ROOT / check).samefile(broker_definitions.CHECK)


def test_the_broker_reads_the_plugins_and_listeners_that_were_written_for_it():
    broker = CONTAINERS["broker"]
    assert broker["environment"]["RABBITMQ_ENABLED_PLUGINS_FILE"] == "/run/secrets/plugins"
    mounted = "${WARM_SECRETS}/protocols.conf:/etc/rabbitmq/conf.d/40-protocols.conf:ro"
    assert mounted in broker["volumes"]
    assert ENVIRONMENT["WARM_PROTOCOLS"] == ""
