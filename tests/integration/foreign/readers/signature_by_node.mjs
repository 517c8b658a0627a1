// Checks an Ed25519 signature by node:crypto: KEY.pem SIGNATURE(base64) DIGEST
import { createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";

const [pem, signature, digest] = process.argv.slice(2);
const key = createPublicKey(readFileSync(pem));
const right = verify(null, Buffer.from(digest), key, Buffer.from(signature, "base64"));
console.log(right ? "right" : "wrong");
