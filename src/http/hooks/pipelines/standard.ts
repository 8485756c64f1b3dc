import { headerOf } from "../../delivery/header.js";
import type { Sender } from "../../delivery/sender.js";
import { standardSignature } from "../../delivery/standard.js";
import { ownFormat } from "./own-format.js";

/** Our own format, signed as Standard Webhooks has it. */
export const standard: Sender = {
  type: "standard",
  secret: () => undefined,
  signature: standardSignature,
  id: (req) => headerOf(req, "webhook-id"),
  read: ownFormat,
};
