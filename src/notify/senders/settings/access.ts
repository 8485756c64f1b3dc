/*
 * What several senders are told in a subscription: an address, a login, and where each of them stands.
 */

import { z } from "zod";
import { FairleadError } from "../../../errors.js";
import type { Secret } from "../../../tools/secret.js";
import type { SenderContext } from "../../model/sender.js";

const text = () => z.string().min(1);

/** For an address that may be read by everybody, or not. */
export function addressFields(what: string) {
  return {
    url: text().optional().describe(`${what}, where it is no secret`),
    urlFile: text().optional().describe(`file with ${what}, where it is a secret`),
  };
}

/** For an address that is a secret as a whole. */
export function secretAddressFields(what: string) {
  return { urlFile: text().describe(`file with ${what}: whoever knows it can write there`) };
}

export const loginFields = {
  tokenFile: text().optional().describe("file with a token, sent as `Authorization: Bearer`"),
  user: text().optional().describe("user for a login by name and password"),
  passwordFile: text().optional().describe("file with the password of `user`"),
};

interface WrittenAddress {
  readonly url?: string | undefined;
  readonly urlFile?: string | undefined;
}

/** As it is written, and checked. Throws FairleadError ConfigInvalid, which shows nothing of it. */
export function addressOf({ url, urlFile }: WrittenAddress, context: SenderContext): string | Secret {
  if (url !== undefined && urlFile !== undefined) {
    throw wrong(context, "url", "url and urlFile exclude each other", "remove one of them");
  }
  if (urlFile !== undefined) {
    const found = context.secretIn(urlFile);
    if (urlIn(found.reveal()) !== undefined) return found;
    throw wrong(context, "urlFile", "the file does not hold an http or https URL", "write the whole URL into it");
  }
  if (url === undefined)
    throw wrong(context, "url", "no address is named", "write url, or urlFile where it is a secret");
  const found = urlIn(url);
  if (found === undefined) throw wrong(context, "url", "this is no http or https URL", "write it as https://host/path");
  if (found.username === "" && found.password === "") return url;
  throw wrong(context, "url", "the address holds a login", "write it into a file, and urlFile in place of url");
}

/** A path below an address, before its query. */
export function below(address: string | Secret, path: string): string | Secret {
  const join = (base: string) => {
    const joined = new URL(base);
    joined.pathname = `${joined.pathname.replace(/\/+$/, "")}/${path}`;
    return joined.href;
  };
  return typeof address === "string" ? join(address) : address.map(join);
}

interface WrittenLogin {
  readonly tokenFile?: string | undefined;
  readonly user?: string | undefined;
  readonly passwordFile?: string | undefined;
}

/** The header for a token or a login; none where neither is written. Throws FairleadError ConfigInvalid. */
export function loginOf(written: WrittenLogin, context: SenderContext): Readonly<Record<string, Secret>> {
  const { tokenFile, user, passwordFile } = written;
  if (tokenFile !== undefined && (user !== undefined || passwordFile !== undefined)) {
    throw wrong(context, "tokenFile", "a token and a login exclude each other", "remove one of them");
  }
  if ((user === undefined) !== (passwordFile === undefined)) {
    const [there, missing] = user === undefined ? ["passwordFile", "user"] : ["user", "passwordFile"];
    throw wrong(context, there, `${there} says nothing without ${missing}`, `write ${missing} too`);
  }
  if (tokenFile !== undefined) return { authorization: context.secretIn(tokenFile).map((token) => `Bearer ${token}`) };
  if (user === undefined || passwordFile === undefined) return {};
  const encode = (password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  return { authorization: context.secretIn(passwordFile).map(encode) };
}

/** Throws FairleadError ConfigInvalid. */
export function wrong(context: SenderContext, key: string, message: string, remedy: string): FairleadError {
  return new FairleadError("ConfigInvalid", `${context.place(key)}: ${message}`, { remedy, retry: "never" });
}

function urlIn(written: string): URL | undefined {
  return /^https?:\/\//i.test(written) && URL.canParse(written) ? new URL(written) : undefined;
}
