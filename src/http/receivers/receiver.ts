/*
 * Named receivers live here: what one is told in the settings, and what of a delivery it leaves alone. How a delivery is read
 * does not.
 */

import type { BlockList } from "node:net";
import type { Secret } from "../../tools/secret.js";
import type { HookType } from "../delivery/outcome.js";
import type { Pattern } from "../../patterns/pattern.js";

/** A receiver of its own, at `/hooks/r/<name>`. */
export interface NamedReceiver {
  readonly name: string;
  readonly type: HookType;
  /** Any of them opens it. None: only `oidc` does. */
  readonly secrets: readonly Secret[];
  readonly oidc: OidcRule | undefined;
  readonly rules: Rules;
  /** Absent: anybody may call. */
  readonly allowFrom: BlockList | undefined;
  /** Of one address. Absent: as many as it likes. */
  readonly ratePerMinute: number | undefined;
}

/** Which tokens count as proof: those of this issuer, for us, that say all of this. */
export interface OidcRule {
  /** As tokens name it. */
  readonly issuer: string;
  readonly audience: string;
  /** At least one: that an issuer has signed a token says only that somebody is known to it. */
  readonly claims: Readonly<Record<string, Pattern>>;
}

/** Which images of a delivery count, and what they are called here. Absent: any, as they are. */
export interface Rules {
  /** The first part of the repository. */
  readonly owners?: readonly string[] | undefined;
  readonly repositories?: readonly Pattern[] | undefined;
  readonly tags?: readonly Pattern[] | undefined;
  readonly ignoreTags?: readonly Pattern[] | undefined;
  /** The registry by the name that services files have for it, whatever the sender calls it. */
  readonly registry?: string | undefined;
  /** Beginnings of names, up to a `/`, and what stands in their place here. */
  readonly alias?: Readonly<Record<string, string>> | undefined;
  /** Whose messages count, where they come through a topic. */
  readonly topics?: readonly string[] | undefined;
}
