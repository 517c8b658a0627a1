"""Settings: everything that is wrong is said at once, before anything starts."""

from datetime import timedelta

import pytest

from shared.domain.periods import Week, parse_instant
from shared.platform.settings import BadSettings, Settings, read_key
from shared.platform.version import project_version

GOOD = {
    "AMQP_URI": "amqp://a:b@localhost:1//",
    "MONGODB_URI": "mongodb://localhost:2/?replicaSet=r",
}
NOW = "2017-02-13T12:00:00+08:00"


def wrong(**environment):
    """The lines that say what is wrong."""
    with pytest.raises(BadSettings) as caught:
        Settings.from_environment(GOOD | environment)
    return str(caught.value).splitlines()


def test_only_the_servers_have_to_be_named():
    settings = Settings.from_environment(GOOD)
    assert (settings.environment, settings.log_level) == ("production", "INFO")
    assert (settings.amqp_uri, settings.mongodb_uri) == tuple(GOOD.values())
    assert settings.programme == {"zh": "温暖二七", "en": "Warm Erqi"}


def test_the_version_is_that_of_the_project_unless_it_is_overridden():
    assert Settings.from_environment(GOOD).version == project_version()
    assert Settings.from_environment(GOOD | {"WARM_VERSION": "next"}).version == "next"


def test_another_programme_can_be_named():
    named = Settings.from_environment(
        GOOD | {"WARM_PROGRAMME_ZH": "暖心", "WARM_PROGRAMME_EN": "X"}
    )
    assert named.programme == {"zh": "暖心", "en": "X"}


def test_the_programme_begins_with_a_week_or_without_a_limit():
    settings = Settings.from_environment(GOOD | {"WARM_PROGRAMME_FIRST_WEEK": "2017-W06"})
    assert settings.beginning == Week(2017, 6)
    assert Settings.from_environment(GOOD).beginning is None


def test_an_empty_setting_is_one_that_is_not_set():
    assert Settings.from_environment(GOOD | {"WARM_BATCH": " "}).batch == 1000


@pytest.mark.parametrize(
    "name, text",
    [
        ("AMQP_URI", ""),
        ("MONGODB_URI", " "),
        ("WARM_ENV", "prod"),
        ("WARM_LOG_LEVEL", "info"),
        ("WARM_PROGRAMME_FIRST_WEEK", "2017-02-06"),
        ("WARM_PROGRAMME_FIRST_WEEK", "2017-W53"),
        ("WARM_MAX_WORKERS", "0"),
        ("WARM_MAX_WORKERS", "ten"),
        ("WARM_BATCH", "-1"),
        ("WARM_BATCH", "1.5"),
        ("WARM_SWEEP_SECONDS", "²"),
        ("WARM_DRAIN_SECONDS", "1e3"),
        ("WARM_RPC_SECONDS", "5s"),
        ("WARM_STALL_SECONDS", "0"),
        ("WARM_INVALID_IN_A_ROW", "none"),
        ("WARM_NAME_READERS", "person:zhang.san,li.si"),
        ("WARM_NAME_READERS", "service:import"),
        ("WARM_PUBLIC_THRESHOLD", "2"),
        ("WARM_PUBLIC_THRESHOLD", "few"),
        ("WARM_NOW", NOW),
    ],
)
def test_a_wrong_setting_is_named_once(name, text):
    [line] = wrong(**{name: text})
    assert line.startswith((f"{name} ", f"{name}:"))
    assert line.count(name) == 1


def test_every_wrong_setting_is_named_at_once():
    bad = {
        "AMQP_URI": "",
        "WARM_ENV": "staging",
        "WARM_LOG_LEVEL": "loud",
        "WARM_BATCH": "many",
        "WARM_NOW": "yesterday",
    }
    said = [line.split()[0].rstrip(":") for line in wrong(**bad)]
    assert sorted(said) == sorted(bad)


@pytest.mark.parametrize("env", ["production", ""])
def test_a_set_clock_is_refused_where_time_is_real(env):
    [line] = wrong(WARM_NOW=NOW, WARM_ENV=env)
    assert "WARM_NOW" in line and "demo or test" in line


@pytest.mark.parametrize("env", ["demo", "test"])
def test_a_demo_may_set_its_clock(env):
    settings = Settings.from_environment(GOOD | {"WARM_NOW": NOW, "WARM_ENV": env})
    assert settings.clock.now() == parse_instant(NOW)


