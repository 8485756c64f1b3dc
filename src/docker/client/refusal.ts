import { FairleadError } from "../../errors.js";
import { withoutUrlSecrets } from "../../tools/mask.js";
import { printable } from "../../tools/printable.js";

/** An answer of the engine that is not success. Stays inside this folder: callers turn it into a FairleadError. */
export class Refusal extends Error {
  override readonly name = "Refusal";

  constructor(
    /** What was asked, as an infinitive: `start container 0a1b…`. */
    readonly task: string,
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** Whatever a call threw, as an error that may leave the folder. */
export function refused(thrown: unknown): unknown {
  if (!(thrown instanceof Refusal)) return thrown;
  const { task, status, message } = thrown;
  if (status === 404 && /no such container/i.test(message)) {
    return new FairleadError("ContainerGone", `cannot ${task}: the container is gone`);
  }
  if (status === 404 && /no such image|image not known/i.test(message)) {
    return new FairleadError("ImageNotFound", `cannot ${task}: ${message}`);
  }
  const remedy = remedyAgainst(status);
  return new FairleadError(
    "EngineRefused",
    `the engine refused to ${task}: ${message}`,
    remedy === undefined ? {} : { remedy },
  );
}

/** Forbidden are calls by proxies, and methods of which they let no call through. */
export function remedyAgainst(status: number): string | undefined {
  return status === 403 || status === 405
    ? "if a proxy guards the engine's socket, let it pass this call: docs/install.md, The socket proxy"
    : undefined;
}

/** `code` is the socket's error code. */
export function unreachable(endpoint: string, task: string, code: string, cause: unknown): FairleadError {
  return new FairleadError("EngineUnreachable", `the engine at ${endpoint} cannot be reached to ${task} (${code})`, {
    remedy:
      code === "EACCES"
        ? "run as a user that may open the engine's socket, such as one of the group docker"
        : "check that Docker runs, and DOCKER_HOST",
    cause,
  });
}

/**
 * Words of the engine or a registry, fit for a log: one bounded line. Queries of URLs go (they can bear signatures and
 * tokens), and so does user information.
 */
export function quotable(text: string): string {
  return printable(withoutUrlSecrets(text), 500);
}
