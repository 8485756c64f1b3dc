import { formatHint } from "../../../compose/values/image.js";
import { parseJson, textAt, valueAt } from "../../web/json.js";
import { Refusal } from "../../web/refusal.js";
import { moved, nothing } from "../../delivery/event.js";
import { hintFrom } from "../../delivery/image.js";
import { bearerToken } from "../../guard/secret.js";
import type { Sender } from "../../delivery/sender.js";

/**
 * Google's registry by Pub/Sub: a push subscription to the topic `gcr`. It proves itself by an OIDC token (a named receiver's
 * `oidc`), or the secret is in the URL.
 */
export const gar: Sender = {
  type: "gar",
  secret: bearerToken,
  read: (body) => {
    const data = valueAt(body, "message", "data");
    if (typeof data !== "string") throw new Refusal(400, "message.data is missing", "leave payload unwrapping off");
    const event = parseJson(Buffer.from(data, "base64"));
    if (textAt(event, "action") !== "INSERT") return nothing("only new images count");
    const name = textAt(event, "tag");
    return moved(name === undefined ? [] : [hintFrom(name)]);
  },
  guide: {
    title: "Google Artifact Registry",
    secret: "in the address",
    steps: [
      "Create the Pub/Sub topic gcr in the project, if it is not there.",
      "Create a push subscription to it with this endpoint: {url}",
      "Or let it authenticate: a named receiver with oidc then takes the place of the secret.",
    ],
  },
  sample: ({ image }) => {
    const data = JSON.stringify({ action: "INSERT", tag: formatHint(image) });
    return {
      body: { message: { data: Buffer.from(data).toString("base64"), messageId: "1" }, subscription: "sample" },
    };
  },
};
