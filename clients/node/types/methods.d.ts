/** The most bytes of a request that a service reads. */
export const REQUEST_BYTES: 1048576;
/**
 * Service → method → whether it is a command, which changes something.
 * @type {Readonly<Record<string, Readonly<Record<string, boolean>>>>}
 */
export const SERVICES: Readonly<Record<string, Readonly<Record<string, boolean>>>>;
