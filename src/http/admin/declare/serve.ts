import type { Express } from "express";
import { sameSiteOnly } from "../../guard/guard.js";
import { allowOnly } from "../../web/methods.js";
import type { Backing } from "./backing.js";
import type { Route } from "./route.js";

/** Has an app answer these, in their order. Other methods of their paths are refused. */
export function serveRoutes(app: Express, routes: readonly Route[], backing: Backing): void {
  for (const path of new Set(routes.map((route) => route.path))) {
    const here = routes.filter((route) => route.path === path);
    const there = app.route(path.replace(/\{(\w+)\}/g, ":$1"));
    for (const route of here) {
      if (route.method === "get") there.get(route.handler(backing));
      else there.post(sameSiteOnly, route.handler(backing));
    }
    there.all(allowOnly(...here.map(({ method }) => (method === "get" ? "GET" : "POST"))));
  }
}
