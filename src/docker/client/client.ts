import type { IncomingMessage } from "node:http";
import Docker from "dockerode";
import type { ClientOptions } from "./endpoint.js";

/** docker-modem's one function; dockerode's own methods leak options into URLs, lose errors, or cannot be aborted. */
export interface Modem {
  dial(options: object, callback: (error: unknown, response: IncomingMessage) => void): void;
}

type Client = new (options: ClientOptions) => { readonly modem: Modem };

/** The build leaves out what dockerode loads at once and Fairlead never calls (`esbuild.config.js`): more than Fairlead itself. */
export function openModem(options: ClientOptions): Modem {
  return new (Docker as unknown as Client)(options).modem;
}
