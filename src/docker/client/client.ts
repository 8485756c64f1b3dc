import type { IncomingMessage } from "node:http";
import Module, { createRequire } from "node:module";
import type { ClientOptions } from "./endpoint.js";

/** docker-modem's one function; dockerode's own methods leak options into URLs, lose errors, or cannot be aborted. */
export interface Modem {
  dial(options: object, callback: (error: unknown, response: IncomingMessage) => void): void;
}

type Client = new (options: ClientOptions) => { readonly modem: Modem };

/**
 * What dockerode loads at once and Fairlead never calls: its own session for builds (ours is session.ts), and the way to
 * an engine behind SSH. With them would come gRPC, protocol buffers and an SSH client, more memory than Fairlead itself.
 */
const unused = ["dockerode/lib/session", "docker-modem/lib/ssh"];

export function openModem(options: ClientOptions): Modem {
  const ours = createRequire(import.meta.url);
  const theirs = createRequire(ours.resolve("dockerode"));
  for (const part of unused) leaveOut(theirs, part);
  const Docker = ours("dockerode") as Client;
  return new Docker(options).modem;
}

/** A later release may have no such file: then it is loaded as it comes, and a test on the loaded packages tells. */
function leaveOut(require: NodeJS.Require, part: string): void {
  const file = resolveIfAny(require, part);
  if (file === undefined) return;
  const absent = () => {
    throw new Error(`${part} is left out`);
  };
  require.cache[file] ??= Object.assign(new Module(file), { filename: file, loaded: true, exports: absent });
}

function resolveIfAny(require: NodeJS.Require, part: string): string | undefined {
  try {
    return require.resolve(part);
  } catch {
    return undefined;
  }
}
