import type { Secret } from "../../tools/secret.js";

/** Parts of names under which people keep what is nobody else's business. */
const secretName =
  /pass(word|wd|phrase)?(_|$)|secret|token|credential|api_?key|private_?key|access_?key|auth(_|$)|_pw$|dsn$/i;
/** A URL with a password in it. */
const secretValue = /^[a-z][a-z0-9+.-]*:\/\/[^\s/@:]*:[^\s/@]+@/i;

export function looksSecret(name: string, value: string): boolean {
  return value !== "" && !/(_FILE|_PATH)$/.test(name) && (secretName.test(name) || secretValue.test(value));
}

/** Values that a file refers to by `${NAME}`, each under a name of its own. */
export class Secrets {
  readonly values = new Map<string, Secret>();

  /** Answers what stands in the file. */
  put(service: string, name: string, value: Secret): string {
    const taken = this.values.get(name);
    const own =
      taken === undefined || taken.equals(value) ? name : `${service}_${name}`.toUpperCase().replace(/\W/g, "_");
    this.values.set(own, value);
    return `\${${own}:?it looked like a secret and was not copied}`;
  }
}
