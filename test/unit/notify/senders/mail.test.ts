import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Answer } from "../../../../src/notify/model/channel.js";
import { readAll } from "../../../../src/tools/streams/read-all.js";
import { latch } from "../../../latch.js";
import { make, temporaryFolder } from "../../http/tls/certificates.js";
import { deadHost } from "../exchange/vendor.js";
import { samples } from "./notices.js";
import { contextWith, open } from "./opened.js";

const password = "hunter2hunter2";
const made = make({ names: ["localhost"] });
const told = samples["failed"] ?? { notice: { id: "x", kind: "failed", severity: "error", at: 0, title: "x" } };
const patience = () => AbortSignal.timeout(20_000);

interface Letter {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
  readonly isSecure: boolean;
  readonly user: string | undefined;
}

/** A mail server of the test's own, with the certificate above. */
async function startServer(options: SMTPServerOptions = {}) {
  const letters: Letter[] = [];
  const server = new SMTPServer({
    ...{ key: made.key, cert: made.cert, logger: false, authOptional: true },
    onAuth({ username, password: given }, _session, callback) {
      if (given === password) callback(null, { user: username });
      else callback(new Error(`535 5.7.8 no login for ${given ?? ""}`));
    },
    onData(stream, { envelope, secure, user }, callback) {
      void readAll(stream as AsyncIterable<unknown>).then((bytes) => {
        const to = envelope.rcptTo.map(({ address }) => address);
        const from = envelope.mailFrom === false ? "" : envelope.mailFrom.address;
        letters.push({ from, to, text: bytes.toString("utf8"), isSecure: secure, user: user as string | undefined });
        callback();
      });
    },
    ...options,
  });
  server.on("error", () => undefined);
  server.listen(0, "localhost");
  await once(server.server, "listening");
  onTestFinished(async () => {
    await new Promise<void>((resolve) => {
      server.close(resolve);
    });
  });
  return { port: (server.server.address() as AddressInfo).port, letters };
}

function settings(port: number, more: object = {}): object {
  const caFile = join(temporaryFolder(), "ca.pem");
  writeFileSync(caFile, made.cert);
  const to = ["ops@example.org", "Ada <ada@example.org>"];
  return { host: "localhost", port, caFile, from: "Fairlead <fairlead@example.org>", to, ...more };
}

const login = { user: "me", passwordFile: "password" };

async function tell(written: object, signal = patience()): Promise<Answer> {
  return open("mail", written, contextWith({ password }))(told, signal);
}

function failing(at: "onMailFrom" | "onRcptTo", responseCode: number): SMTPServerOptions {
  return {
    [at]: (_address: unknown, _session: unknown, callback: (error: Error) => void) => {
      callback(Object.assign(new Error(`no: ${password}`), { responseCode }));
    },
  };
}

