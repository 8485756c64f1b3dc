import { formatImage } from "../../compose/values/image.js";
import type { RegistryCredentials } from "../../control/ports/registry.js";
import { FairleadError } from "../../errors.js";
import { place, type Subject } from "../faults/failure.js";

/** Nobody is logged in, and the registry shows the image to nobody. */
export function privateImage(subject: Subject): FairleadError {
  const { account } = subject.endpoint;
  return unauthorized(
    subject,
    subject.about === "push"
      ? "cannot be pushed to: no credentials are stored"
      : "is private or does not exist, and no credentials are stored",
    `${subject.about === "push" ? "Run" : "Check the spelling; if it is private, run"} \`docker login ${account}\` for the user Fairlead runs as, or name the ` +
      `folder of a config.json in DOCKER_CONFIG.`,
  );
}

/** The credentials are good, but not for this. */
export function insufficientScope(subject: Subject): FairleadError {
  const { account } = subject.endpoint;
  if (subject.about === "push") {
    return unauthorized(
      subject,
      "may not be pushed to with the stored credentials",
      `Give the account or token at ${account} the right to push it (often called write:packages or write_registry), or log ` +
        `in as another; where the registry keeps tags immutable, exempt this one there.`,
    );
  }
  return unauthorized(
    subject,
    "may not be read with the stored credentials, or does not exist",
    `Check the spelling; give the account or token at ${account} the right to pull it (often called read:packages or ` +
      `read_registry), or log in as another.`,
  );
}

/** The credentials themselves are refused. */
export function badPassword(by: string, credentials: RegistryCredentials, subject: Subject): FairleadError {
  const what = credentials.identitytoken === undefined ? "user name or password" : "identity token";
  return unauthorized(
    subject,
    `cannot be ${done(subject)}: ${by} refuses the stored ${what}`,
    `It is wrong, expired or revoked: run \`docker login ${subject.endpoint.account}\` again.`,
  );
}

/** A token, fresh from the token server, that the registry does not believe. */
export function unbelievedToken(subject: Subject): FairleadError {
  return unauthorized(
    subject,
    `cannot be ${done(subject)}: the registry refuses the token that its own token server has just issued`,
    "Compare the clocks of the two servers and the registry's token settings (issuer, service, certificate).",
  );
}

export function plainRealm(realm: string, subject: Subject): FairleadError {
  const { registry } = subject.endpoint;
  return unauthorized(
    subject,
    `cannot be ${done(subject)}: it sends us for a token over plain HTTP to ${realm}`,
    `Correct the registry's token address to https://, or accept this: \`registries: {"${registry}": {insecure: true}}\`.`,
  );
}

/** A 401 that offers no way in which Docker clients can answer it. */
export function noWayIn(subject: Subject): FairleadError {
  return unauthorized(
    subject,
    `cannot be ${done(subject)}: the registry offers neither Basic nor Bearer authentication`,
    "A proxy in front of it may ask for a login of its own: open it for Docker clients.",
  );
}

function done({ about }: Subject): string {
  return about === "push" ? "pushed to" : "read";
}

function unauthorized(subject: Subject, what: string, remedy: string): FairleadError {
  return new FairleadError("Unauthorized", `${formatImage(subject.image)} at ${place(subject.endpoint)} ${what}`, {
    remedy,
  });
}
