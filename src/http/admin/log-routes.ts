import type { Express, Request, RequestHandler } from "express";
import type { LogWish, Surface } from "../../control/surface/surface.js";
import { allowOnly } from "../web/methods.js";
import { queryCount, queryFlag, querySince } from "../web/query.js";
import { Refusal } from "../web/refusal.js";
import { declaredKey, servicePath } from "./declared.js";
import { logObjects, logText } from "./log-text.js";
import type { Streams } from "./streams.js";

const objects = "application/x-ndjson";
const mostServices = 200;

/** The logs of containers: of one service, or of those that are named, or of all. */
export function logRoutes(app: Express, surface: Surface, streams: Streams): void {
  const answer =
    (servicesOf: (req: Request) => LogWish["of"]): RequestHandler =>
    async (req, res) => {
      const wish: LogWish = {
        of: servicesOf(req),
        follow: queryFlag(req, "follow"),
        tail: queryCount(req, "tail"),
        since: querySince(req, Date.now()),
      };
      const style = { timestamps: queryFlag(req, "timestamps"), prefix: !queryFlag(req, "no-prefix") };
      const isData = req.accepts(["text/plain", objects]) === objects;
      await streams.answer(res, isData ? objects : "text/plain; charset=utf-8", async (signal) => {
        const reading = await surface.logs(wish, signal);
        return isData ? logObjects(reading) : logText(reading, style);
      });
    };
  app
    .route(`${servicePath}/logs`)
    .get(answer((req) => [declaredKey(surface, req.params["project"], req.params["service"])]))
    .all(allowOnly("GET"));
  app
    .route("/api/v1/logs")
    .get(answer((req) => namedIn(req, surface)))
    .all(allowOnly("GET"));
}

/** `?service=project/service`, which may repeat. */
function namedIn(req: Request, surface: Surface): LogWish["of"] {
  const given = [req.query["service"] ?? []].flat();
  if (given.length === 0) return "all";
  if (given.length > mostServices) throw new Refusal(400, `at most ${mostServices} services can be named`);
  return given.map((name) => {
    const [project, service, ...more] = typeof name === "string" ? name.split("/") : [];
    if (more.length > 0) throw new Refusal(400, "service must be project/service");
    return declaredKey(surface, project, service);
  });
}
