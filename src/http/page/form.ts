import type { Request } from "express";
import { readBody } from "../web/body.js";

const reading = { limit: 16 * 1024, timeoutMs: 5_000 };

/** What a form has sent. Throws Refusal. */
export async function formOf(req: Request): Promise<URLSearchParams> {
  return new URLSearchParams((await readBody(req, reading)).toString("utf8"));
}

/** A field that was filled in. */
export function filled(form: URLSearchParams, name: string): string | undefined {
  const value = form.get(name)?.trim() ?? "";
  return value === "" ? undefined : value;
}
