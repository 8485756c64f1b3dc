import { textAt, valueAt } from "../../web/json.js";
import { moved, nothing } from "../../delivery/event.js";
import { authorization, headerOf, showIn } from "../../delivery/header.js";
import { hintOf } from "../../delivery/image.js";
import type { HookEvent, Sender } from "../../delivery/sender.js";
import { inEnvelope, readEnvelope } from "./sns-envelope.js";

/**
 * Amazon's registry by EventBridge: as it is, in a CloudEvent that a transformer has made, or in SNS's envelope. An API
 * destination shows a key, a password or a token.
 */
export const ecr: Sender = {
  type: "ecr",
  secret: (req) => headerOf(req, "x-api-key") ?? authorization(req),
  media: ["text/plain"],
  read: (body) => readEnvelope(body, pushIn) ?? pushIn(body),
  show: showIn("x-api-key"),
  guide: {
    title: "Amazon ECR",
    secret: "apart",
    steps: [
      "In EventBridge make a connection with an API key: x-api-key, {secret}",
      "Make an API destination with it: POST {url}",
      "Make a rule for the source aws.ecr and the detail type ECR Image Action, with that destination as its target.",
    ],
  },
  sample: ({ image: { registry, repository, tag }, topic }) => {
    const [, account, region] = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\./.exec(registry) ?? [];
    const detail = { "action-type": "PUSH", result: "SUCCESS", "repository-name": repository, "image-tag": tag };
    const event = { "detail-type": "ECR Image Action", source: "aws.ecr", account, region, detail };
    return { body: topic === undefined ? event : inEnvelope(topic, event) };
  },
};

/** Of an event, or of a CloudEvent around it or around its `detail`. */
export function pushIn(event: unknown): HookEvent {
  const inner = valueAt(event, "specversion") === undefined ? event : valueAt(event, "data");
  const detail = valueAt(inner, "detail") ?? inner;
  if (textAt(detail, "action-type") !== "PUSH") return nothing("only pushes of images count");
  if ((textAt(detail, "result") ?? "SUCCESS") !== "SUCCESS") return nothing("a push that has failed");
  const repository = textAt(detail, "repository-name");
  if (repository === undefined) return nothing("the delivery names no repository");
  const tag = textAt(detail, "image-tag");
  if (tag === undefined) return moved([]);
  const [account, region] = ["account", "region"].map((key) => textAt(inner, key) ?? textAt(event, key));
  return moved([hintOf({ host: hostOf(account, region), repository, tag })]);
}

/** Absent where a transformer has left out whose registry it is. */
function hostOf(account: string | undefined, region: string | undefined): string | undefined {
  if (account === undefined || region === undefined) return undefined;
  if (!/^\d{12}$/.test(account) || !/^[a-z0-9-]{1,40}$/.test(region)) return undefined;
  return `${account}.dkr.ecr.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
}
