import type { IncomingMessage, ServerResponse } from "node:http";
import express, { type Express } from "express";
import helmet from "helmet";
import { accessLog } from "./access-log.js";
import type { HttpLog } from "./log.js";
import { answerPlainJson } from "./plain-json.js";

/** What both apps share: exact paths, no ETag (answers are small and differ), security headers, the access log. */
export function bareApp(log: HttpLog): Express {
  const app = express();
  app.enable("case sensitive routing").enable("strict routing").disable("etag").disable("x-powered-by");
  answerPlainJson(app);
  app.use(accessLog(log));
  const headers = Object.entries({ ...securityHeaders(), "Cache-Control": "no-store" });
  app.use((_req, res, next) => {
    for (const [name, value] of headers) res.setHeader(name, value);
    next();
  });
  return app;
}

/** They are the same for each answer: so they are asked for once. */
function securityHeaders(): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  const answer = {
    setHeader: (name: string, value: string) => {
      found[name] = value;
    },
    removeHeader: () => undefined,
  };
  helmet({
    // TLS ends in front of us: whether a host is HTTPS-only is that proxy's to say.
    strictTransportSecurity: false,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    referrerPolicy: { policy: "no-referrer" },
  })({} as unknown as IncomingMessage, answer as unknown as ServerResponse, () => undefined);
  return found;
}
