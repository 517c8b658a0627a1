"""The Python client stands on its own, and what is generated of it is current."""

import ast
import inspect
import subprocess
import sys
import tomllib

import pytest

from deploy.catalogue import client_python
from deploy.local.places import ROOT
from shared.contracts.rpc import COMMON, DECLARED
from shared.domain.errors import WarmError
from warm_client import methods, typed_errors
from warm_client.requests import TYPED

PACKAGE = ROOT / "clients" / "python"
SOURCES = sorted((PACKAGE / "src").rglob("*.py"))
FILES = client_python.files()
STALE = "stale: run `python -m deploy.catalogue`"


def imported_packages(path):
    packages = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            packages |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            packages.add("." * node.level + (node.module or "").split(".")[0])
    return packages


def test_it_imports_its_dependencies_and_nothing_of_this_project():
    foreign = {it for path in SOURCES for it in imported_packages(path)} - sys.stdlib_module_names
    assert foreign == {"warm_client", "pika", "aio_pika", "cryptography"}


def test_only_the_part_for_asyncio_needs_aio_pika():
    needing = {path.name for path in SOURCES if "aio_pika" in imported_packages(path)}
    assert needing == {"aio.py"}


def test_it_can_be_imported_where_the_project_is_not(tmp_path):
    code = f"import sys; sys.path.insert(0, {str(PACKAGE / 'src')!r}); import warm_client"
    code += "; import warm_client.methods; assert 'shared' not in sys.modules"
    subprocess.run([sys.executable, "-I", "-c", code], cwd=tmp_path, check=True)


@pytest.mark.parametrize("path", FILES, ids=lambda it: it.name)
def test_what_is_generated_is_current(path):
    assert path.read_text("utf-8") == FILES[path], STALE


def test_no_generated_file_is_left_over():
    written = set((client_python.FOLDER / "methods").glob("*.py"))
    assert written <= FILES.keys(), STALE


def test_every_typed_error_is_known_with_what_helps():
    assert {it.__name__: it.try_again for it in WarmError.__subclasses__()} == {
        name: it.try_again for name, it in TYPED.items()
    }
    assert TYPED["Conflict"] is typed_errors.Conflict


@pytest.mark.parametrize("prefix", ["", "Async"])
@pytest.mark.parametrize("service", sorted(DECLARED.keys() - {COMMON}))
def test_a_service_has_a_class_with_all_of_its_methods(service, prefix):
    cls = getattr(methods, prefix + service.capitalize())
    assert cls.service == service
    offered = {name for name in dir(cls) if not name.startswith("_")} - {"service"}
    assert offered == (DECLARED[service] | DECLARED[COMMON]).keys()
    assert {inspect.iscoroutinefunction(getattr(cls, name)) for name in offered} == {bool(prefix)}


def test_what_is_awaited_takes_and_gives_the_same():
    for service in sorted(DECLARED.keys() - {COMMON}):
        sync, awaited = (getattr(methods, it + service.capitalize()) for it in ("", "Async"))
        for name in DECLARED[service] | DECLARED[COMMON]:
            one, other = (getattr(cls, name) for cls in (sync, awaited))
            assert (one.__annotations__, one.__doc__) == (other.__annotations__, other.__doc__)


def test_its_version_is_that_of_the_project():
    versions = [
        tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]["version"]
        for folder in (ROOT, PACKAGE)
    ]
    assert versions[0] == versions[1]
