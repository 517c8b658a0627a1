"""The Node client without servers: generated files are current, types are right, its own tests."""

import json
import shutil

import pytest

from deploy.catalogue import client_node
from shared.domain import canonical
from tests.support import issue_documents, node
from tests.support.golden import FOLDER as GOLDEN

STALE = "stale: run `python -m deploy.catalogue`"


@pytest.mark.parametrize("path, text", client_node.files().items(), ids=client_node.files())
def test_what_is_generated_is_current(path, text):
    assert (node.CLIENT / path).read_text("utf-8") == text, f"clients/node/{path} is {STALE}"


@pytest.fixture(scope="module")
def client():
    return node.installed(node.CLIENT)


def test_its_types_are_right_and_the_published_ones_are_of_this_source(client, tmp_path):
    # The types of the packages that it uses take most of the time: the long run checks them too.
    options = ["--emitDeclarationOnly", "--skipLibCheck", "--outDir", str(tmp_path)]
    node.run("npx", "tsc", *options, cwd=client)
    made = {it.name: it.read_text("utf-8") for it in tmp_path.rglob("*.d.ts")}
    kept = {it.name: it.read_text("utf-8") for it in (node.CLIENT / "types").iterdir()}
    del kept["services.d.ts"]  # Generated from the declarations.
    assert made == kept, "run `npm run types` in clients/node"


USER = """
import { DeadlineExceeded, RpcClient, Subscriber, type WarmError } from "warm-district-client";

const rpc = new RpcClient({ uri: "amqp://localhost", actor: "person:clerk-7" });
const { relief, supervision } = rpc.services;
const order = await relief.order({ id: "o-1" }, { seconds: 2 });
const items: string[] = order.items.map((it) => it.item);
const keyid: string = (await supervision.signing_key()).keyid;
// @ts-expect-error: an argument is missing
await relief.order({});
// @ts-expect-error: a code that isn't one
await relief.confirm_order({ id: "o-1", time: "t", timeprecision: "century" });
// @ts-expect-error: no such method
await relief.praise_order({ id: "o-1" });
// @ts-expect-error: a field that may be null
const rating: number = order.rating;
const error: WarmError = new DeadlineExceeded();
const helps: "no" | "same_id" | "later" = error.tryAgain;
const options = { name: "archive", folder: "state", keys: null, uri: "amqp://localhost" };
new Subscriber({ ...options, handle: async ({ kind, text }) => void [kind === "revised", text] });
export { helps, items, keyid, rating };
"""


@pytest.mark.long
def test_a_typescript_program_has_types_for_methods_errors_and_reports(client):
    (client / "user.ts").write_text(USER)
    options = ["--strict", "--noEmit", "--module", "nodenext", "--target", "es2022"]
    node.run("npx", "tsc", *options, "user.ts", cwd=client)


CANONICAL = """
import { canonical } from "warm-district-client";
import { readFileSync } from "node:fs";

const lines = readFileSync(0, "utf-8").trim().split("\\n");
console.log(JSON.stringify(lines.map((line) => canonical(JSON.parse(line)))));
"""


def test_its_canonical_json_is_ours(client, seed):
    values = [issue_documents.drawn(seed + more) for more in range(3)]
    values.append({"\U00020000": "\x7f\u2028", "\uffee": [{}, -1, 2**53 - 1], "a": {"é": None}})
    lines = "\n".join(map(json.dumps, values))
    done = node.run("node", "--input-type=module", "-e", CANONICAL, cwd=client, input=lines)
    assert json.loads(done.stdout) == [canonical.dumps(it).decode() for it in values]


def test_its_own_tests_pass(client):
    environment = node.environment() | {"WARM_GOLDEN": str(GOLDEN)}
    node.run("node", "--test", "test/", cwd=client, env=environment)


INSTALLED = 'import("warm-district-client").then((it) => console.log(typeof it.Subscriber))'


@pytest.mark.long
@pytest.mark.parametrize("way", ["inside", "elsewhere"])
def test_it_is_installed_from_its_folder(tmp_path, way):
    """The packed one is installed in the integration tests."""
    place, user = tmp_path / "clients" / "node", tmp_path if way == "inside" else tmp_path / "user"
    ignored = shutil.ignore_patterns("node_modules")
    shutil.copytree(node.CLIENT, place, ignore=ignored)
    user.mkdir(exist_ok=True)
    (user / "package.json").write_text('{"private": true}')
    links = [] if way == "inside" else ["--install-links"]
    node.run("npm", "install", "--no-audit", *links, str(place), cwd=user)
    assert node.run("node", "-e", INSTALLED, cwd=user).stdout == "function\n"
