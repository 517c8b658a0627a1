/**
 * The form in a message; null for a message of another kind.
 *
 * @param {import("./deliveries.js").Message} message
 */
export function readForm({ content: body, properties }: import("./deliveries.js").Message): Form | null;
/**
 * @typedef {object} FormFields
 * @property {string} urn
 * @property {string} name of its issue, such as `2017-W06-r0`, safe as the name of a file
 * @property {string} form such as `pdf`, `docx`, `sdmx`
 * @property {string} lang `zh` or `en`
 * @property {string} mediaType
 * @property {string} sha256 of the file, as the message names it
 * @property {Buffer} body
 */
/** A file as it came. That the office signed this one, only the manifest of its issue says. */
export class Form {
    /** @param {FormFields} fields */
    constructor({ urn, name, form, lang, mediaType, sha256, body }: FormFields);
    urn: string;
    name: string;
    form: string;
    lang: string;
    mediaType: string;
    sha256: string;
    body: Buffer<ArrayBufferLike>;
    /** Whether its bytes have the SHA-256 that the message names. */
    get isWhole(): boolean;
    /**
     * Whether a manifest names this very file.
     *
     * @param {any} manifest of a report, whose signature was checked: `report.data.manifest`
     */
    isSignedIn(manifest: any): any;
}
/**
 * @typedef {object} FormReaderOptions
 * @property {(form: Form) => unknown} handle keeps a form. Where it returns false, or a promise of
 *   false, it gets the same form again a second later: its issue may not be there yet. Where it
 *   throws or rejects, that is logged, and the form comes again later
 * @property {string} folder for `forms.json`, which says how far the stream was read
 * @property {string} [uri] the broker; else AMQP_URI or AMQP_URI_FILE of the environment
 * @property {string} [stream]
 * @property {(line: string) => void} [log]
 */
/** Gives each form to `handle`, in the order of the stream, at least once. */
export class FormReader {
    /** @param {FormReaderOptions} options */
    constructor(options: FormReaderOptions);
    uri: string;
    handle: (form: Form) => unknown;
    stream: string;
    /** @type {(line: string) => void} */
    log: (line: string) => void;
    folder: string;
    /** Read until `stop` is called. What goes wrong is logged, and tried again, for ever. */
    run(): Promise<void>;
    /** End `run` after the form that is being handled. */
    stop(): void;
    #private;
}
export type FormFields = {
    urn: string;
    /**
     * of its issue, such as `2017-W06-r0`, safe as the name of a file
     */
    name: string;
    /**
     * such as `pdf`, `docx`, `sdmx`
     */
    form: string;
    /**
     * `zh` or `en`
     */
    lang: string;
    mediaType: string;
    /**
     * of the file, as the message names it
     */
    sha256: string;
    body: Buffer;
};
export type FormReaderOptions = {
    /**
     * keeps a form. Where it returns false, or a promise of
     * false, it gets the same form again a second later: its issue may not be there yet. Where it
     * throws or rejects, that is logged, and the form comes again later
     */
    handle: (form: Form) => unknown;
    /**
     * for `forms.json`, which says how far the stream was read
     */
    folder: string;
    /**
     * the broker; else AMQP_URI or AMQP_URI_FILE of the environment
     */
    uri?: string | undefined;
    stream?: string | undefined;
    log?: ((line: string) => void) | undefined;
};
