import { z } from "zod";
import { formatImage } from "../../compose/values/image.js";
import { FairleadError } from "../../errors.js";
import { withoutUrlSecrets } from "../../tools/mask.js";
import { printable } from "../../tools/printable.js";
import type { Answer } from "../client/transport.js";
import { place, type Subject } from "./failure.js";

const envelope = z.object({
  errors: z.array(z.object({ code: z.string().nullish(), message: z.string().nullish() })).min(1),
});
const longest = 200;

/** `; it says: …`, in the registry's own words; empty where it says nothing that can be read. */
export function wordsOf({ body }: Pick<Answer, "body">): string {
  const parsed = envelope.safeParse(jsonOf(body));
  if (!parsed.success) return "";
  const said = parsed.data.errors.map(({ code, message }) => [code, message].filter(Boolean).join(": "));
  const text = printable(withoutUrlSecrets(said.join("; ")), longest).trim();
  return text === "" ? "" : `; it says: ${text}`;
}

/** It does not take the tag, and will not until somebody changes something there. */
export function pushRefused(answer: Answer, subject: Subject): FairleadError {
  const { image, endpoint } = subject;
  const message = `${place(endpoint)} does not take ${formatImage(image)}: ${answer.url.host} answered ${answer.status}${wordsOf(answer)}`;
  const isReadOnly = answer.status === 405 || answer.status === 501;
  return new FairleadError("PushRefused", message, {
    remedy: isReadOnly
      ? "It takes no pushes at this address: it may be read-only, or a copy of another registry. Name the image by the registry that takes them, or remove `promote`."
      : "Its tags may be immutable: exempt this one there, or remove it from `promote`.",
  });
}

/** The same with what the registry itself says of it. */
export function withWords(error: FairleadError, answer: Answer): FairleadError {
  const { code, message, remedy, retry, cause } = error;
  const help = remedy === undefined ? {} : { remedy };
  return new FairleadError(code, `${message}${wordsOf(answer)}`, { ...help, retry, cause });
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}
