/** Which keys are trusted. */
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { KeyRing } from "../src/index.js";
import { retirement } from "../src/keys.js";
import { KEYID, OTHER_PEM, PEM, announced } from "./issues.js";

const [second, third] = [1, 2].map(() => generateKeyPairSync("ed25519"));

test("a key is trusted if a trusted one signed it, and so on", () => {
  const ring = new KeyRing([PEM]);
  const next = announced(second.publicKey);
  assert.equal(ring.follow(next), next.data.keyid);
  assert.equal(ring.follow(next), null);
  const last = announced(third.publicKey, second.privateKey, next.data.keyid);
  assert.equal(ring.follow(last), last.data.keyid);
  assert.deepEqual(ring.ids, [KEYID, next.data.keyid, last.data.keyid]);
});

test("a key that nobody trusted signed is not trusted", () => {
  const ring = new KeyRing([PEM]);
  const next = announced(second.publicKey);
  const text = announced(third.publicKey).data.public_key;
  for (const event of [
    announced(second.publicKey, null),
    announced(second.publicKey, third.privateKey),
    { ...next, data: { ...next.data, public_key: text } },
    { ...next, data: { ...next.data, previous: "0000000000000000" } },
    { ...next, type: "supervision.key.retired" },
    { type: next.type },
    null,
  ]) {
    assert.equal(ring.follow(event), null);
  }
  assert.deepEqual(ring.ids, [KEYID]);
  assert.equal(new KeyRing([OTHER_PEM]).follow(next), null);
});

test("a key whose fingerprint is known is trusted when it is announced", () => {
  const next = announced(second.publicKey, null, null);
  const ring = new KeyRing([next.data.keyid]);
  assert.equal(ring.follow(announced(third.publicKey, null)), null);
  assert.equal(ring.follow(next), next.data.keyid);
});

test("a retired key vouches for keys that were announced before, and for no others", () => {
  const ring = new KeyRing([PEM]);
  ring.retire(KEYID, 60);
  ring.retire(KEYID, 70);
  const next = announced(second.publicKey);
  for (const sourcesequence of [61, undefined, "59", 0, 2 ** 60]) {
    assert.equal(ring.follow({ ...next, sourcesequence }), null);
  }
  assert.equal(ring.follow({ ...next, sourcesequence: 59 }), next.data.keyid);
});

test("a retirement says which key ends, and where", () => {
  const event = { type: "supervision.key.retired", sourcesequence: 60, data: { keyid: KEYID } };
  assert.deepEqual(retirement(event), { keyid: KEYID, sequence: 60 });
  for (const changed of [
    { type: "supervision.key.announced" },
    { sourcesequence: undefined },
    { data: { keyid: [] } },
    { data: null },
  ]) {
    assert.equal(retirement({ ...event, ...changed }), null);
  }
  assert.equal(retirement(null), null);
});

test("only Ed25519 keys are taken", () => {
  const { publicKey } = generateKeyPairSync("x25519");
  const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
  assert.throws(() => new KeyRing([pem]), TypeError);
});
