/*
 * What is said of a registry that does not do as asked lives here.
 */

import { formatImage, type ImageReference } from "../../compose/values/image.js";
import { dockerHub } from "../../compose/values/registry-name.js";
import { FairleadError } from "../../errors.js";
import { printable } from "../../tools/printable.js";
import { hubHost, type Endpoint } from "../client/endpoint.js";
import type { ConnectionFault } from "../../tools/http/fault.js";
import { parseRetryAfter } from "../../tools/http/retry-after.js";
import type { Answer } from "../client/transport.js";

const hourMs = 3_600_000;

/**
 * Longer is not believed: a wrong clock or a bad value must not park an image. A limit of requests is counted in hours by
 * the strictest registries, and asking once an hour wears on nobody; any other fault is looked at each quarter of an hour.
 */
export const longestWait = { limited: hourMs, other: hourMs / 4 } as const;

/** What is asked for and where: what every message names. */
export interface Subject {
  readonly image: ImageReference;
  readonly endpoint: Endpoint;
  /** Somebody waits for the answer. */
  readonly urgent: boolean;
  /** Absent: its manifests. A registry may ask for another right for each. `push`: a manifest is to be written. */
  readonly about?: "tags" | "push";
}

/** `registry docker.io`, or `registry docker.io (mirror 127.0.0.1:5000)`. */
export function place({ registry, host }: Endpoint): string {
  const isMirror = host !== registry && !(registry === dockerHub && host === hubHost);
  return `registry ${registry}${isMirror ? ` (mirror ${host})` : ""}`;
}

/** No answer at all, from the registry or from its token server. */
export function unreachable(fault: ConnectionFault, subject: Subject): FairleadError {
  return new FairleadError("RegistryUnavailable", printable(`${asking(subject)}: ${fault.host} ${fault.message}`), {
    remedy: remedyOf(fault, subject.endpoint),
    cause: fault,
  });
}

/** An answer that is neither the manifest nor a question for credentials; `from` is the host that gave it. */
export function refusal(answer: Answer, subject: Subject, now: number): FairleadError {
  const { image, endpoint, about } = subject;
  const from = answer.url.host;
  if (answer.status === 404 && about === "tags") {
    return new FairleadError("ImageNotFound", `${place(endpoint)} has no repository ${formatImage(image)}`, {
      remedy:
        `Either the name is wrong, or nothing has been pushed to it, or it is private and hidden: check the spelling, ` +
        `push an image, or log in with \`docker login ${endpoint.account}\`.`,
    });
  }
  if (answer.status === 404) {
    return new FairleadError("ImageNotFound", `${place(endpoint)} has no ${formatImage(image)}`, {
      remedy:
        `Either the name is wrong, or the tag, or the repository is private and hidden: ` +
        `check the spelling, push the tag, or log in with \`docker login ${endpoint.account}\`.`,
    });
  }
  // A date is one of its own clock, which may not be ours.
  const said = Date.parse(headerOf(answer, "date") ?? "");
  const retryAfterMs = parseRetryAfter(
    headerOf(answer, "retry-after"),
    Number.isNaN(said) ? now : said,
    answer.status === 429 ? longestWait.limited : longestWait.other,
  );
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  if (answer.status === 429) {
    return new FairleadError("RateLimited", `${asking(subject)}: ${from} limits the rate of requests (429)`, {
      remedy:
        `It is asked again later. \`docker login ${endpoint.account}\` raises the limit of most registries, ` +
        `a mirror under \`registries\` avoids it.`,
      ...wait,
    });
  }
  return new FairleadError("RegistryUnavailable", `${asking(subject)}: ${from} answered ${answer.status}`, {
    remedy:
      answer.status >= 500
        ? `The fault is at ${from}: look at its status page or its log. It is asked again later.`
        : `${from} may be no registry, or a proxy stands in between: open ${answer.url.origin}/v2/ to see what answers.`,
    ...wait,
  });
}

/** The registry speaks, but what it says cannot be believed or used. */
export function distrusted(subject: Subject, why: string, remedy: string): FairleadError {
  return new FairleadError("RegistryUnavailable", printable(`${asking(subject)}: ${why}`), {
    remedy: printable(remedy),
  });
}

export function unsupported(subject: Subject, why: string, remedy: string): FairleadError {
  const { image, endpoint } = subject;
  return new FairleadError("UnsupportedManifest", printable(`${formatImage(image)} at ${place(endpoint)}: ${why}`), {
    remedy,
    retry: "never",
  });
}

/** The first value of a header; names are lower case. */
export function headerOf(answer: Answer, name: string): string | undefined {
  const value = answer.headers[name];
  return typeof value === "string" ? value : value?.[0];
}

/** What is asked for cannot be listed, however often it is asked for. */
export function unlisted(subject: Subject, why: string, remedy: string): FairleadError {
  const { image, endpoint } = subject;
  const message = `the tags of ${formatImage(image)} at ${place(endpoint)} cannot be listed: ${why}`;
  return new FairleadError("TagsUnlisted", printable(message), { remedy });
}

export function asking({ image, endpoint, about }: Subject): string {
  return `${place(endpoint)} cannot be asked for ${about === "tags" ? "the tags of " : ""}${formatImage(image)}`;
}

function remedyOf({ kind, host }: ConnectionFault, { registry }: Endpoint): string {
  switch (kind) {
    case "dns":
      return `Check the spelling of ${host} and this machine's DNS.`;
    case "reach":
      return `If it is meant, name it: \`registries: {"${registry}": {realms: ["${host}"]}}\` in the settings file.`;
    case "refused":
      return `Check that ${host} runs and that its port and the firewall are right.`;
    case "timeout":
      return `Check the network, the firewall and the load of ${host}. It is asked again later.`;
    case "certificate":
      return `Name the certificate of its authority as \`registries: {"${host}": {ca: /path/to/ca.pem}}\` in the settings file.`;
    case "not-tls":
      return `If ${registry} speaks plain HTTP, say so: \`registries: {"${host}": {insecure: true}}\` in the settings file.`;
    case "cut":
    case "other":
      return `The fault is at ${host} or on the way to it: look at its log. It is asked again later.`;
  }
}
