import express, { type Request, type RequestHandler } from "express";
import { parseJson } from "./json.js";
import { Refusal } from "./refusal.js";

const limit = 1024 * 1024;

/** Reads the raw body of a JSON request: at most 1 MiB, uncompressed, within `timeoutMs`. */
export function rawBody(timeoutMs: number): RequestHandler {
  const read: RequestHandler = express.raw({ type: () => true, limit, inflate: false });
  return (req, res, next) => {
    assertReadable(req);
    const timer = setTimeout(() => {
      // The rest of the body would be read as the next request: the connection ends here.
      const late = new Refusal(408, "the body took too long", "send it at once", { Connection: "close" });
      next(late);
    }, timeoutMs);
    void read(req, res, (thrown?: unknown) => {
      clearTimeout(timer);
      if (res.headersSent) return;
      next(thrown === undefined ? undefined : refusalFor(thrown));
    });
  };
}

/** What `rawBody` has read, as JSON. Throws Refusal 400. */
export function jsonOf(req: Request): unknown {
  const bytes: unknown = req.body;
  if (!(bytes instanceof Uint8Array) || bytes.length === 0) {
    throw new Refusal(400, "the body is empty", "send one JSON object");
  }
  return parseJson(bytes);
}

/** What the headers alone tell: refused before a byte of the body is read. */
function assertReadable(req: Request): void {
  const type = req.headers["content-type"];
  const charset = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(type ?? "")?.[1];
  if (type !== undefined && req.is(["application/json", "application/*+json"]) === false) {
    throw new Refusal(415, "the body must be JSON", "send it with `Content-Type: application/json`");
  }
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) throw new Refusal(415, "the body must be UTF-8");
  if (Number(req.headers["content-length"] ?? 0) > limit) throw tooLarge();
}

/** Every error of the reader is the sender's: it is asked for bytes and nothing else. */
function refusalFor(thrown: unknown): Refusal {
  const type = thrown instanceof Error && "type" in thrown ? thrown.type : undefined;
  if (type === "entity.too.large") return tooLarge();
  if (type === "encoding.unsupported") {
    return new Refusal(415, "compressed bodies are not accepted", "leave out Content-Encoding", {
      "Accept-Encoding": "identity",
    });
  }
  return new Refusal(400, "the body could not be read");
}

function tooLarge(): Refusal {
  return new Refusal(413, `the body is larger than ${limit} bytes`);
}
