/**
 * The office's public keys. The first one comes on another way than by the broker. Later ones are
 * announced in the stream `keys`, each signed by the one before, and trusted where that one is.
 */
import { createHash, createPublicKey, verify } from "node:crypto";

const ANNOUNCED = "supervision.key.announced";

/** Ed25519 public keys by their id: the first 16 digits of the SHA-256 of the raw key. */
export class KeyRing {
  /** @type {Map<string, import("node:crypto").KeyObject>} */ #keys = new Map();

  /** @param {readonly string[]} pems keys that are trusted. Throws TypeError for another kind of key */
  constructor(pems) {
    for (const pem of pems) this.#add(createPublicKey(pem));
  }

  get ids() {
    return [...this.#keys.keys()];
  }

  /** @param {string} keyid */
  has(keyid) {
    return this.#keys.has(keyid);
  }

  /**
   * Whether the key made the signature (base64) over the digest; false for an unknown key.
   *
   * @param {string} keyid
   * @param {string} signature
   * @param {string} digest
   */
  verifies(keyid, signature, digest) {
    const key = this.#keys.get(keyid);
    const decoded = Buffer.from(signature, "base64");
    // Base64 has several spellings for the same bytes; only one of them was published.
    if (key === undefined || decoded.toString("base64") !== signature) return false;
    return verify(null, Buffer.from(digest, "ascii"), key, decoded);
  }

  /**
   * Trust the key that an event announces, if a trusted one signed it. Returns its id if it is new.
   *
   * @param {any} event
   * @returns {string | null}
   */
  follow(event) {
    try {
      const { keyid, public_key: text, previous, signature } = event.data;
      if (event.type !== ANNOUNCED || this.has(keyid)) return null;
      if (!this.verifies(previous, signature, sha256(text))) return null;
      const key = Buffer.from(text, "base64");
      return this.#add(createPublicKey({ key, format: "der", type: "spki" }));
    } catch {
      return null;
    }
  }

  /** @param {import("node:crypto").KeyObject} key */
  #add(key) {
    if (key.asymmetricKeyType !== "ed25519") throw new TypeError("must be an Ed25519 key");
    const keyid = sha256(key.export({ type: "spki", format: "der" }).subarray(-32)).slice(0, 16);
    this.#keys.set(keyid, key);
    return keyid;
  }
}

/** @param {string | Buffer} content */
export function sha256(content) {
  return createHash("sha256").update(content).digest("hex");
}
