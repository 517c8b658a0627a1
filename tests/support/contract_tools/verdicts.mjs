// Reads [{schema, values}] from its input, and writes for each a list of true and false.
import { readFileSync } from "node:fs";
import Ajv2020 from "ajv/dist/2020.js";

const verdicts = JSON.parse(readFileSync(0, "utf8")).map(({ schema, values }) => {
  // Formats are annotations in draft 2020-12.
  const ajv = new Ajv2020.default({ strict: true, validateFormats: false });
  const validate = ajv.compile(schema);
  return values.map((value) => validate(value));
});
process.stdout.write(JSON.stringify(verdicts));
