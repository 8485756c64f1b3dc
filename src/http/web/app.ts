import express, { type Express } from "express";
import helmet from "helmet";
import { accessLog } from "./access-log.js";
import type { HttpLog } from "./log.js";
import { answerPlainJson } from "./plain-json.js";

/** What both apps share: exact paths, no ETag (answers are small and differ), security headers, the access log. */
export function bareApp(log: HttpLog, styleSource: readonly string[] = []): Express {
  const app = express();
  app.enable("case sensitive routing").enable("strict routing").disable("etag").disable("x-powered-by");
  answerPlainJson(app);
  app.use(accessLog(log));
  app.use(
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
          ...(styleSource.length === 0 ? {} : { styleSrc: [...styleSource] }),
        },
      },
      referrerPolicy: { policy: "no-referrer" },
    }),
  );
  app.use((_req, res, next) => {
    res.set("Cache-Control", "no-store");
    next();
  });
  return app;
}
