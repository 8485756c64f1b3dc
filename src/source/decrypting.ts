import type { FileText } from "../compose/document/library.js";
import { decoded } from "../tools/utf8.js";
import { openFile, type Keys } from "../sops/open.js";
import type { Shelf } from "./texts.js";

/** The same texts, and of encrypted files what is in them: in memory alone. `isShown`: of variables only their names. */
export function decryptingShelf(shelf: Shelf, keys: Keys, isShown: boolean): Shelf {
  return {
    stamp: (path) => shelf.stamp(path),
    bytes: (path) => shelf.bytes(path),
    read: async (path, any) => {
      const found = await shelf.read(path, any);
      // A project's own file says by whom it is read.
      if (any || !("text" in found) || !mayBeEncrypted(found.text)) return found;
      const file = await shelf.bytes(path);
      const opened = file && (await openFile(path, file, keys));
      if (opened === undefined) return found;
      if ("fault" in opened) return { missing: opened.fault, encrypted: { hint: opened.hint } };
      const text = decryptedText(opened.bytes);
      return isShown && "text" in text ? { ...text, text: withoutValues(text.text) } : text;
    },
  };
}

/** Whether it is worth a closer look. */
function mayBeEncrypted(text: string): boolean {
  return /ENC\[AES256_GCM,|^sops_|^["']?sops["']?:|"sops"\s*:|^\[sops\]|^\s*-----BEGIN AGE |^age-encryption\.org\/v1\n/m.test(
    text,
  );
}

/** Where its bytes are no text, it is base64. */
export function decryptedText(bytes: Buffer): FileText {
  const { text, foreign } = decoded(bytes);
  const isBase64 = foreign !== undefined;
  return { text: isBase64 ? bytes.toString("base64") : text, decrypted: { isBase64 } };
}

function withoutValues(text: string): string {
  return text.replace(/^([\w.-]+)=.*$/gm, "$1=[encrypted]");
}
