// Whether the scheme's library for Node takes a request: the secret, headers and body from stdin.
import { readFileSync } from "node:fs";
import { Webhook, WebhookVerificationError } from "standardwebhooks";

const { secret, headers, body } = JSON.parse(readFileSync(0, "utf-8"));
try {
  new Webhook(secret).verify(body, headers);
  console.log("taken");
} catch (error) {
  if (!(error instanceof WebhookVerificationError)) throw error;
  console.log("refused");
}
