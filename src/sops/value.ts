import { createDecipheriv } from "node:crypto";
import { editHint, SopsFault } from "./fault.js";

export type ValueType = "str" | "int" | "float" | "bool" | "bytes" | "time" | "comment";

/** One value, decrypted. */
export interface Value {
  readonly type: ValueType;
  readonly bytes: Buffer;
}

const form =
  /^ENC\[AES256_GCM,data:([^,\]]*),iv:([^,\]]+),tag:([^,\]]+),type:(str|int|float|bool|bytes|time|comment)\]$/;
const tagLength = 16;

/** `additional` is what it was encrypted for: its path. Undefined: it is not, or by another key, or it was changed or moved. */
export function openValue(written: string, key: Buffer, additional: string): Value | undefined {
  const [, data, iv, tag, type] = form.exec(written) ?? [];
  if (data === undefined || iv === undefined || tag === undefined) return undefined;
  const authTag = Buffer.from(tag, "base64");
  if (authTag.length !== tagLength) return undefined;
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(iv, "base64"), { authTagLength: tagLength });
    decipher.setAAD(Buffer.from(additional, "utf8"));
    decipher.setAuthTag(authTag);
    const bytes = Buffer.concat([decipher.update(Buffer.from(data, "base64")), decipher.final()]);
    return { type: type as ValueType, bytes };
  } catch {
    return undefined;
  }
}

/** What it is encrypted for: the keys that lead to it, without places in lists. */
export function additionalOf(path: readonly string[]): string {
  return `${path.join(":")}:`;
}

/** The value at a path; throws where it is none. An empty text has no encrypted form. */
export function valueAt(path: readonly string[], written: string, key: Buffer): Value {
  if (written === "") return { type: "str", bytes: Buffer.alloc(0) };
  const value = openValue(written, key, additionalOf(path));
  if (value !== undefined) return value;
  const name = path.join(".");
  if (!written.startsWith("ENC["))
    throw new SopsFault(`${name} is not encrypted, and should be: it was written later`, editHint);
  throw new SopsFault(`${name} cannot be decrypted: it was changed, or moved from another key`, editHint);
}
