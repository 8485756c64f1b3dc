import type { Config } from "../../../config/config.js";
import { FairleadError } from "../../../errors.js";
import type { Subject } from "../../../http/delivery/guide.js";
import type { HookAddress } from "../../../http/hooks/addresses.js";
import { parseAddress, formatAddress } from "../../../tools/address.js";
import type { Admin } from "../../shared/admin.js";
import { siteUrl } from "../../shared/hooks-url.js";
import type { Wiring } from "../../shared/wiring.js";
import { receiverNamed, schemeOf } from "./receivers.js";
import { post } from "../../../http/web/post.js";
import { subjectOf, type Wish } from "./subject.js";

export interface HookTestOptions extends Wish {
  /** Where it is sent, up to `/hooks`: through a proxy, say. Absent: where the hooks listen on this host. */
  readonly url?: string | undefined;
}

/**
 * Sends a running controller what this sender would send, with a proof that is right, and prints what it answers: a look at
 * what it names, or why not. Exit 1: it names nothing here, or does not get in.
 */
export async function hookTest(
  wiring: Wiring,
  { config, admin }: { readonly config: Config; readonly admin: Admin },
  written: string,
  options: HookTestOptions,
): Promise<0 | 1> {
  const [address] = receiverNamed(written, config);
  if (address === undefined) return 1;
  const base =
    options.url === undefined
      ? `${schemeOf(config)}://${formatAddress(onThisHost(config.hooksListen))}`
      : siteUrl("--url", options.url).replace(/\/+$/, "");
  const subject = await subjectOf(options, address.receiver, config, admin);
  const { path, ...request } = requestOf(address, subject);
  wiring.print(`POST ${base}${path.replace(/\/[^/]*$/, request.isInPath ? "/<secret>" : "$&")}`);
  wiring.print(`  ${request.body}`);
  const answer = await post({
    url: new URL(`${base}${path}`),
    ...{ headers: request.headers, body: request.body, anyCertificate: options.url === undefined },
  }).catch((cause: unknown) => {
    throw new FairleadError("ApiUnreachable", `nobody answers at ${base}`, {
      remedy: "start fairlead run, or say with --url where its hooks listen",
      cause,
    });
  });
  const said = saidIn(answer.text);
  wiring.print(`${answer.status}: ${inWords(answer.status, said)}`);
  return answer.status === 202 ? 0 : 1;
}

interface Said {
  readonly enqueued?: readonly string[];
  readonly reason?: string;
  readonly error?: string;
  readonly remedy?: string;
}

function saidIn(text: string): Said {
  try {
    return Object(JSON.parse(text)) as Said;
  } catch {
    return {};
  }
}

function inWords(status: number, { enqueued, reason, error, remedy }: Said): string {
  if (enqueued !== undefined) return `it looks at ${enqueued.join(", ")}`;
  if (reason !== undefined) return `it changes nothing: ${reason}`;
  if (status === 404 || status === 401) {
    return "it does not let this in: the running controller has another secret, or no such receiver (it reads its settings at its start), or the address that this comes from is not in the receiver's allowFrom";
  }
  return `it is refused: ${error ?? "by somebody who is not Fairlead"}${remedy === undefined ? "" : ` (${remedy})`}`;
}

function requestOf({ sender, path, secrets, receiver }: HookAddress, subject: Subject) {
  const [secret] = secrets;
  if (secret === undefined) {
    throw new FairleadError(
      "ConfigInvalid",
      `only tokens of ${receiver?.oidc?.issuer ?? "an issuer"} open this receiver`,
      {
        remedy: "try it from where such tokens are given out",
      },
    );
  }
  const { body, headers = {} } = sender.sample(subject);
  const text = JSON.stringify(body);
  if (subject.isPush && !text.includes(subject.repository)) {
    throw new FairleadError("ConfigInvalid", `--repository: ${sender.guide.title} tells of no repository`, {
      remedy: "name an image with --image, or a forge's receiver",
    });
  }
  const isInPath = sender.guide.secret === "in the address";
  const proof = isInPath
    ? {}
    : (sender.show?.(secret) ?? sender.signature?.sign(Buffer.from(text), secret, Date.now()) ?? {});
  return {
    isInPath,
    path: isInPath ? `${path}/${encodeURIComponent(secret.reveal())}` : path,
    headers: { "content-type": "application/json", ...headers, ...proof },
    body: text,
  };
}

/** An address that stands for all of this host is reached over its loopback. */
function onThisHost(listen: string) {
  const { host, port } = parseAddress(listen);
  return { host: host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host, port };
}