def test_a_clock_in_a_file_is_read_each_time(tmp_path):
    file = tmp_path / "now"
    file.write_text(NOW)
    settings = Settings.from_environment(GOOD | {"WARM_NOW": f"@{file}", "WARM_ENV": "test"})
    file.write_text("2017-02-20T12:00:00+08:00\n")
    assert settings.clock.now() == parse_instant(NOW) + timedelta(days=7)


@pytest.mark.parametrize("text", ["2017-02-13", "@/no/such/file", "@"])
def test_a_clock_that_tells_no_time_is_refused_at_start(text):
    [line] = wrong(WARM_NOW=text, WARM_ENV="test")
    assert line.startswith("WARM_NOW")


def test_a_key_file_that_is_not_there_is_named_by_its_setting(tmp_path):
    with pytest.raises(BadSettings, match="WARM_FIELD_KEY_FILE is missing"):
        read_key("", "WARM_FIELD_KEY_FILE")
    with pytest.raises(BadSettings, match="WARM_FIELD_KEY_FILE.*No such file"):
        read_key(str(tmp_path / "none"), "WARM_FIELD_KEY_FILE")


def test_a_secret_may_be_in_a_file(tmp_path):
    file = tmp_path / "relief.amqp"
    file.write_text(f"{GOOD['AMQP_URI']}\n")
    read = Settings.from_environment(GOOD | {"AMQP_URI": "", "AMQP_URI_FILE": str(file)})
    assert read.amqp_uri == GOOD["AMQP_URI"]


def test_a_secret_given_twice_is_refused(tmp_path):
    [line] = wrong(MONGODB_URI_FILE=str(tmp_path / "uri"))
    assert line == "MONGODB_URI is set twice: here and by MONGODB_URI_FILE"


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    [line] = wrong(AMQP_URI="", AMQP_URI_FILE=str(tmp_path / "none"))
    assert line.startswith("AMQP_URI can't be read: No such file or directory")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\xff")
    [line] = wrong(AMQP_URI="", AMQP_URI_FILE=str(tmp_path / "bytes"))
    assert line.endswith("isn't UTF-8 text")


@pytest.mark.parametrize(
    ("uri", "says"),
    [
        ("amqps://a:hush@h:1/%2F?verify=none", "unknown parameters: verify"),
        ("amqp://a:hush@h:1/%2F?cacertfile=/ca.pem", "needs amqps"),
        ("amqps://a:hush@h:1/%2F?cacertfile=", "without a file"),
        ("amqps://a:hush@h:1/%2F?cacertfile=/no/ca.pem", "No such file or directory: /no/ca.pem"),
        (
            f"amqps://a:hush@h:1/%2F?cacertfile={__file__}",
            f"no certificate in cacertfile: {__file__}",
        ),
        ("http://a:hush@h:1/", "must begin with amqp://"),
        # Passwords that should have been written with %XX.
        ("amqps://a:12?hush=1@h:1/%2F", "special characters as %XX"),
        ("amqps://a:12/hush@h:1/%2F", "special characters as %XX"),
        ("amqps://a:hush/1@h:1/%2F", "special characters as %XX"),
        ("amqps://a:12#hush@h:1/%2F", "special characters as %XX"),
        ("amqps://a:[hush@h:1/%2F", "special characters as %XX"),
    ],
)
def test_an_address_of_the_broker_that_would_not_be_heeded_is_refused_unseen(uri, says):
    [line] = wrong(AMQP_URI=uri)
    assert says in line and "hush" not in line


@pytest.mark.parametrize(
    ("uri", "says"),
    [
        ("mongodb://a:hush@h:1/?tls=true&tlsInsecure=true", "the server is always checked"),
        ("mongodb://a:hush@h:1/?tls=true&tlsallowinvalidhostnames=true", "always checked"),
        (
            "mongodb://a:hush@h:1/?tls=true&tlsCAFile=/no/ca.pem",
            "No such file or directory: /no/ca",
        ),
        (f"mongodb://a:hush@h:1/?tls=true&tlsCAFile={__file__}", "no certificate in tlsCAFile"),
        ("mongodb://a:hush@h:1/?hush=1", "isn't an address that the driver accepts"),
        ("mongodb://a:12/hush@h:1/", "isn't an address that the driver accepts"),
        ("http://a:hush@h:1/", "must begin with mongodb://"),
    ],
)
def test_an_address_of_the_database_that_would_not_be_heeded_is_refused_unseen(uri, says):
    [line] = wrong(MONGODB_URI=uri)
    assert says in line and "hush" not in line
