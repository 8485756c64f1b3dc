/* The kinds of values that one setting alone has. */

import { z } from "zod";
import { parseCron } from "../../compose/values/cron.js";
import { quote } from "../../tools/quote.js";
import { isBlock } from "../../http/receivers/addresses.js";
import { checkTls, tlsSchema, type WrittenTls } from "../../http/tls/settings.js";
import { data, invalid, list, toggle, type Kind } from "./kinds.js";

const addresses = list(",", (text) => text.split(",").map((one) => one.trim()));

/** Addresses and blocks of addresses. */
export const blocks = {
  ...addresses,
  read: (written: string | readonly string[]) => {
    const all = addresses.read(written);
    const wrong = all.find((one) => !isBlock(one));
    if (wrong === undefined) return all;
    throw invalid(`${quote(wrong)} is no address and no block`, "write for example 10.0.0.0/8 or 2001:db8::1");
  },
};

/** As the header of a request has it, without a port. */
export const hostName = z
  .string()
  .regex(
    /^[\w-]+(?:\.[\w-]+)*$|^\[?[\da-f]*:[\da-f:.]+\]?$/i,
    "it should be the name of a host alone, such as fairlead.lan",
  );

export const tls: Kind<WrittenTls, WrittenTls> = {
  ...data(tlsSchema),
  fromVariable: (written) => written,
  read: checkTls,
};

export function toggleOfDocker() {
  return { ...toggle, fromVariable: () => true };
}

export function httpUrl(written: string): string {
  const url = URL.canParse(written) ? new URL(written) : undefined;
  const { protocol = "", username = "", password = "", search = "", hash = "" } = url ?? {};
  if (username + password !== "") {
    throw invalid("the address of a site holds no user and no password", "write for example https://hooks.example.org");
  }
  if (/^https?:$/.test(protocol) && search + hash === "") return written;
  throw invalid(`${quote(written)} is no address of a site`, "write for example https://hooks.example.org");
}

/** Checked where it is written: a controller that starts looks again as it was told to. */
export function cron(written: string): string {
  parseCron(written);
  return written;
}

/** A part of a volume's name, without the dots that divide it. */
export function leaseName(written: string): string {
  if (/^[a-zA-Z0-9][\w-]{0,63}$/.test(written)) return written;
  throw invalid(
    `${quote(written)} cannot be the name of a lease`,
    "write up to 64 letters, digits, _ and -, the first of them a letter or digit",
  );
}
