/** @param {string} path @param {string | Buffer} content */
export function writeAtomically(path: string, content: string | Buffer): Promise<void>;
/** The content of a file; null where there is none. @param {string} path */
export function textOf(path: string): Promise<string | null>;
/** Which events were handled, how far the stream was read, and which keys are retired: `state.json`
 * in the folder. */
export class State {
    /** @param {string} folder */
    constructor(folder: string);
    load(): Promise<void>;
    get retired(): [string, number][];
    /** @param {string} keyid @param {number} sequence */
    retire(keyid: string, sequence: number): Promise<void>;
    /** @param {string} id */
    has(id: string): boolean;
    /** @param {string} id */
    add(id: string): Promise<void>;
    /** Where to go on reading the stream: at its beginning, after an offset, or not at all.
     * @param {string | null} from */
    catchUpAfter(from: string | null): {
        offset: number | null;
    } | null;
    /** @param {number | null} offset @param {boolean} [done] */
    readUpTo(offset: number | null, done?: boolean): Promise<void>;
    #private;
}
/** Messages that were put aside, each as it came, with the reason beside it. */
export class Aside {
    /** @param {string} folder */
    constructor(folder: string);
    /** The name of the file. @param {Buffer} body @param {string} reason */
    keep(body: Buffer, reason: string): Promise<string>;
    /** The files' names and contents. */
    all(): AsyncGenerator<{
        name: string;
        body: NonSharedBuffer;
    }, void, unknown>;
    /** @param {string} name of a file */
    remove(name: string): Promise<void>;
    #private;
}
