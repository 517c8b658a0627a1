// Reads an AsyncAPI document from its input, and writes what AsyncAPI's own parser says of it.
import { readFileSync } from "node:fs";
import { Parser } from "@asyncapi/parser";

const { document, diagnostics } = await new Parser().parse(readFileSync(0, "utf8"));
const said = diagnostics.map(({ code, severity, message, path }) => ({ code, severity, message, path }));
const operations = document?.operations().all().length ?? 0;
process.stdout.write(JSON.stringify({ said, operations }));
