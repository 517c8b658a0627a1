/** What is left on the disk: which events were handled, and what was put aside. */
import assert from "node:assert/strict";
import { mkdtemp, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Aside, State } from "../src/files.js";
import { Subscriber } from "../src/index.js";
import { KEYID, OTHER_PEM, PEM, issue, message } from "./issues.js";

const folder = () => mkdtemp(join(tmpdir(), "warm-"));

async function state(place) {
  const found = new State(place);
  await found.load();
  return found;
}

test("a handled event is known after a restart", async () => {
  const place = join(await folder(), "new", "folder");
  await (await state(place)).add("e-1");
  const after = await state(place);
  assert.deepEqual([after.has("e-1"), after.has("e-2")], [true, false]);
});

test("the oldest ids are forgotten, and the file stays small", async () => {
  const place = await folder();
  const ids = Array.from({ length: 2000 }, (_, n) => `e-${n}`);
  const catchUp = { from: null, offset: null, done: false };
  await writeFile(join(place, "state.json"), JSON.stringify({ handled: ids, catchUp }));
  await (await state(place)).add("e-2000");
  const after = await state(place);
  assert.deepEqual([after.has("e-0"), after.has("e-1"), after.has("e-2000")], [false, true, true]);
});

test("catching up goes on where it was, ends once, and begins again for another issue", async () => {
  const place = await folder();
  const first = await state(place);
  assert.equal(first.catchUpAfter(null), null);
  assert.deepEqual(first.catchUpAfter("first"), { offset: null });
  await first.readUpTo(7);
  const second = await state(place);
  assert.deepEqual(second.catchUpAfter("first"), { offset: 7 });
  await second.readUpTo(9, true);
  const third = await state(place);
  assert.equal(third.catchUpAfter("first"), null);
  assert.deepEqual(third.catchUpAfter("2017-W06"), { offset: null });
});

test("a retired key is known after a restart, and where it ended first", async () => {
  const place = await folder();
  const first = await state(place);
  await first.retire(KEYID, 60);
  await first.retire(KEYID, 70);
  assert.deepEqual((await state(place)).retired, [[KEYID, 60]]);
});

test("what was put aside stays there if its key was retired before", async () => {
  const place = await folder();
  await (await state(place)).retire(KEYID, 60);
  await new Aside(place).keep(message(issue(), { sequence: 61 }), "why");
  const options = { name: "archive", uri: "amqp://localhost", folder: place, log: () => {} };
  const handle = () => assert.fail("handled");
  assert.equal(await new Subscriber({ ...options, handle, keys: [PEM] }).handleAside(), 1);
});

test("what was put aside is handled again once it can be, and leaves the folder", async () => {
  const place = await folder();
  const bodies = [message(issue("2017-W06")), Buffer.from("not JSON")];
  for (const body of bodies) await new Aside(place).keep(body, "why");
  const came = [];
  const options = { name: "archive", uri: "amqp://localhost", folder: place, log: () => {} };
  const handle = (report) => came.push(report.name);
  const unknown = new Subscriber({ ...options, handle, keys: [OTHER_PEM] });
  assert.equal(await unknown.handleAside(), 2);
  assert.equal(await new Subscriber({ ...options, handle, keys: [PEM] }).handleAside(), 1);
  assert.deepEqual(came, ["2017-W06-r0"]);
  assert.equal((await readdir(join(place, "aside"))).length, 2);
});
