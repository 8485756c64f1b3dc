import { formatHint } from "../../../compose/values/image.js";
import { flagAt, textAt } from "../../web/json.js";
import { Refusal } from "../../web/refusal.js";
import { imageFrom } from "../../delivery/image.js";
import type { Subject } from "../../delivery/guide.js";
import type { HookEvent } from "../../delivery/sender.js";

/**
 * Our own format: `{"image": "host/repo:tag"}`, `{"service": "project/name"}`, or both; with `"build": true` what is built here
 * is built again. `{"repository": URL, "ref": "refs/heads/main"}` says that a repository has news. Throws Refusal 400.
 */
export function ownFormat(body: unknown): HookEvent {
  const image = textAt(body, "image");
  const service = textAt(body, "service");
  const repository = textAt(body, "repository");
  const ref = textAt(body, "ref");
  if (image === undefined && service === undefined && repository === undefined) {
    throw new Refusal(
      400,
      "neither image nor service nor repository is given",
      'send {"image": "host/repository:tag"}, {"service": "project/name"} or {"repository": "https://host/path.git"}',
    );
  }
  return {
    ...(repository === undefined ? {} : { pushes: [{ repositories: [repository], ref }] }),
    images: image === undefined ? [] : [imageFrom(image)],
    services: service === undefined ? [] : [service],
    build: flagAt(body, "build"),
  };
}

/** What {@link ownFormat} reads, of an image or of a repository. */
export function ownSample({ image, isPush, repository }: Subject): object {
  return isPush ? { repository } : { image: formatHint(image) };
}
