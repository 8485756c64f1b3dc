import { z } from "zod";

const hostPattern = /^([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(:\d{1,5})?$/i;

/** A mirror replaces a host, not a path; a password in it would be a secret in a settings file. */
function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  const isBare = url.pathname === "/" && url.search === "" && url.hash === "" && url.username + url.password === "";
  return /^https?:$/.test(url.protocol) && isBare;
}

const origin = z
  .string()
  .refine(isOrigin, "a mirror should be http:// or https:// and a host, without path, query or password");

const mirror = z.union(
  [
    origin,
    z.strictObject({
      url: origin.describe("asked before the registry: `https://mirror.lan`; a text alone is this"),
      resolve: z
        .boolean()
        .optional()
        .describe("whether it may say what a tag stands for, and which tags there are (default: no)"),
    }),
  ],
  { error: "a mirror should be a URL, or `url` and `resolve`" },
);

const registrySetting = z
  .strictObject({
    mirror: origin.optional().describe("asked in place of the registry: `http://127.0.0.1:5000`"),
    mirrors: z.array(mirror).min(1, "name a mirror, or leave `mirrors` out").optional(),
    insecure: z
      .boolean()
      .optional()
      .describe("accept plain HTTP and unverified certificates, and send credentials all the same"),
    realms: z
      .array(z.string().regex(hostPattern, "it should be a host, such as auth.lan or 10.0.0.5:5001"))
      .optional()
      .describe(
        "hosts, such as `auth.lan:5001`, that the registry may send Fairlead to although their address is private: token servers above all",
      ),
    ca: z.string().min(1).optional().describe("a PEM file whose certificates are trusted besides the usual ones"),
    cert: z.string().min(1).optional().describe("a PEM file with the certificate by which the registry knows Fairlead"),
    key: z.string().min(1).optional().describe("a PEM file with the key of that certificate"),
  })
  .refine((setting) => (setting.cert === undefined) === (setting.key === undefined), {
    error: "cert and key belong together: write both",
  })
  .refine((setting) => setting.mirror === undefined || setting.mirrors === undefined, {
    error: "mirror is asked in place of the registry, mirrors are asked before it: keep one of the two",
  })
  .refine(({ mirrors = [] }) => new Set(mirrors.map(hostOf)).size === mirrors.length, {
    error: "one host is a mirror twice: keep one",
    path: ["mirrors"],
  })
  .refine((setting) => !(setting.insecure === true && setting.ca !== undefined), {
    error: "insecure verifies nothing, so ca would have no effect: keep one of the two",
  });

/** Where a mirror stands, as it is written. */
export function urlOf(written: MirrorSetting): URL {
  return new URL(typeof written === "string" ? written : written.url);
}

function hostOf(written: MirrorSetting): string {
  const { url } = typeof written === "string" ? { url: written } : written;
  return URL.canParse(url) ? new URL(url).host : url;
}

/**
 * The `registries:` key of the settings file: by registry host, as image references name it. The descriptions are the
 * documentation's.
 */
export const registrySettings = z.record(
  z.string().regex(hostPattern, "a registry is named by its host, such as ghcr.io or reg.lan:5000"),
  registrySetting,
);

export type RegistrySettings = z.infer<typeof registrySettings>;
export type RegistrySetting = z.infer<typeof registrySetting>;
export type MirrorSetting = z.infer<typeof mirror>;
