export * from "./errors.js";
export { KeyRing } from "./keys.js";
export { RpcClient } from "./rpc.js";
export { Subscriber } from "./subscriber.js";
export { Form, FormReader } from "./forms.js";
export { Refused, UnknownKey, canonical, readReport } from "./report.js";
