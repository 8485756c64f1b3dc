import { z } from "zod";

const hostPattern = /^([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(:\d{1,5})?$/i;

/** A mirror replaces a host, not a path; a password in it would be a secret in a settings file. */
function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  const isBare = url.pathname === "/" && url.search === "" && url.hash === "" && url.username + url.password === "";
  return /^https?:$/.test(url.protocol) && isBare;
}

const registrySetting = z
  .strictObject({
    /** Asked *instead of* the registry: `http://127.0.0.1:5000`. */
    mirror: z
      .string()
      .refine(isOrigin, "a mirror is http:// or https:// and a host, without path, query or password")
      .optional(),
    /** Plain HTTP and unverified certificates are accepted, and credentials are sent all the same. */
    insecure: z.boolean().optional(),
    /** Hosts, such as `auth.lan:5001`, that it may send us to although their address is private: token servers above all. */
    realms: z.array(z.string().regex(hostPattern, "a host, such as auth.lan or 10.0.0.5:5001")).optional(),
    /** A PEM file whose certificates are trusted besides the usual ones. */
    ca: z.string().min(1).optional(),
  })
  .refine((setting) => !(setting.insecure === true && setting.ca !== undefined), {
    error: "insecure verifies nothing, so ca would have no effect: keep one of the two",
  });

/** The `registries:` key of the settings file: by registry host, as image references name it. */
export const registrySettings = z.record(
  z.string().regex(hostPattern, "a registry is named by its host, such as ghcr.io or reg.lan:5000"),
  registrySetting,
);

export type RegistrySettings = z.infer<typeof registrySettings>;
export type RegistrySetting = z.infer<typeof registrySetting>;
