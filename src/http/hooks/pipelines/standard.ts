import { headerOf } from "../../delivery/header.js";
import type { Sender } from "../../delivery/sender.js";
import { standardSignature } from "../../delivery/standard.js";
import { ownFormat, ownSample } from "./own-format.js";

/** Our own format, signed as Standard Webhooks has it. */
export const standard: Sender = {
  type: "standard",
  secret: () => undefined,
  signature: standardSignature,
  id: (req) => headerOf(req, "webhook-id"),
  read: ownFormat,
  guide: {
    title: "Standard Webhooks",
    secret: "apart",
    steps: [
      "Give the sender this URL: {url}",
      "and this secret: {secret}",
      'Its payload is that of the type generic: {"image": "ghcr.io/acme/shop:latest"}',
    ],
  },
  sample: (subject) => ({ body: ownSample(subject) }),
};
