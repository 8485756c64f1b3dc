import { commandOf } from "../compose/document/command-path.js";
import type { SecretCommands } from "../secrets/commands.js";
import { decryptedText } from "./decrypting.js";
import type { Shelf } from "./texts.js";

/** The same texts, and what programs of the settings tell. `isShown`: without asking them. */
export function toldShelf(shelf: Shelf, commands: SecretCommands, isShown: boolean): Shelf {
  return {
    bytes: (path) => shelf.bytes(path),
    stamp: (path) => {
      const asked = commandOf(path);
      return asked === undefined ? shelf.stamp(path) : Promise.resolve(commands.stamp(...asked));
    },
    read: async (path, any) => {
      const asked = commandOf(path);
      if (asked === undefined) return shelf.read(path, any);
      if (isShown) return { text: "", decrypted: { isBase64: false } };
      const told = await commands.read(...asked);
      return "fault" in told ? { missing: told.fault, encrypted: {} } : decryptedText(told.bytes);
    },
  };
}
