import { z } from "zod";
import { ask } from "../exchange/answer.js";
import { postJson } from "../exchange/json.js";
import type { Sender } from "../model/sender.js";
import { forPeople } from "./layout/clean.js";
import { bytes } from "./layout/cut.js";
import { fitted } from "./layout/fit.js";
import { htmlOf } from "./layout/html.js";
import { plainText } from "./layout/plain.js";
import { sheetOf, type Sheet } from "./layout/sheet.js";
import { addressFields, addressOf, below, wrong } from "./settings/access.js";

const fields = {
  ...addressFields("the homeserver's address"),
  tokenFile: z.string().min(1).describe("file with the access token of the account that writes"),
  room: z.string().min(1).describe("the room's id, such as `!abc:example.org`"),
};

/** An event is at most 65536 bytes, with what servers add. */
const mostBytes = 40_000;

const remedies = {
  401: "the access token is not valid any more: make a new one",
  403: "let the account join the room, and write there",
};

/** A room of Matrix. The notice's id is the transaction's, so that the server knows a repetition and shows it once. */
export const matrix: Sender<typeof fields> = {
  type: "matrix",
  fields,
  open({ room, tokenFile, ...written }, context) {
    if (!room.startsWith("!")) {
      throw wrong(context, "room", "this is no room's id", "write its id, which begins with !; a client shows it");
    }
    const base = addressOf(written, context);
    const authorization = context.secretIn(tokenFile).map((token) => `Bearer ${token}`);
    return (told, signal) => {
      const path = `_matrix/client/v3/rooms/${encodeURIComponent(room)}/send/m.room.message/${told.notice.id}`;
      const content = fitted(
        forPeople(told),
        (one) => contentOf(sheetOf(one)),
        (one) => bytes(JSON.stringify(one)) <= mostBytes,
      );
      const outgoing = { ...postJson(below(base, path), content, { authorization }), method: "PUT" } as const;
      return ask(context, outgoing, signal, { remedies });
    };
  },
};

/** Programs write `m.notice`, which rings for nobody; what needs somebody is a message. */
function contentOf(sheet: Sheet) {
  return {
    msgtype: sheet.tone === "warning" || sheet.tone === "error" ? "m.text" : "m.notice",
    body: plainText(sheet),
    format: "org.matrix.custom.html",
    formatted_body: htmlOf(sheet, true),
    "m.mentions": {},
  };
}
