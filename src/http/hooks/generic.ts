import { bearerToken } from "../guard/secret.js";
import { flagAt, textAt } from "../web/json.js";
import { Refusal } from "../web/refusal.js";
import { imageFrom, type Sender } from "./sender.js";

/**
 * Our own format, for pipelines and curl: `{"image": "host/repo:tag"}`, `{"service": "project/name"}`, or both; with
 * `"build": true` what is built here is built again.
 */
export const generic: Sender = {
  type: "generic",
  secret: bearerToken,
  read: (body) => {
    const image = textAt(body, "image");
    const service = textAt(body, "service");
    if (image === undefined && service === undefined) {
      throw new Refusal(
        400,
        "neither image nor service is given",
        'send {"image": "host/repository:tag"} or {"service": "project/name"}',
      );
    }
    return {
      images: image === undefined ? [] : [imageFrom(image)],
      services: service === undefined ? [] : [service],
      build: flagAt(body, "build"),
    };
  },
};
