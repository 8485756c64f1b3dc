/*
 * What people send by themselves lives here, one file for each way: pipelines, scripts, and tools that Fairlead takes the
 * place of.
 */

import { showBearer } from "../../delivery/header.js";
import { bearerToken } from "../../guard/secret.js";
import type { Sender } from "../../delivery/sender.js";
import { signedBy } from "../../delivery/signed.js";
import { ownFormat, ownSample } from "./own-format.js";

/** For pipelines and curl, with a token, an HMAC, or (a named receiver) the OIDC token that the pipeline is given. */
export const generic: Sender = {
  type: "generic",
  secret: bearerToken,
  signature: signedBy({ headers: ["x-signature-256"], prefix: "sha256=" }),
  read: ownFormat,
  show: showBearer,
  guide: {
    title: "a pipeline or a script",
    secret: "apart",
    steps: [
      'curl -fsS {url} -H "Authorization: Bearer {secret}" --json \'{"image": "ghcr.io/acme/shop:latest"}\'',
      'Or X-Signature-256: sha256=, and the hexadecimal HMAC-SHA256 of the body. {"service": "project/name"} names a service, {"repository": "https://…"} a git repository.',
    ],
  },
  sample: (subject) => ({ body: ownSample(subject) }),
};
