"""RabbitMQ 4.0 for the tests: Debian 13's, in a folder of this project, beside the machine's 3.10.

`pytest --broker4` runs the stacks' brokers from it. It needs root, `mmdebstrap` and a mirror of
Debian; the folder is made once, in about three minutes.
"""

import os
import shutil
import subprocess

from deploy.local import install
from deploy.local.console import say
from deploy.local.errors import CannotRun
from deploy.local.lock import Lock
from deploy.local.places import ROOT, VAR

HOME = VAR / "broker4"
PACKAGES = "rabbitmq-server"
UNUSED = ("doc", "man", "info", "locale")
PROGRAMS = ("rabbitmq-server", "rabbitmqctl")

# With mounts that nobody else sees, and in the end as the broker itself: no process stays between
# it and the stack that signals it.
ENTER = """#!/bin/sh
exec unshare --mount --propagation private sh -ec '
project=$1 root=$2 program=$3; shift 3
for folder in "$project" /proc /dev; do
    mkdir -p "$root$folder"
    mount --rbind "$folder" "$root$folder"
done
exec chroot "$root" "/{programs}/$program" "$@"
' sh "{project}" "{root}" "${{0##*/}}" "$@"
"""


def ensure():
    """The folder for RABBITMQ_HOME, made if it is missing. Raises CannotRun."""
    lock = Lock(HOME.with_suffix(".lock"))
    lock.acquire()
    try:
        if not (HOME / "sbin").exists():
            _make()
    finally:
        lock.release()
    return HOME


def use():
    """Let every broker that this process starts be the other one."""
    os.environ["RABBITMQ_HOME"] = str(ensure())


def _make():
    if not shutil.which("mmdebstrap"):
        install.require_apt("mmdebstrap is not installed.", "mmdebstrap")
        install.apt_install("mmdebstrap")
    say("making RabbitMQ 4.0 of Debian 13 in var/broker4 (once)")
    shutil.rmtree(HOME, ignore_errors=True)
    root, scripts = HOME / "root", HOME / "making"
    scripts.mkdir(parents=True)
    unused = [f"--dpkgopt=path-exclude=/usr/share/{folder}/*" for folder in UNUSED]
    options = ["--variant=minbase", f"--include={PACKAGES}", *unused]
    done = subprocess.run(
        ["mmdebstrap", *options, "trixie", str(root)], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise CannotRun(f"mmdebstrap failed:\n{done.stderr[-4000:]}", "Repair that and try again.")
    # RabbitMQ's own scripts: Debian's change the user first.
    (found,) = root.glob("usr/lib/rabbitmq/lib/rabbitmq_server-4.*/sbin")
    for name in PROGRAMS:
        enter = ENTER.format(project=ROOT, root=root, programs=found.relative_to(root))
        (scripts / name).write_text(enter)
        (scripts / name).chmod(0o755)
    # At once or not at all: an interrupted run leaves nothing that looks ready.
    scripts.rename(HOME / "sbin")
