import type { Express, Request } from "express";
import type { Surface } from "../../control/surface/surface.js";
import { sameSiteOnly } from "../guard/guard.js";
import { allowOnly } from "../web/methods.js";
import { queryText } from "../web/query.js";
import { Refusal } from "../web/refusal.js";

const longestPath = 4_096;

/** A person's word about files of a project that a commit and a container have both changed. */
export function syncRoute(app: Express, surface: Surface): void {
  app
    .route("/api/v1/projects/:project/sync")
    .post(sameSiteOnly, async (req, res) => {
      const synced = await surface.sync(req.params["project"], sideOf(req), filesOf(req));
      if (synced === undefined) {
        const remedy = "GET /api/v1/services lists the sources and their projects";
        throw new Refusal(404, "no project of a repository is called so", remedy);
      }
      res.json(synced);
    })
    .all(allowOnly("POST"));
}

function sideOf(req: Request): "ours" | "theirs" {
  const side = queryText(req, "side");
  if (side === "ours" || side === "theirs") return side;
  throw new Refusal(400, "side must be ours or theirs", "ours is what the container has left, theirs what git has");
}

/** Each as the condition `LocalChanges` names it. */
function filesOf(req: Request): readonly string[] {
  const given = req.query["file"];
  const files = given === undefined ? [] : [given].flat();
  if (files.every((file) => typeof file === "string" && file !== "" && file.length <= longestPath)) {
    return files as readonly string[];
  }
  throw new Refusal(400, "file must be the path of a file in the repository");
}
