import type { Request, Response } from "express";
import type { Secret } from "../../tools/secret.js";
import { sessionMs } from "./sessions.js";

/** The value of a session that a browser shows. */
export function sessionShown(req: Request): string | undefined {
  const name = nameFor(req);
  const values = (req.headers.cookie ?? "")
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  // Somebody else has planted a second one: which of them is ours cannot be told.
  return values.length === 1 ? values[0] : undefined;
}

export function giveSession(req: Request, res: Response, value: Secret): void {
  setCookie(req, res, `${nameFor(req)}=${value.reveal()}; Max-Age=${sessionMs / 1_000}`);
}

export function takeSession(req: Request, res: Response): void {
  setCookie(req, res, `${nameFor(req)}=; Max-Age=0`);
}

/**
 * No script can read it, and no other site's page has it sent. Over TLS, which a proxy before us ends, it is for TLS alone:
 * the browser itself says where it is.
 */
function setCookie(req: Request, res: Response, pair: string): void {
  const secure = req.headers.origin?.startsWith("https://") === true ? "; Secure" : "";
  res.append("Set-Cookie", `${pair}; Path=/; HttpOnly; SameSite=Strict${secure}`);
}

/** Browsers keep one jar for all ports of a host: two controllers on one host must not share a name. */
function nameFor(req: Request): string {
  const port = /:(\d{1,5})$/.exec(req.headers.host ?? "")?.[1];
  return port === undefined ? "fairlead_session" : `fairlead_session_${port}`;
}
