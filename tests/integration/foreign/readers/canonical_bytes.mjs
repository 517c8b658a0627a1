// Writes each line of JSON again by the RFC 8785 library `canonicalize`.
import canonicalize from "canonicalize";
import { readFileSync } from "node:fs";

for (const line of readFileSync(0, "utf-8").trim().split("\n")) {
  console.log(JSON.stringify([canonicalize(JSON.parse(line))]));
}
