/**
 * The office's public keys. The first one comes on another way than by the broker. Later ones are
 * announced in the stream `keys`, each signed by the one before, and trusted where that one is.
 */
import { createHash, createPublicKey, verify } from "node:crypto";

const ANNOUNCED = "supervision.key.announced";
const FINGERPRINT = /^[0-9a-f]{16,64}$/;

/** Ed25519 public keys by their id: the first 16 digits of the SHA-256 of the raw key. */
export class KeyRing {
  /** @type {Map<string, import("node:crypto").KeyObject>} */ #keys = new Map();

  /** @type {string[]} beginnings of the SHA-256 of keys that will be announced */ #expected = [];

  /** @param {readonly string[]} trusted keys in PEM, or fingerprints of keys in the stream: 16 or
   *   more hexadecimal digits. Throws TypeError for another kind of key */
  constructor(trusted) {
    for (const it of trusted) {
      if (FINGERPRINT.test(it)) this.#expected.push(it);
      else this.#add(createPublicKey(it));
    }
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
   * Trust the key that an event announces, if a trusted one signed it or its fingerprint is known.
   * Returns its id if it is new.
   *
   * @param {any} event
   * @returns {string | null}
   */
  follow(event) {
    try {
      const { keyid, public_key: text, previous, signature } = event.data;
      if (event.type !== ANNOUNCED || this.has(keyid)) return null;
      const der = Buffer.from(text, "base64");
      const key = createPublicKey({ key: der, format: "der", type: "spki" });
      const expected = this.#expected.some((it) => fingerprintOf(key).startsWith(it));
      if (!expected && !this.verifies(previous, signature, sha256(text))) return null;
      return this.#add(key);
    } catch {
      return null;
    }
  }

  /** @param {import("node:crypto").KeyObject} key */
  #add(key) {
    if (key.asymmetricKeyType !== "ed25519") throw new TypeError("must be an Ed25519 key");
    const keyid = fingerprintOf(key).slice(0, 16);
    this.#keys.set(keyid, key);
    return keyid;
  }
}

/** @param {import("node:crypto").KeyObject} key */
function fingerprintOf(key) {
  return sha256(key.export({ type: "spki", format: "der" }).subarray(-32));
}

/** @param {string | Buffer} content */
export function sha256(content) {
  return createHash("sha256").update(content).digest("hex");
}
