import { z } from "zod";
import type { Digest } from "../../compose/values/image.js";
import type { Answer } from "../client/transport.js";
import type { Subject } from "../faults/failure.js";
import { parseManifest, verifyBody } from "./manifest.js";

const config = z.object({ created: z.string() });

/** When an image's config, as it was answered, says that the image was made, epoch ms; undefined: it does not say. */
export function madeAt(answer: Answer, digest: Digest, subject: Subject): number | undefined {
  verifyBody(answer, digest, subject);
  const parsed = config.safeParse(parseManifest(answer, subject));
  const at = Date.parse(parsed.data?.created ?? "");
  return Number.isNaN(at) ? undefined : at;
}
