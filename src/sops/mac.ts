import { createHash } from "node:crypto";
import { editHint, SopsFault } from "./fault.js";
import type { Metadata } from "./metadata.js";
import { openValue } from "./value.js";

/** So that a code of encrypted values alone is never one of all values. */
const onlyEncrypted = createHash("sha256").update("sops").digest();

/** The code of all values of a file in their order, which the file has too: encrypted, and with its date. */
export class Mac {
  readonly #hash = createHash("sha512");

  constructor(private readonly metadata: Metadata) {
    if (metadata.macOnlyEncrypted) this.#hash.update(onlyEncrypted);
  }

  add(bytes: Buffer | string, isEncrypted: boolean): void {
    if (isEncrypted || !this.metadata.macOnlyEncrypted) this.#hash.update(bytes);
  }

  /** Throws where the file was changed. */
  check(key: Buffer): void {
    const { mac, lastModified } = this.metadata;
    const found = openValue(mac, key, lastModified);
    if (found === undefined)
      throw new SopsFault("its code (mac) cannot be decrypted: the file was changed by hand", editHint);
    if (found.bytes.toString("utf8") === this.#hash.digest("hex").toUpperCase()) return;
    throw new SopsFault("it was changed after it was encrypted: its code (mac) is another one", editHint);
  }
}
