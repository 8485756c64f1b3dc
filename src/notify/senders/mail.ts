import { readFile } from "node:fs/promises";
import type * as Nodemailer from "nodemailer";
import { z } from "zod";
import { loadLate } from "../../process/load-late.js";
import { readFault } from "../../tools/files/file-fault.js";
import { readPlainSync } from "../../tools/files/plain-file.js";
import { isLoopback } from "../../tools/loopback.js";
import { withoutValues } from "../../tools/mask.js";
import { given } from "../../tools/present.js";
import { printable } from "../../tools/printable.js";
import type { Secret } from "../../tools/secret.js";
import type { Answer } from "../model/channel.js";
import type { Sender, SenderContext, Told } from "../model/sender.js";
import { forPeople } from "./layout/clean.js";
import { fitted } from "./layout/fit.js";
import { htmlOf } from "./layout/html.js";
import { plainText } from "./layout/plain.js";
import { sheetOf } from "./layout/sheet.js";
import { wrong } from "./settings/access.js";

const word = () => z.string().regex(/^[^\s\p{Cc}]+$/u);
const mailbox = () =>
  z
    .string()
    .regex(/^[^\p{Cc}]*[^\s<>@]+@[^\s<>@]+>?$/u, "it should be an address of mail, such as fairlead@example.org");
/** A name, or an address of IPv4 or IPv6. */
const server = /^(?:[^\s\p{Cc}/:@]+|[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*)$/iu;

const fields = {
  host: z
    .string()
    .regex(server, "it should be a name or an address without a port: that stands in `port`")
    .describe("the mail server"),
  port: z
    .int()
    .min(1)
    .max(65_535)
    .optional()
    .describe("its port (587 with `starttls`, 465 with `tls`, 25 with `none`)"),
  tls: z
    .enum(["starttls", "tls", "none"])
    .default("starttls")
    .describe("`starttls`: encrypted once connected, `tls`: from the first byte on, `none`: never"),
  caFile: word().optional().describe("file with the certificates that are trusted in place of the usual ones"),
  user: word().optional().describe("user for the login"),
  passwordFile: word().optional().describe("file with the password of `user`"),
  from: mailbox().describe("who writes, such as `Fairlead <fairlead@example.org>`"),
  to: z
    .union([mailbox(), z.array(mailbox()).min(1).max(50).readonly()])
    .describe("to whom: one address, or a list of them"),
};

type Written = z.output<z.ZodObject<typeof fields>>;

interface Login {
  readonly user: string;
  readonly password: Secret;
}

const ports = { starttls: 587, tls: 465, none: 25 } as const;

/** Far below what any server takes. */
const longest = 100_000;

/** Mail by SMTP, as plain text and as simple HTML. The notice's id is in its Message-ID, by which mail programs know a repetition. */
export const mail: Sender<typeof fields> = {
  type: "mail",
  fields,
  open(written, context) {
    const login = loginOf(written, context);
    checkFile(written.caFile, context);
    return async (told, signal) => {
      try {
        return await send(written, login, forPeople(told), signal);
      } catch (thrown) {
        return failure(thrown, written, login, signal);
      }
    };
  },
};

function loginOf({ user, passwordFile, tls, host }: Written, context: SenderContext): Login | undefined {
  if ((user === undefined) !== (passwordFile === undefined)) {
    const [there, missing] = user === undefined ? ["passwordFile", "user"] : ["user", "passwordFile"];
    throw wrong(context, there, `${there} says nothing without ${missing}`, `write ${missing} too`);
  }
  if (user === undefined || passwordFile === undefined) return undefined;
  if (tls === "none" && !isLoopback(host)) {
    throw wrong(context, "tls", "the password would cross the network readable", "write tls: starttls, or tls: tls");
  }
  return { user, password: context.secretIn(passwordFile) };
}

/** It is read anew each time; one that is not there is to be known at the start. */
function checkFile(caFile: string | undefined, context: SenderContext): void {
  if (caFile === undefined) return;
  try {
    readPlainSync(caFile);
  } catch (thrown) {
    const { message, remedy } = readFault(caFile, thrown);
    throw wrong(context, "caFile", message, remedy);
  }
}

async function send(written: Written, login: Login | undefined, told: Told, signal: AbortSignal): Promise<Answer> {
  const { host, tls, port = ports[tls], caFile, from, to } = written;
  const { createTransport } = loadLate("nodemailer") as typeof Nodemailer;
  const ca = caFile === undefined ? undefined : await readFile(caFile, { encoding: "utf8", signal });
  const transport = createTransport({
    ...{ host, port, secure: tls === "tls", requireTLS: tls === "starttls", ignoreTLS: tls === "none" },
    ...given({ auth: login && { user: login.user, pass: open(login.password) } }),
    tls: given({ ca, rejectUnauthorized: true }),
    ...{ disableFileAccess: true, disableUrlAccess: true },
  });
  try {
    const content = fitted(told, contentOf, ({ text, html }) => text.length + html.length <= longest);
    const domain = from.replace(/^.*@/, "").replace(/>$/, "");
    const { rejected } = await transport.sendMail({
      ...{ from, to: typeof to === "string" ? to : [...to], ...content, signal },
      messageId: `<${told.notice.id}@${domain}>`,
      date: new Date(told.notice.at),
      headers: { "Auto-Submitted": "auto-generated" },
    });
    const count = rejected.length;
    return given({ outcome: "delivered" as const, said: count === 0 ? undefined : `refused for ${count} of them` });
  } finally {
    transport.close();
  }
}

function contentOf(told: Told) {
  const sheet = sheetOf(told);
  return { subject: sheet.title, text: plainText(sheet), html: htmlOf(sheet, true) };
}

/** In the hands of the library. */
function open(password: Secret): string {
  return password.reveal();
}

interface SmtpFault {
  readonly code?: string;
  /** Of the server's answer. */
  readonly responseCode?: number;
  readonly response?: string;
}

function failure(thrown: unknown, { host }: Written, login: Login | undefined, signal: AbortSignal): Answer {
  if (signal.aborted) return { outcome: "later", why: `${host} did not take the mail in time` };
  const { code, responseCode, response } = thrown as SmtpFault;
  const words = response ?? (thrown instanceof Error ? thrown.message : "failed in an unknown way");
  const secrets = login === undefined ? [] : [open(login.password)];
  const hidden = withoutValues(words, secrets, { shortest: 4, by: "[secret]" });
  const why = printable(`${host}: ${hidden}`, 200);
  if (code === "EAUTH" && !isPassing(responseCode)) {
    return { outcome: "refused", why: `${why}; check user and passwordFile` };
  }
  if (code === "ETLS" && responseCode !== undefined && !isPassing(responseCode)) {
    return { outcome: "refused", why: `${why}; the server offers no STARTTLS: write tls: tls` };
  }
  if (responseCode === undefined || isPassing(responseCode)) return { outcome: "later", why };
  return { outcome: "refused", why };
}

/** By SMTP, what begins with 4 may go better later. */
function isPassing(responseCode: number | undefined): boolean {
  return responseCode !== undefined && responseCode < 500;
}
