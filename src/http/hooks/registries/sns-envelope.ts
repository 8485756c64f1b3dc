import { parseJson, textAt, valueAt } from "../../web/json.js";
import { Refusal } from "../../web/refusal.js";
import { nothing } from "../../delivery/event.js";
import type { HookEvent } from "../../delivery/sender.js";

/** What confirms a subscription, at Amazon and nowhere else. A person opens it: we ask no address that a delivery names. */
const confirmation = /^https:\/\/sns\.[a-z0-9-]{1,40}\.amazonaws\.com(?:\.cn)?\/\?[\w=&%.:+~-]{1,900}$/;

/** A message as a topic passes it on. */
export function inEnvelope(topic: string, message: object): object {
  return { Type: "Notification", TopicArn: topic, Message: JSON.stringify(message) };
}

/** The notification inside SNS's envelope. Undefined: it is no such envelope. */
export function readEnvelope(body: unknown, read: (message: unknown) => HookEvent): HookEvent | undefined {
  const topic = textAt(body, "TopicArn");
  if (topic === undefined) return undefined;
  return { ...eventIn(body, read), topic };
}

function eventIn(body: unknown, read: (message: unknown) => HookEvent): HookEvent {
  const type = textAt(body, "Type");
  if (type === "Notification") {
    const message = valueAt(body, "Message");
    if (typeof message !== "string") throw new Refusal(400, "Message must be a string");
    return read(parseJson(Buffer.from(message)));
  }
  if (type !== "SubscriptionConfirmation") return nothing("only notifications count");
  const url = valueAt(body, "SubscribeURL");
  return typeof url === "string" && confirmation.test(url)
    ? nothing(`SNS wants the subscription confirmed: open ${url}`)
    : nothing("SNS wants the subscription confirmed, but names no address of Amazon's for that");
}
