/*
 * What `fairlead hook` shows and tries lives here: where a receiver is, and what it is sent.
 */

import { nearest } from "../../../tools/suggest.js";
import { quote } from "../../../tools/quote.js";
import type { Config } from "../../../config/config.js";
import { FairleadError } from "../../../errors.js";
import type { HookType } from "../../../http/delivery/outcome.js";
import { addressesOf, type HookAddress } from "../../../http/hooks/addresses.js";

/** All receivers that these settings open. Throws FairleadError ConfigInvalid where there is none. */
export function receiversIn({ hookSecrets, receivers }: Config): readonly HookAddress[] {
  const all = addressesOf(hookSecrets, receivers);
  if (all.length > 0) return all;
  throw new FairleadError("ConfigInvalid", "no receiver is open: there is no hook secret", {
    remedy: "make one with fairlead setup, or put it into a file and name that as hookSecretFile in the settings",
  });
}

/** The addresses of one, by the name or else the type that a person has written. Throws FairleadError ConfigInvalid. */
export function receiverNamed(written: string, config: Config): readonly HookAddress[] {
  const all = receiversIn(config);
  const found = all.filter((one) => (one.receiver?.name ?? nameOf(one)) === written);
  const named = found.filter(({ receiver }) => receiver !== undefined);
  if (found.length > 0) return named.length > 0 ? named : found;
  const names = [...new Set(all.map((one) => one.receiver?.name ?? nameOf(one)))];
  const meant = nearest(written, names);
  throw new FairleadError(
    "ConfigInvalid",
    `${quote(written)} is no receiver${meant === undefined ? "" : ` (did you mean ${quote(meant)}?)`}`,
    {
      remedy: `there are ${names.join(", ")}`,
    },
  );
}

/** The name in its path: Forgejo has one of its own. */
export function nameOf({ path }: HookAddress): HookType | "forgejo" {
  const [, , name = ""] = path.split("/");
  return name as HookType | "forgejo";
}

/** How this host's own listener is spoken to. */
export function schemeOf({ tls }: Config): "http" | "https" {
  return tls === undefined ? "http" : "https";
}
