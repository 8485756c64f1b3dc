import { z } from "zod";
import { parseImage } from "../../compose/values/image.js";
import { quote } from "../../tools/quote.js";
import { isLoopback } from "../../tools/loopback.js";
import { placed, wrongAt as wrong } from "../../tools/placed.js";
import type { Secret } from "../../tools/secret.js";
import { hookTypes } from "../delivery/outcome.js";
import { blockList, isBlock } from "./addresses.js";
import { patternAt, type Pattern } from "../../patterns/pattern.js";
import type { NamedReceiver, OidcRule } from "./receiver.js";

const texts = () => z.array(z.string().min(1)).min(1).readonly().optional();
const map = () => z.record(z.string().min(1), z.string().min(1)).readonly();

const oidc = z.strictObject({
  issuer: z.string().min(1).describe("who has signed the token, such as `https://token.actions.githubusercontent.com`"),
  audience: z.string().min(1).describe("for whom: what the pipeline has asked the token for, or the push URL"),
  claims: map().describe("what it has to say, such as `{repository: acme/shop}`, each by a pattern"),
});

const receiver = z.strictObject({
  type: z.enum(hookTypes).describe("whose deliveries it takes"),
  secretFile: z.string().min(1).optional().describe("file with its secret, or with several, one a line"),
  secretsFile: z.string().min(1).optional().describe("the same: while one is replaced, the file has both"),
  oidc: oidc.optional().describe("tokens that open it in place of a secret; for `generic` and `gar`"),
  owners: texts().describe("the first parts of repositories that count, such as `notarock` (any)"),
  repositories: texts().describe("patterns of repositories that count, with or without their registry (any)"),
  tags: texts().describe("patterns of tags that count (any)"),
  ignoreTags: texts().describe("patterns of tags that do not (none)"),
  registry: z
    .string()
    .min(1)
    .optional()
    .describe("what services files call the registry, whatever the sender calls it"),
  alias: map()
    .optional()
    .describe(
      "beginnings of names and what services files have in their place: `{acme.jfrog.io/local: acme.jfrog.io/docker}`",
    ),
  topics: texts().describe("ARNs of the topics that count, for `sns` and `ecr` (any)"),
  allowFrom: texts().describe("addresses and blocks of addresses that may call (any)"),
  ratePerMinute: z
    .int()
    .min(1)
    .max(100_000)
    .optional()
    .describe("deliveries of one address that are taken (any number)"),
});

const receivers = z.record(z.string().regex(/^[a-zA-Z0-9][\w.-]{0,63}$/), receiver);

export type WrittenReceivers = z.infer<typeof receivers>;
type Written = z.infer<typeof receiver>;

/** The `receivers:` key of the settings file. The descriptions are the documentation's. */
export const receiversSchema: z.ZodType<WrittenReceivers> = receivers;

export interface ReceiversOptions {
  /** Where a key of it stands. */
  readonly place: (key: string) => string;
  /** The secrets in a file, or none where nobody needs them; throws FairleadError. */
  readonly secretsIn: (path: string) => readonly Secret[];
}

/** Throws FairleadError ConfigInvalid. */
export function receiversOf(written: WrittenReceivers, options: ReceiversOptions): readonly NamedReceiver[] {
  return Object.entries(written).map(([name, one]) => receiverOf(name, one, options));
}

function receiverOf(name: string, written: Written, { place, secretsIn }: ReceiversOptions): NamedReceiver {
  const at = (key: string) => place(`${name}.${key}`);
  const secrets = (["secretFile", "secretsFile"] as const).flatMap((key) => {
    const path = written[key];
    return path === undefined
      ? []
      : placed(
          () => at(key),
          () => secretsIn(path),
        );
  });
  if ([written.secretFile, written.secretsFile, written.oidc].every((one) => one === undefined)) {
    throw wrong(place(name), "nothing opens this receiver", "write secretFile, and put a secret into that file");
  }
  const patterns = (key: "repositories" | "tags" | "ignoreTags") =>
    written[key]?.map((text) => patternAt(text, () => at(key)));
  const badBlock = written.allowFrom?.find((text) => !isBlock(text));
  if (badBlock !== undefined) {
    throw wrong(
      at("allowFrom"),
      `${quote(badBlock)} is no address and no block`,
      "write for example 10.0.0.0/8 or 2001:db8::1",
    );
  }
  refuseNever(written, at);
  const { owners, registry, alias, topics, ratePerMinute } = written;
  return {
    ...{ name, type: written.type, secrets, ratePerMinute },
    oidc: written.oidc === undefined ? undefined : oidcOf(written.type, written.oidc, at),
    rules: {
      ...{ owners, registry, alias, topics },
      ...{ repositories: patterns("repositories"), tags: patterns("tags"), ignoreTags: patterns("ignoreTags") },
    },
    allowFrom: written.allowFrom === undefined ? undefined : blockList(written.allowFrom),
  };
}

