/**
 * The key that an event retires, and where in the office's log; null for another event.
 *
 * @param {any} event
 */
export function retirement(event: any): {
    keyid: string;
    sequence: any;
} | null;
/** @param {string | Buffer} content */
export function sha256(content: string | Buffer): string;
/** Ed25519 public keys by their id: the first 16 digits of the SHA-256 of the raw key. */
export class KeyRing {
    /** @param {readonly string[]} trusted keys in PEM, or fingerprints of keys in the stream: 16 or
     *   more hexadecimal digits. Throws TypeError for another kind of key */
    constructor(trusted: readonly string[]);
    get ids(): string[];
    /** @param {string} keyid */
    has(keyid: string): boolean;
    /**
     * Whether the key made the signature (base64) over the digest; false for an unknown key.
     *
     * @param {string} keyid
     * @param {string} signature
     * @param {string} digest
     */
    verifies(keyid: string, signature: string, digest: string): boolean;
    /**
     * Trust the key that an event announces, if a trusted one signed it or its fingerprint is known.
     * Returns its id if it is new.
     *
     * @param {any} event
     * @returns {string | null}
     */
    follow(event: any): string | null;
    /**
     * What this key signed counts up to that place in the office's log.
     *
     * @param {string} keyid
     * @param {number} sequence
     */
    retire(keyid: string, sequence: number): void;
    /**
     * Whether the key was retired before this event was recorded, or it can't be seen.
     *
     * @param {string} keyid
     * @param {any} event
     */
    hasEnded(keyid: string, event: any): boolean;
    #private;
}
