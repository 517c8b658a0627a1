/** Receive published briefings, and call the services by RPC. See README.md. */
export * from "./errors.js";
export { Form, FormReader } from "./forms.js";
export { KeyRing } from "./keys.js";
export { Refused, UnknownKey, canonical, readReport } from "./report.js";
export { RpcClient } from "./rpc.js";
export { Subscriber } from "./subscriber.js";
