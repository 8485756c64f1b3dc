import { gzip } from "node:zlib";
import { promisify } from "node:util";
import type { Response } from "express";

const pack = promisify(gzip);

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join(";");

/**
 * Answers a page: nothing is loaded from elsewhere, and no script runs but our own file. Its forms say where they come from
 * (`no-referrer` would have browsers send `Origin: null` with them). No secret stands in it that packing could give away.
 */
export async function answerPage(res: Response, text: string, status = 200): Promise<void> {
  res.status(status).set({
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": policy,
    "Referrer-Policy": "same-origin",
    Vary: "Accept-Encoding",
  });
  if (res.req.acceptsEncodings("gzip") !== "gzip") {
    res.send(text);
    return;
  }
  const packed = await pack(text);
  res.set("Content-Encoding", "gzip").send(packed);
}
