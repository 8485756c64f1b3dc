import { headerOf } from "../../delivery/header.js";
import type { Sender } from "../../delivery/sender.js";
import { Refusal } from "../../web/refusal.js";
import { valueAt } from "../../web/json.js";
import { ownFormat } from "../pipelines/own-format.js";
import { pushIn } from "./ecr.js";
import { readEnvelope } from "./sns-envelope.js";

/**
 * Amazon SNS, for ECR's events or for messages in our own format. Its secret is in the URL; `topics` of a named receiver says
 * whose messages count.
 */
export const sns: Sender = {
  type: "sns",
  secret: () => undefined,
  media: ["text/plain"],
  id: (req) => headerOf(req, "x-amz-sns-message-id"),
  read: (body) => {
    const event = readEnvelope(body, (message) =>
      valueAt(message, "detail-type") === undefined ? ownFormat(message) : pushIn(message),
    );
    if (event === undefined) throw new Refusal(400, "TopicArn is missing", "leave raw message delivery off");
    return event;
  },
};
