import type { Request } from "express";
import { parseJson } from "./json.js";
import { Refusal } from "./refusal.js";

/** No sender's delivery is larger. */
export const largestBody = 1024 * 1024;

export interface Reading {
  readonly limit: number;
  readonly timeoutMs: number;
  /** Called before the bytes that have come are kept. */
  readonly growing?: (bytes: number) => void;
  /** Told at once how to end the reading as if its time were over. */
  readonly begun?: (end: () => void) => void;
}

/** The raw bytes of a body, uncompressed or not. Throws Refusal: 413 too large, 408 too slow, 400 cut off. */
export function readBody(req: Request, { limit, timeoutMs, growing, begun }: Reading): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (act: () => void) => {
      clearTimeout(timer);
      req.off("data", onData).off("end", onEnd).off("close", onCut).off("error", onCut);
      act();
    };
    const fail = (refusal: Refusal) => {
      settle(() => {
        reject(refusal);
      });
    };
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) {
        fail(tooLarge(limit));
        return;
      }
      chunks.push(chunk);
      growing?.(chunk.length);
    };
    const onEnd = () => {
      settle(() => {
        const [first] = chunks;
        resolve(first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks));
      });
    };
    const onLate = () => {
      fail(new Refusal(408, "the body took too long", "send it at once"));
    };
    const onCut = () => {
      fail(new Refusal(400, "the body could not be read"));
    };
    const timer = setTimeout(onLate, timeoutMs);
    begun?.(onLate);
    req.on("data", onData).on("end", onEnd).on("close", onCut).on("error", onCut);
  });
}

/** The body's bytes as JSON. Throws Refusal 400. */
export function jsonOf(bytes: Uint8Array): unknown {
  if (bytes.length === 0) throw new Refusal(400, "the body is empty", "send one JSON object");
  return parseJson(bytes);
}

const json = ["application/json", "application/*+json"];

/** What the headers alone tell: refused before a byte of the body is read. `media`: what it may be besides JSON. */
export function assertReadable(req: Request, media: readonly string[] = []): void {
  const type = req.headers["content-type"];
  if (type === json[0] && isPlain(req)) return;
  const charset = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(type ?? "")?.[1];
  if (type !== undefined && req.is([...json, ...media]) === false) {
    throw new Refusal(415, "the body must be JSON", "send it with `Content-Type: application/json`");
  }
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) throw new Refusal(415, "the body must be UTF-8");
  if ((req.headers["content-encoding"] ?? "identity").toLowerCase() !== "identity") {
    throw new Refusal(415, "compressed bodies are not accepted", "leave out Content-Encoding", {
      headers: { "Accept-Encoding": "identity" },
    });
  }
  if (Number(req.headers["content-length"] ?? 0) > largestBody) throw tooLarge(largestBody);
}

/** As nearly all are: nothing to look for. */
function isPlain({ headers }: Request): boolean {
  return headers["content-encoding"] === undefined && Number(headers["content-length"] ?? Infinity) <= largestBody;
}

function tooLarge(limit: number): Refusal {
  return new Refusal(413, `the body is larger than ${limit} bytes`);
}
