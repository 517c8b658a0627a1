export * from "./errors.js";
export { KeyRing } from "./keys.js";
export { RpcClient } from "./rpc.js";
export { Subscriber } from "./subscriber.js";
export { Refused, UnknownKey, canonical, readReport } from "./report.js";
