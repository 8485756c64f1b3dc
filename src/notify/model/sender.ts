import type { z } from "zod";
import type { Secret } from "../../tools/secret.js";
import type { Answer } from "./channel.js";
import type { Exchange } from "./exchange.js";
import type { Notice, NoticeKind } from "./notice.js";

/** One way to tell people: a file of its own, and a line in the table of senders. */
export interface Sender<Fields extends z.ZodRawShape = z.ZodRawShape> {
  /** The word after `type:`. */
  readonly type: string;
  /** Its own keys in a subscription, each with the `.describe()` that the documentation shows. */
  readonly fields: Fields;
  /** It has no room for what came between. */
  readonly isBrief?: true;
  /** Which events it is told where a subscription chooses none. Absent: as people are. */
  readonly on?: readonly NoticeKind[];
  /** Pure but for reading the secrets' files; throws FairleadError `ConfigInvalid` that names the key. */
  open(written: z.output<z.ZodObject<Fields>>, context: SenderContext): Tell;
}

/** Tells one notice; as `Channel.deliver`. */
export type Tell = (told: Told, signal: AbortSignal) => Promise<Answer>;

export interface Told {
  readonly notice: Notice;
  /** What the subscription's template has made of it, in place of the sender's own layout. */
  readonly text?: string;
}

export interface SenderContext {
  readonly exchange: Exchange;
  /** Where a key of this subscription stands, for messages: `/etc/fairlead/fairlead.yaml:12:5: notify.team.urlFile`. */
  place(key: string): string;
  /** The first secret in a file of the host; throws FairleadError `ConfigInvalid` with the place of the key that names it. */
  secretIn(path: string): Secret;
  /** Epoch ms. */
  now(): number;
}
