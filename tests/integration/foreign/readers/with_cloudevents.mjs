// Reads an event with the CloudEvents SDK for JavaScript from standard input, and writes it again.
import { CloudEvent, HTTP } from "cloudevents";
import { readFileSync } from "node:fs";

const body = readFileSync(0, "utf-8");
const event = new CloudEvent(JSON.parse(body), true);
let detected;
try {
  detected = HTTP.toEvent({ headers: { "content-type": "application/json" }, body }).id;
} catch (error) {
  detected = error.message;
}
console.log(
  JSON.stringify({
    again: JSON.parse(JSON.stringify(event)),
    time: event.time,
    sequence: event.sourcesequence,
    "of the content type": detected,
  }),
);