describe("mail", () => {
  it("arrives, encrypted by STARTTLS and with a login", async () => {
    const { port, letters } = await startServer({ authOptional: false });
    expect(await tell(settings(port, login))).toEqual({ outcome: "delivered" });
    const [letter] = letters;
    expect(letter).toMatchObject({
      ...{ from: "fairlead@example.org", to: ["ops@example.org", "ada@example.org"] },
      ...{ isSecure: true, user: "me" },
    });
    const head = letter?.text.split("\r\n\r\n")[0] ?? "";
    expect(head).toContain("Message-ID: <failed-1@example.org>");
    expect(head).toContain("Date: Fri, 20 Nov 2026 12:00:00 +0000");
    expect(head).toContain("Auto-Submitted: auto-generated");
    // What the title holds of a line break and another header is in the subject, and no header.
    expect(head).not.toMatch(/^Bcc:/im);
    expect(letter?.to).toHaveLength(2);
  });

  it("arrives by TLS from the first byte on", async () => {
    const { port, letters } = await startServer({ secure: true });
    expect(await tell(settings(port, { ...login, tls: "tls" }))).toEqual({ outcome: "delivered" });
    expect(letters).toMatchObject([{ isSecure: true, user: "me" }]);
  });

  it("arrives without either where that is asked for", async () => {
    const { port, letters } = await startServer();
    expect(await tell(settings(port, { tls: "none" }))).toEqual({ outcome: "delivered" });
    expect(letters).toMatchObject([{ isSecure: false }]);
  });

  it("says so where some of them were refused", async () => {
    const { port, letters } = await startServer({
      onRcptTo: ({ address }, _session, callback) => {
        callback(address.startsWith("ada") ? new Error("550 no such user") : null);
      },
    });
    expect(await tell(settings(port))).toEqual({ outcome: "delivered", said: "refused for 1 of them" });
    expect(letters).toMatchObject([{ to: ["ops@example.org"] }]);
  });

  it.each<["onMailFrom" | "onRcptTo", number, Answer["outcome"]]>([
    ["onMailFrom", 421, "later"],
    ["onMailFrom", 451, "later"],
    ["onMailFrom", 550, "refused"],
    ["onRcptTo", 450, "later"],
    ["onRcptTo", 553, "refused"],
  ])("that is refused at %s with %i is tried %s", async (at, code, outcome) => {
    const { port } = await startServer(failing(at, code));
    const answer = await tell(settings(port, login));
    expect(answer).toMatchObject({ outcome, why: expect.stringMatching(`^localhost: .*${code}`) as string });
    expect(JSON.stringify(answer)).not.toContain("hunter2");
  });

  it("is refused where the login is, with what to do, and the password is not repeated", async () => {
    const { port } = await startServer({
      onAuth: (_auth, _session, callback) => {
        callback(Object.assign(new Error(`no login with ${password}`), { responseCode: 535 }));
      },
    });
    const answer = await tell(settings(port, login));
    expect(answer).toMatchObject({
      outcome: "refused",
      why: expect.stringMatching(/^localhost: .*535.*\[secret\].*; check user and passwordFile$/) as string,
    });
    expect(JSON.stringify(answer)).not.toContain("hunter2");
  });

  it("is refused where a server without STARTTLS would get it readable", async () => {
    const { port, letters } = await startServer({ hideSTARTTLS: true, disabledCommands: ["STARTTLS", "AUTH"] });
    expect(await tell(settings(port))).toMatchObject({
      outcome: "refused",
      why: expect.stringContaining("offers no STARTTLS: write tls: tls") as string,
    });
    expect(letters).toEqual([]);
  });

  it("is tried later where the certificate is not trusted", async () => {
    const { port, letters } = await startServer();
    const answer = await tell({ ...settings(port, login), caFile: undefined });
    expect(answer).toMatchObject({ outcome: "later", why: expect.stringMatching(/certificate/) as string });
    expect(letters).toEqual([]);
  });

  it("is tried later where nobody listens", async () => {
    const port = Number((await deadHost()).split(":")[1]);
    expect(await tell(settings(port))).toMatchObject({ outcome: "later" });
  });

  it("is tried later where nobody answers in time, and the connection ends", async () => {
    const ended = latch();
    const silent = createServer((socket) => {
      socket.on("error", () => undefined).on("close", ended.open);
    });
    silent.listen(0, "localhost");
    await once(silent, "listening");
    onTestFinished(() => void silent.close());
    const { port } = silent.address() as AddressInfo;
    expect(await tell(settings(port), AbortSignal.timeout(100))).toEqual({
      outcome: "later",
      why: "localhost did not take the mail in time",
    });
    await ended.opened;
  });

  it.each(Object.keys(samples))("shows what is %s", async (name) => {
    const { port, letters } = await startServer();
    const one = samples[name] ?? told;
    await open("mail", settings(port, { tls: "none" }), contextWith({}))(one, patience());
    const text = letters[0]?.text.replace(/--_NmP-[\w-]+|_NmP-[\w-]+/g, "BOUNDARY").replaceAll("\r\n", "\n");
    await expect(`${text ?? "nothing"}\n`).toMatchFileSnapshot(`golden/mail/${name}.txt`);
  });
});
