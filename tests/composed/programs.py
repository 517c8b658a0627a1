"""Programs of subscribers in containers of a deployment, added as the guide says."""

import hashlib
import json
import shutil

from deploy.composed.secretfolder import SERVICE_USER
from deploy.local import secretfiles
from deploy.local.waiting import wait_until
from tests.composed.deployment import HEALTHY_SECONDS
from tests.support.web_receiver import SECRET

# The receiver is in one of the engine's own networks.
ENDPOINTS = """
[[endpoint]]
name = "city"
url = "http://receiver:8080/hooks"
secret_file = "city.secret"
allow = ["172.16.0.0/12", "192.168.0.0/16"]
"""


def add(deployment, *names):
    """Make subscribers of them, each with its files, and start them."""
    for name in names:
        deployment.warm("subscriber", "add", name)
        settle_in(deployment, name)
    deployment.start(*names)


def settle_in(deployment, name):
    """Put the address that was given, the office's key and the settings where the program reads
    them."""
    folder = deployment.folder / "subscribers" / name
    files = {"address": address(deployment, name), "office.pem": office_key(deployment)}
    if name == "webhooks":
        files |= {"endpoints.toml": ENDPOINTS, "city.secret": SECRET}
    for file, content in files.items():
        secretfiles.write_private(folder / file, content.encode(), SERVICE_USER, 0o400)


def address(deployment, name):
    """The address that `add` or `rotate` has given out. Its file is for the subscriber alone."""
    file = deployment.folder / f"{name}.amqp"
    given = file.read_text()
    file.unlink()
    return given


def receive(deployment, address, last, seconds):
    """What a program somewhere receives with that address: `reports`, up to that of the name `last`
    or for so many seconds, or the `error` of its login."""
    return deployment.script("receive", address, office_key(deployment), last, seconds)


def office_key(deployment):
    return deployment.ask("supervision", "signing_key")["pem"]


def remove(deployment, *names):
    """The subscribers with their containers. What these have written stays in its volume."""
    deployment.stop(*names)
    for name in names:
        deployment.warm("subscriber", "remove", name, "--yes")
        shutil.rmtree(deployment.folder / "subscribers" / name)


def wait_healthy(deployment, *names):
    for name in names:
        came = wait_until(lambda n=name: deployment.health(n) == ["healthy"], HEALTHY_SECONDS, 0.5)
        assert came, (name, deployment.health(name), deployment.compose("logs", "--tail=30", name))


def files(deployment, name, folder):
    """Path → content of what a program has written below a folder of its volume, but for its own
    state."""
    [container] = deployment.containers(name)
    told = deployment.docker("exec", container, "python", "-c", LISTING, folder)
    return {path: bytes.fromhex(content) for path, content in json.loads(told).items()}


LISTING = """
import json, pathlib, sys

folder = pathlib.Path(sys.argv[1])
found = (it for it in folder.rglob("*") if it.is_file() and not it.name.startswith("."))
print(json.dumps({str(it.relative_to(folder)): it.read_bytes().hex() for it in found}))
"""


def archived(deployment, report):
    """Whether the full archive has each form that the report's manifest names, byte for byte."""
    folder = files(deployment, "full-archive", f"/briefings/archive/{report}")
    named = json.loads(folder.get("manifest.json", b"{}")).get("renderings", ())
    kept = {hashlib.sha256(content).hexdigest() for content in folder.values()}
    return bool(named) and {it["sha256"] for it in named} <= kept


def received(deployment):
    """Week → the message that the receiver of webhooks has taken, in their order."""
    [receiver] = deployment.containers("receiver")
    taken = map(json.loads, deployment.docker("logs", receiver).splitlines())
    return {it["data"]["period"]: it for it in taken}
