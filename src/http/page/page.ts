/*
 * What people see in a browser lives here. It shows and asks; the controller does.
 */

import { randomBytes } from "node:crypto";
import type { ErrorRequestHandler, Express, Request, Response } from "express";
import { serviceKey } from "../../compose/model/service.js";
import { BoundedMap } from "../../tools/sharing/bounded-map.js";
import type { TestOutcome } from "../../notify/model/standing.js";
import { callerIn } from "../guard/caller.js";
import { ownFormsOnly } from "../guard/guard.js";
import { refusalFor } from "../web/errors.js";
import { allowOnly } from "../web/methods.js";
import { queryText } from "../web/query.js";
import { Refusal } from "../web/refusal.js";
import type { Streams } from "../web/streams.js";
import { answerPage } from "./answer.js";
import type { AssetPaths } from "./html/layout.js";
import { alone, page } from "./html/layout.js";
import type { View } from "./html/view.js";
import { changesOf } from "./live.js";
import { orderRoutes } from "./orders.js";
import { type Shown, viewerAt } from "./viewer.js";
import { failure } from "./views/alone.js";
import { logsView } from "./views/logs.js";
import { waitingCount } from "./views/waiting.js";

export interface PageOptions extends Shown {
  readonly version: string;
  readonly assets: AssetPaths;
  readonly streams: Streams;
}

const mostTold = 200;
const logLines = 200;
const beat = { text: ":\n\n", everyMs: 20_000 };

/** For whoever has come in: the views, what brings them up to date, and the orders. */
export function pageRoutes(app: Express, options: PageOptions): void {
  const { surface, version, assets, streams } = options;
  /** What is to be said of an order, by a name that its giver is sent on with. */
  const told = new BoundedMap<string, string>(mostTold);
  const tell = (done: string) => {
    const name = randomBytes(9).toString("base64url");
    told.set(name, done);
    return name;
  };
  const answer = async (res: Response, view: View, status = 200, live?: string) => {
    const { req } = res;
    const { role = "read", isSignedIn = false } = callerIn(req) ?? {};
    const waiting = waitingCount(surface.services());
    const frame = { version, assets, isSignedIn, waiting, mayAct: role === "write", live };
    await answerPage(res, page(view, { ...frame, done: told.get(queryText(req, "done") ?? "") }), status);
  };
  const show = async (req: Request, res: Response) => {
    const { place, mayAct } = { place: req.originalUrl, mayAct: callerIn(req)?.role === "write" };
    const view = await viewerAt(options, place, mayAct)?.();
    if (view === undefined) throw new Refusal(404, "there is no such service", "the first page lists them");
    await answer(res, view, 200, `/live?at=${encodeURIComponent(withoutDone(place))}`);
  };

  for (const path of ["/", "/waiting", "/sources", "/activity", "/notifications", "/services/:project/:service"])
    app.route(path).get(show).all(allowOnly("GET"));
  app
    .route("/services/:project/:service/logs")
    .get(async (req, res) => {
      const { project, service } = req.params;
      const key = serviceKey(project, service);
      if (surface.service(key) === undefined) throw new Refusal(404, "there is no such service");
      const reading = await surface.logs({ of: [key], follow: false, tail: logLines }, new AbortController().signal);
      const isNamed = reading.containers.length > 1;
      const lines: string[] = [];
      for await (const entry of reading.entries) {
        const text = "notice" in entry ? `(${entry.notice})` : entry.text;
        lines.push(isNamed ? `${entry.container}  | ${text}` : text);
      }
      await answer(res, logsView({ project, service, lines: lines.slice(-logLines) }));
    })
    .all(allowOnly("GET"));
  orderRoutes(app, { surface, answer, tell });
  app
    .route("/notifications/:name/test")
    .post(ownFormsOnly, async (req, res) => {
      const name = req.params["name"];
      const outcome = await options.notifications.test(name, { dryRun: false });
      if (outcome === undefined) throw new Refusal(404, "nobody who is told is called so");
      res.redirect(303, `/notifications?done=${tell(sentenceOf(name, outcome))}`);
    })
    .all(allowOnly("POST"));
  app
    .route("/live")
    .get(async (req, res) => {
      const at = typeof req.query["at"] === "string" ? req.query["at"] : "/";
      const seen = req.get("last-event-id") ?? queryText(req, "seen");
      const viewer = viewerAt(options, at, callerIn(req)?.role === "write");
      if (viewer === undefined) throw new Refusal(404, "nothing changes there");
      await streams.answer(
        res,
        "text/event-stream",
        (signal) => Promise.resolve(changesOf(viewer, surface, seen, signal)),
        beat,
      );
    })
    .all(allowOnly("GET"));
}

function sentenceOf(name: string, { answer }: TestOutcome): string {
  switch (answer?.outcome) {
    case undefined:
      return `Nothing was sent to ${name}.`;
    case "delivered":
      return `${name} has been told a sample.`;
    case "later":
    case "refused":
      return `${name} was not told: ${answer.why}.`;
  }
}

/** An answer that is no success, as a page for whoever would rather have one. */
export function pageErrors(assets: AssetPaths): ErrorRequestHandler {
  return (thrown: unknown, req, res, next) => {
    const refusal = refusalFor(thrown);
    if (!isForPeople(req) || refusal.status === 500 || res.headersSent) {
      next(thrown);
      return;
    }
    const { status, message, remedy, headers } = refusal;
    res.set(headers);
    void answerPage(res, alone(String(status), assets, failure(status, message, remedy)), status);
  };
}

/** A browser that shows what it gets, and no program. */
export function isForPeople(req: Request): boolean {
  return !req.path.startsWith("/api/") && req.accepts(["json", "html"]) === "html";
}

/** What has been said once is not said again when it changes. */
function withoutDone(place: string): string {
  const { pathname, searchParams } = new URL(place, "http://here.invalid");
  searchParams.delete("done");
  return searchParams.size === 0 ? pathname : `${pathname}?${searchParams.toString()}`;
}
