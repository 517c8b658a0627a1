export * from "./errors.js";
export { RpcClient } from "./rpc.js";
export { Subscriber } from "./subscriber.js";
export { Refused, canonical, keyidOf, readReport } from "./report.js";
