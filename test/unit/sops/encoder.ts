/*
 * SOPS's format, written from its description: each value by itself, with AES-256-GCM and a nonce of 32 bytes, for the path
 * that it stands at; the code of all values encrypted for the date. It shares nothing with what reads.
 */

import { createCipheriv, createHash, randomBytes } from "node:crypto";
import { dataKey, recipient, wrappedKey } from "./vectors.js";

export type Plain = string | number | boolean | null | Plain[] | { [key: string]: Plain };

export interface Rules {
  readonly unencrypted_suffix?: string;
  readonly encrypted_suffix?: string;
  readonly unencrypted_regex?: string;
  readonly encrypted_regex?: string;
  readonly mac_only_encrypted?: true;
}

const lastmodified = "2026-05-22T20:15:29Z";

export function encryptValue(text: string | Buffer, type: string, additional: string): string {
  const iv = randomBytes(32);
  const cipher = createCipheriv("aes-256-gcm", dataKey, iv);
  cipher.setAAD(Buffer.from(additional));
  const data = Buffer.concat([cipher.update(text), cipher.final()]).toString("base64");
  return `ENC[AES256_GCM,data:${data},iv:${iv.toString("base64")},tag:${cipher.getAuthTag().toString("base64")},type:${type}]`;
}

function typeOf(value: string | number | boolean): string {
  if (typeof value === "string") return "str";
  if (typeof value === "boolean") return "bool";
  return Number.isInteger(value) ? "int" : "float";
}

function textOf(value: string | number | boolean): string {
  if (typeof value === "boolean") return value ? "True" : "False";
  // Never with an exponent.
  return typeof value === "number" && Number.isInteger(value) ? BigInt(value).toString() : String(value);
}

function isEncrypted(path: readonly string[], rules: Rules): boolean {
  const any = (test: (key: string) => boolean) => path.some(test);
  if (rules.encrypted_suffix !== undefined) return any((key) => key.endsWith(rules.encrypted_suffix ?? ""));
  if (rules.encrypted_regex !== undefined) return any((key) => new RegExp(rules.encrypted_regex ?? "").test(key));
  if (rules.unencrypted_regex !== undefined) return !any((key) => new RegExp(rules.unencrypted_regex ?? "").test(key));
  return !any((key) => key.endsWith(rules.unencrypted_suffix ?? "_unencrypted"));
}

/** The values with what is encrypted in its place, and the metadata. */
export function encrypt(plain: { [key: string]: Plain }, rules: Rules = {}) {
  const hash = createHash("sha512");
  if (rules.mac_only_encrypted) hash.update(createHash("sha256").update("sops").digest());
  const walk = (value: Plain, path: readonly string[]): Plain => {
    if (value === null) return null;
    if (Array.isArray(value)) return value.map((item) => walk(item, path));
    if (typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item, [...path, key])]));
    }
    const encrypted = isEncrypted(path, rules);
    if (encrypted || !rules.mac_only_encrypted) hash.update(textOf(value));
    if (!encrypted) return value;
    return value === "" ? "" : encryptValue(textOf(value), typeOf(value), `${path.join(":")}:`);
  };
  const values = walk(plain, []) as { [key: string]: Plain };
  const mac = encryptValue(hash.digest("hex").toUpperCase(), "str", lastmodified);
  return { values, sops: { age: [{ recipient, enc: wrappedKey }], lastmodified, mac, ...rules, version: "3.13.2" } };
}

export function json(plain: { [key: string]: Plain }, rules: Rules = {}): string {
  const { values, sops } = encrypt(plain, rules);
  return JSON.stringify({ ...values, sops }, undefined, "\t");
}

export function dotenv(plain: Readonly<Record<string, string>>, rules: Rules = {}): string {
  const { values, sops } = encrypt(plain, rules);
  const { age, ...rest } = sops;
  const lines = [
    ...Object.entries(values),
    ...age.flatMap(({ enc, recipient: of }) => [
      ["sops_age__list_0__map_enc", enc] as const,
      ["sops_age__list_0__map_recipient", of] as const,
    ]),
    ...Object.entries(rest).map(([key, value]) => [`sops_${key}`, String(value)] as const),
  ];
  return lines.map(([key, value]) => `${key}=${(value as string).replaceAll("\n", "\\n")}\n`).join("");
}