/** What no delivery could ever fit. */
function refuseNever({ type, owners, registry, alias, topics }: Written, at: (key: string) => string): void {
  const badOwner = owners?.find((text) => text.includes("/") || !isBelow("any.invalid", text));
  if (badOwner !== undefined) {
    throw wrong(
      at("owners"),
      `${quote(badOwner)} is the first part of no repository`,
      "write it in lower case and without slashes, such as notarock",
    );
  }
  if (registry !== undefined && !isBelow(registry, "any")) {
    throw wrong(
      at("registry"),
      `${quote(registry)} is no registry as services files name it`,
      "write its host, such as ghcr.io or reg.lan:5000",
    );
  }
  for (const [from, to] of Object.entries(alias ?? {})) {
    const [host = "", ...path] = to.split("/");
    const isName = /^[^/\s]+(?:\/[^/\s]+)+$/.test(from) && path.length > 0 && isBelow(host, path.join("/"));
    if (!isName) {
      throw wrong(
        at("alias"),
        `${quote(`${from}: ${to}`)} has to be two names with their registries`,
        "write for example {acme.jfrog.io/local: acme.jfrog.io/docker}",
      );
    }
  }
  if (topics !== undefined && type !== "sns" && type !== "ecr") {
    throw wrong(at("topics"), `${type} names no topic`, "leave it out; topics is for sns and ecr");
  }
  const badTopic = topics?.find((text) => !/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]+(?:\.fifo)?$/.test(text));
  if (badTopic !== undefined) {
    throw wrong(
      at("topics"),
      `${quote(badTopic)} is no ARN of a topic`,
      "write for example arn:aws:sns:eu-west-1:123456789012:pushes",
    );
  }
}

/** Whether this is a registry and a path below it, both as image references have them. */
function isBelow(registry: string, path: string): boolean {
  try {
    const read = parseImage(`${registry}/${path}/any`);
    return read.registry === registry && read.repository === `${path}/any`;
  } catch {
    return false;
  }
}

function oidcOf(type: Written["type"], written: z.infer<typeof oidc>, at: (key: string) => string): OidcRule {
  if (type !== "generic" && type !== "gar") {
    throw wrong(at("oidc"), `${type} sends no such tokens`, "write secretFile; oidc is for generic and gar");
  }
  const { issuer, audience } = written;
  if (!isIssuer(issuer))
    throw wrong(at("oidc.issuer"), `${quote(issuer)} is no issuer`, "write the https:// URL that its tokens name");
  const claims = Object.entries(written.claims).map(([claim, text]) => [
    claim,
    patternAt(text, () => at(`oidc.claims.${claim}`)),
  ]);
  if (claims.length === 0) {
    throw wrong(
      at("oidc.claims"),
      "any token of this issuer would open it, also a stranger's",
      "write what yours say, such as {repository: acme/shop}",
    );
  }
  if (type === "gar" && written.claims["email"] === undefined) {
    throw wrong(
      at("oidc.claims"),
      "any project's subscription would open it",
      "write {email: …}, the service account of the push subscription",
    );
  }
  return { issuer, audience, claims: Object.fromEntries(claims) as Readonly<Record<string, Pattern>> };
}

/** Its keys are asked for there: in the clear only on this host. */
function isIssuer(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password, search, hash } = new URL(text);
  if (username + password + search + hash !== "") return false;
  return protocol === "https:" || (protocol === "http:" && isLoopback(hostname.replace(/^\[|\]$/g, "")));
}
