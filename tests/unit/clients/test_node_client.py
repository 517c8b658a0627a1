"""The Node client without servers: generated files are current, types are right, its own tests."""

import pytest

from deploy.catalogue import client_node
from tests.support import node
from tests.support.golden import FOLDER as GOLDEN

STALE = "stale: run `python -m deploy.catalogue`"


@pytest.mark.parametrize("path, text", client_node.files().items(), ids=client_node.files())
def test_what_is_generated_is_current(path, text):
    assert (node.CLIENT / path).read_text("utf-8") == text, f"clients/node/{path} is {STALE}"


@pytest.fixture(scope="module")
def client():
    return node.installed(node.CLIENT)


def test_its_types_are_right_and_the_published_ones_are_of_this_source(client, tmp_path):
    node.run("npx", "tsc", "--emitDeclarationOnly", "--outDir", str(tmp_path), cwd=client)
    made = {it.name: it.read_text("utf-8") for it in tmp_path.rglob("*.d.ts")}
    kept = {it.name: it.read_text("utf-8") for it in (node.CLIENT / "types").iterdir()}
    del kept["services.d.ts"]  # Generated from the declarations.
    assert made == kept, "run `npm run types` in clients/node"


def test_its_own_tests_pass(client):
    environment = node.environment() | {"WARM_GOLDEN": str(GOLDEN)}
    node.run("node", "--test", "test/", cwd=client, env=environment)
