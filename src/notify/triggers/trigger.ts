import { asFairleadError } from "../../errors.js";
import { placed, wrongAt } from "../../tools/placed.js";
import { given } from "../../tools/present.js";
import type { Secret } from "../../tools/secret.js";
import { ask } from "../exchange/answer.js";
import { limitedIn } from "../exchange/limited.js";
import type { Answer, Channel } from "../model/channel.js";
import type { Exchange, Reply } from "../model/exchange.js";
import type { Notice } from "../model/notice.js";
import { choiceOf } from "../words/choice.js";
import { hasRegistry, subjectOf, wordsOf, type Subject } from "../words/words.js";
import type { Begun } from "./begun.js";
import type { WrittenTrigger } from "./fields.js";
import type { TriggerKind } from "./kind.js";
import { fillingOf, triggerKinds, type SecretKey, type TriggerSettings } from "./settings.js";

export interface TriggerContext {
  readonly exchange: Exchange;
  readonly begun: Begun;
  /**
   * The digest that a tag stands for now, where a delivery does not say it. Rejects with a FairleadError whose `retry` says
   * whether it is worth asking again.
   */
  digestOf(repository: string, tag: string, signal: AbortSignal): Promise<string>;
  /** Epoch ms. */
  now(): number;
}

const timeoutMs = 30_000;

/** The first secret in a file of the host; throws FairleadError. */
type SecretIn = (path: string) => Secret;

/** A channel for each trigger, once it is known whom they ask. Reads their secrets; throws FairleadError `ConfigInvalid`. */
export function triggersOf(
  triggers: readonly TriggerSettings[],
  secretIn: SecretIn,
): (context: TriggerContext) => readonly Channel[] {
  const open = triggers.map((trigger) => opened(trigger, secretIn));
  return (context) => open.map((channel) => channel(context));
}

function opened(trigger: TriggerSettings, secretIn: SecretIn): (context: TriggerContext) => Channel {
  const { name, type, written, places } = trigger;
  const kind = triggerKinds[type];
  const secretOf = (key: SecretKey) => {
    const path = written[key];
    return path === undefined
      ? undefined
      : placed(
          () => places[key],
          () => secretIn(path),
        );
  };
  const token = secretOf("tokenFile") ?? secretOf("apiTokenFile");
  const url = trigger.url ?? addressIn(secretOf("urlFile"), places.urlFile) ?? "";
  const opening = { name, kind, written, url, token };
  return (context) => channelOf(opening, context);
}

/** What it is, nobody is shown. */
function addressIn(secret: Secret | undefined, place: string): Secret | undefined {
  if (secret === undefined) return undefined;
  const text = secret.reveal();
  if (/^https?:\/\//i.test(text) && URL.canParse(text)) return secret;
  throw wrongAt(place, "the file does not hold an http or https URL", "write the whole URL into it");
}

interface Opening {
  readonly name: string;
  readonly kind: TriggerKind;
  readonly written: WrittenTrigger;
  readonly url: string | Secret;
  readonly token: Secret | undefined;
}

function channelOf({ name, kind, written, url, token }: Opening, context: TriggerContext): Channel {
  const fill = fillingOf(written);
  const requestFor = (notice: Notice, digest: string | undefined) =>
    kind.request({ written, url, token, ...fill(wordsOf(notice, digest)) });
  const { remedies } = kind;
  const deliver = async (notice: Notice, signal: AbortSignal): Promise<Answer> => {
    const known = await identify(notice, context, signal);
    if ("outcome" in known) return known;
    const image = onceFor(notice, known);
    if (image !== undefined && (await context.begun.has(name, image))) {
      return { outcome: "delivered", said: `a pipeline was begun for ${image} before` };
    }
    const outgoing = requestFor(notice, known.digest);
    const read = (reply: Reply) => limitedIn(reply, outgoing, context);
    const answer = await ask(context, outgoing, signal, { remedies, read });
    if (answer.outcome === "delivered" && image !== undefined) await context.begun.add(name, image);
    return answer;
  };
  return { name: `trigger/${name}`, wants: choiceOf(written), deliver, timeoutMs };
}

/** What a delivery is about, with the digest that its sender may not have said. */
async function identify(notice: Notice, context: TriggerContext, signal: AbortSignal): Promise<Subject | Answer> {
  const subject = subjectOf(notice);
  const { repository, tag, digest } = subject;
  if (notice.delivery === undefined || digest !== undefined || tag === undefined) return subject;
  // Some senders do not know their own host: the image may be of any registry.
  if (repository === undefined || !hasRegistry(repository)) return subject;
  try {
    return { ...subject, digest: await context.digestOf(repository, tag, signal) };
  } catch (thrown) {
    const { message, retry, retryAfterMs } = asFairleadError(thrown);
    // Where nobody will ever say it, each delivery counts for itself: rather twice than never.
    if (retry === "never") return subject;
    return {
      outcome: "later",
      why: `the digest of ${repository}:${tag} is not known: ${message}`,
      ...given({ afterMs: retryAfterMs }),
    };
  }
}

/** A delivery may come several times for one push, and again for a tag that stays. Undefined: the notice counts for itself. */
function onceFor({ delivery }: Notice, { repository, tag, digest }: Subject): string | undefined {
  if (delivery === undefined || repository === undefined || digest === undefined) return undefined;
  return `${repository}${tag === undefined ? "" : `:${tag}`}@${digest}`;
}
