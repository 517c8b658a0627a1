/** Files that are complete or missing after a crash. */
import { mkdir, open, readFile, readdir, rename, unlink, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";

// The ids of the last events that were handled. More of one issue don't wait in a queue.
const MOST_IDS = 2000;
const BODY = ".json";

/** @param {string} path @param {string | Buffer} content */
export async function writeAtomically(path, content) {
  const temporary = `${path}.tmp`;
  await writeFile(temporary, content, { flush: true });
  await rename(temporary, path);
  const folder = await open(dirname(path));
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** The content of a file; null where there is none. @param {string} path */
export async function textOf(path) {
  try {
    return await readFile(path, "utf-8");
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "ENOENT") return null;
    throw error;
  }
}

/** Which events were handled, how far the stream was read, and which keys are retired: `state.json`
 * in the folder. */
export class State {
  /** @type {Set<string>} in the order in which they were handled */ #handled = new Set();
  /** @type {{from: string | null, offset: number | null, done: boolean}} */
  #catchUp = { from: null, offset: null, done: false };
  /** @type {Record<string, number>} key → where it ended */ #retired = {};
  #path;

  /** @param {string} folder */
  constructor(folder) {
    this.#path = join(folder, "state.json");
  }

  async load() {
    await mkdir(dirname(this.#path), { recursive: true });
    const text = await textOf(this.#path);
    const empty = { handled: [], catchUp: { from: null, offset: null, done: false } };
    // The first release of this client kept no retired keys.
    const { handled, catchUp, retired = {} } = text === null ? empty : JSON.parse(text);
    this.#handled = new Set(handled);
    this.#catchUp = catchUp;
    this.#retired = retired;
  }

  get retired() {
    return Object.entries(this.#retired);
  }

  /** @param {string} keyid @param {number} sequence */
  async retire(keyid, sequence) {
    if (this.#retired[keyid] <= sequence) return;
    this.#retired = { ...this.#retired, [keyid]: sequence };
    await this.#save();
  }

  /** @param {string} id */
  has(id) {
    return this.#handled.has(id);
  }

  /** @param {string} id */
  async add(id) {
    this.#handled.add(id);
    for (const first of this.#handled) {
      if (this.#handled.size <= MOST_IDS) break;
      this.#handled.delete(first);
    }
    await this.#save();
  }

  /** Where to go on reading the stream: at its beginning, after an offset, or not at all.
   * @param {string | null} from */
  catchUpAfter(from) {
    if (from === null) return null;
    if (this.#catchUp.from !== from) this.#catchUp = { from, offset: null, done: false };
    return this.#catchUp.done ? null : { offset: this.#catchUp.offset };
  }

  /** @param {number | null} offset @param {boolean} [done] */
  async readUpTo(offset, done = false) {
    this.#catchUp = { ...this.#catchUp, offset, done };
    await this.#save();
  }

  async #save() {
    const content = { handled: [...this.#handled], catchUp: this.#catchUp, retired: this.#retired };
    await writeAtomically(this.#path, `${JSON.stringify(content)}\n`);
  }
}

/** Messages that were put aside, each as it came, with the reason beside it. */
export class Aside {
  #folder;

  /** @param {string} folder */
  constructor(folder) {
    this.#folder = join(folder, "aside");
  }

  /** The name of the file. @param {Buffer} body @param {string} reason */
  async keep(body, reason) {
    await mkdir(this.#folder, { recursive: true });
    const name = createHash("sha256").update(body).digest("hex");
    await writeAtomically(join(this.#folder, `${name}.txt`), `${reason}\n`);
    await writeAtomically(join(this.#folder, name + BODY), body);
    return join(this.#folder, name + BODY);
  }

  /** The files' names and contents. */
  async *all() {
    /** @type {string[]} */
    const names = await readdir(this.#folder).catch(() => []);
    for (const name of names.filter((it) => it.endsWith(BODY)).sort()) {
      yield { name, body: await readFile(join(this.#folder, name)) };
    }
  }

  /** @param {string} name of a file */
  async remove(name) {
    await unlink(join(this.#folder, name));
    await unlink(join(this.#folder, name.replace(BODY, ".txt"))).catch(() => undefined);
  }
}
