import type { RegistryCredentials } from "../../control/ports/registry.js";
import { given } from "../../tools/present.js";

/** Credentials as they stand in a header for the engine. Only for the client that writes it. */
export interface OpenLogin {
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
  readonly serveraddress: string;
}

export function openLogin({ username, password, identitytoken, serveraddress }: RegistryCredentials): OpenLogin {
  return {
    serveraddress,
    ...given({ username, password: password?.reveal(), identitytoken: identitytoken?.reveal() }),
  };
}
