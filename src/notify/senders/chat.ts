import { ask } from "../exchange/answer.js";
import { postJson } from "../exchange/json.js";
import type { Sender } from "../model/sender.js";
import { forPeople } from "./layout/clean.js";
import { fitted } from "./layout/fit.js";
import { sheetOf, type Sheet } from "./layout/sheet.js";
import { addressOf, secretAddressFields } from "./settings/access.js";

interface Chat<Body> {
  readonly type: string;
  /** What the address is, for the documentation. */
  readonly address: string;
  /** By the status of an answer. */
  readonly remedies: Readonly<Record<number, string>>;
  /** How the vendor has a message, with nobody's words as markup. */
  readonly bodyOf: (sheet: Sheet) => Body;
  /** Within the vendor's limits. */
  readonly fits: (body: Body) => boolean;
}

/** A chat whose channels have each an address that is a secret, and take JSON there. */
export function chat<Body extends object>({ type, address, remedies, bodyOf, fits }: Chat<Body>) {
  const fields = secretAddressFields(address);
  const sender: Sender<typeof fields> = {
    type,
    fields,
    open(written, context) {
      const url = addressOf(written, context);
      return (told, signal) => {
        const body = fitted(forPeople(told), (one) => bodyOf(sheetOf(one)), fits);
        return ask(context, postJson(url, body), signal, { remedies });
      };
    },
  };
  return sender;
}
