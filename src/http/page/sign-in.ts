import type { Express, RequestHandler } from "express";
import { type AdminTokens, roleCheck } from "../guard/caller.js";
import { giveSession, sessionShown, takeSession } from "../guard/cookie.js";
import { ownFormsOnly } from "../guard/guard.js";
import type { Sessions } from "../guard/sessions.js";
import { allowOnly } from "../web/methods.js";
import { answerPage } from "./answer.js";
import { formOf } from "./form.js";
import { html } from "./html/html.js";
import { alone, type AssetPaths } from "./html/layout.js";
import { signIn } from "./views/alone.js";

export interface SignInOptions {
  readonly tokens: AdminTokens;
  readonly sessions: Sessions;
  readonly assets: AssetPaths;
  /** Stands between a wrong token and its answer. */
  readonly limited: RequestHandler;
}

/** How somebody comes in who has a token and no program to send it, and how they go again. */
export function signInRoutes(app: Express, { tokens, sessions, assets, limited }: SignInOptions): void {
  const roleOf = roleCheck(tokens);
  app
    .route("/sign-in")
    .get((_req, res) => {
      res.redirect(303, "/");
    })
    .post(ownFormsOnly, async (req, res, next) => {
      const form = await formOf(req);
      const role = roleOf(form.get("token") ?? undefined);
      const to = placeIn(form.get("next"));
      if (role !== undefined) {
        sessions.end(sessionShown(req));
        giveSession(req, res, sessions.begin(role));
        res.redirect(303, to);
        return;
      }
      await limited(req, res, (thrown?: unknown) => {
        if (thrown !== undefined) next(thrown);
        else void answerPage(res, signInPage(assets, to, "That is not the token."), 401);
      });
    })
    .all(allowOnly("GET", "POST"));
  app
    .route("/sign-out")
    .post(ownFormsOnly, (req, res) => {
      const value = sessionShown(req);
      takeSession(req, res);
      res.once("close", () => {
        sessions.end(value);
      });
      res.redirect(303, "/");
    })
    .all(allowOnly("POST"));
}

/**
 * In the place of a page, for whoever has not come in. Who follows a link from another site has not shown their session
 * (`SameSite=Strict`): the browser is led here once more, from here.
 */
export function signInInstead(assets: AssetPaths): RequestHandler {
  return async (req, res) => {
    const isLed = req.headers["sec-fetch-site"] === "cross-site" && req.headers["sec-fetch-mode"] === "navigate";
    const place = placeIn(req.originalUrl);
    res.set("WWW-Authenticate", 'Bearer realm="fairlead"');
    const text = isLed
      ? html`<!doctype html>
          <html lang="en">
            <meta charset="utf-8" /><title>Fairlead</title
            ><meta http-equiv="refresh" content="0;url=${place}" />
            <p><a href="${place}">Go on</a></p>
          </html>`.text
      : signInPage(assets, place);
    await answerPage(res, text, 401);
  };
}

function signInPage(assets: AssetPaths, next: string, refusal?: string): string {
  return alone("Sign in", assets, signIn(next, refusal));
}

/** A place on this page, whoever has written it. */
function placeIn(written: string | null): string {
  const base = "http://here.invalid";
  if (written === null || !URL.canParse(written, base)) return "/";
  const { origin, pathname, search } = new URL(written, base);
  return origin === base && !pathname.startsWith("//") ? `${pathname}${search}` : "/";
}
