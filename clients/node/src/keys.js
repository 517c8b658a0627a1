/**
 * The office's public keys. The first one comes on another way than by the broker. Later ones are
 * announced in the stream `keys`, each signed by the one before, and trusted where that one is.
 *
 * The stream also says which keys are retired. The place of that event in the office's log is the
 * end of the key: what was recorded before it stays valid. What comes after it, or has no place in
 * the log, isn't the office's.
 */
import { createHash, createPublicKey, verify } from "node:crypto";

const ANNOUNCED = "supervision.key.announced";
const RETIRED = "supervision.key.retired";
const FINGERPRINT = /^[0-9a-f]{16,64}$/;

/** Ed25519 public keys by their id: the first 16 digits of the SHA-256 of the raw key. */
export class KeyRing {
  /** @type {Map<string, import("node:crypto").KeyObject>} */ #keys = new Map();

  /** @type {Map<string, number>} where a key ended */ #ends = new Map();

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
      if (!expected && !this.#vouches(previous, event, signature, sha256(text))) return null;
      return this.#add(key);
    } catch {
      return null;
    }
  }

  /** @param {string} keyid @param {any} event @param {string} signature @param {string} digest */
  #vouches(keyid, event, signature, digest) {
    return !this.hasEnded(keyid, event) && this.verifies(keyid, signature, digest);
  }

  /**
   * What this key signed counts up to that place in the office's log.
   *
   * @param {string} keyid
   * @param {number} sequence
   */
  retire(keyid, sequence) {
    this.#ends.set(keyid, Math.min(sequence, this.#ends.get(keyid) ?? sequence));
  }

  /**
   * Whether the key was retired before this event was recorded, or it can't be seen.
   *
   * @param {string} keyid
   * @param {any} event
   */
  hasEnded(keyid, event) {
    const end = this.#ends.get(keyid);
    return end !== undefined && !(sequenceOf(event) <= end);
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

/** The place of an event in the office's log; NaN where it has none. @param {any} event */
function sequenceOf({ sourcesequence: number }) {
  return Number.isSafeInteger(number) && number > 0 ? number : NaN;
}

/**
 * The key that an event retires, and where in the office's log; null for another event.
 *
 * @param {any} event
 */
export function retirement(event) {
  const keyid = event?.data?.keyid;
  if (event?.type !== RETIRED || typeof keyid !== "string") return null;
  const sequence = sequenceOf(event);
  return Number.isNaN(sequence) ? null : { keyid, sequence };
}

/** @param {string | Buffer} content */
export function sha256(content) {
  return createHash("sha256").update(content).digest("hex");
}
