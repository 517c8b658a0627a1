/**
 * Calls methods by `client.services.<service>.<method>({…})`. Any number of calls may wait at the
 * same time. Close it at the end: it holds a connection.
 */
export class RpcClient {
    /** @param {RpcOptions} [options] */
    constructor({ uri, actor, seconds, repeats }?: RpcOptions);
    uri: string;
    actor: string | undefined;
    seconds: number;
    repeats: number;
    /** @type {import("../types/services.js").Services} */
    services: import("../types/services.js").Services;
    /**
     * The method's result. `command_id` and `actor` are added to a command that lacks them.
     *
     * Rejects with the typed error of the service; with DeadlineExceeded where no answer came in
     * time; with Unavailable where the broker takes no messages; with ValidationFailed where the
     * request is larger than a service reads; with TypeError where there is no such method.
     *
     * @param {string} service
     * @param {string} method
     * @param {Record<string, any>} [given]
     * @param {{seconds?: number}} [options]
     * @returns {Promise<any>}
     */
    call(service: string, method: string, given?: Record<string, any>, { seconds }?: {
        seconds?: number;
    }): Promise<any>;
    close(): Promise<void>;
    #private;
}
export type RpcOptions = {
    /**
     * the broker; else AMQP_URI or AMQP_URI_FILE of the environment
     */
    uri?: string | undefined;
    /**
     * who does it, where a command doesn't say: `person:<id>` or
     * `service:<name>`
     */
    actor?: string | undefined;
    /**
     * how long to wait for an answer, 10 if not given
     */
    seconds?: number | undefined;
    /**
     * how often a command without an answer in time is sent again, with
     * the same `command_id`, so that it has its effect once; each time waits as long. 1 if not given
     */
    repeats?: number | undefined;
};
