import type { Request } from "express";

/** The address of whoever calls: of a trusted proxy's `X-Forwarded-For`, else of the connection. */
export function callerOf({ ip }: Request): string | undefined {
  return ip === undefined ? undefined : withoutPort(ip);
}

/** Some proxies write the port too: `203.0.113.9:4444`, `[2001:db8::1]:443`. */
export function withoutPort(text: string): string {
  const [, bracketed, plain] = /^(?:\[([\da-f:.]+)\](?::\d+)?|(\d+(?:\.\d+){3}):\d+)$/i.exec(text) ?? [];
  return bracketed ?? plain ?? text;
}
