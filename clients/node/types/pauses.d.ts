/** @param {number} milliseconds @param {AbortSignal} stop ends it */
export function pause(milliseconds: number, stop: AbortSignal): Promise<void>;
export class Pauses {
    /** @param {AbortSignal} stop ends a pause */
    constructor(stop: AbortSignal);
    stop: AbortSignal;
    next(): Promise<void>;
    /** The last attempt was successful. */
    reset(): void;
    #private;
}
