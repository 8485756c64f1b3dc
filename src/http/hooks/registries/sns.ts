import { randomUUID } from "node:crypto";
import { headerOf } from "../../delivery/header.js";
import type { Sender } from "../../delivery/sender.js";
import { Refusal } from "../../web/refusal.js";
import { valueAt } from "../../web/json.js";
import { ownFormat, ownSample } from "../pipelines/own-format.js";
import { pushIn } from "./ecr.js";
import { inEnvelope, readEnvelope } from "./sns-envelope.js";

const sampleTopic = "arn:aws:sns:us-east-1:000000000000:sample";

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
  guide: {
    title: "Amazon SNS",
    secret: "in the address",
    steps: [
      "In the topic create a subscription with the protocol HTTPS and this endpoint: {url}",
      "Leave raw message delivery off. The address that confirms it stands in the log then: open it.",
      "A named receiver says with topics whose messages count.",
    ],
  },
  sample: (subject) => ({
    body: inEnvelope(subject.topic ?? sampleTopic, ownSample(subject)),
    headers: { "content-type": "text/plain; charset=UTF-8", "x-amz-sns-message-id": randomUUID() },
  }),
};
