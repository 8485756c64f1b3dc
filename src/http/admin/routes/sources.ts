import { z } from "zod";
import { Refusal } from "../../web/refusal.js";
import { kept, synced } from "../answers/controller.js";
import { deed, question } from "../declare/kinds.js";
import { usually } from "../declare/refusals.js";
import { choice, several } from "../declare/parameters.js";

const longestPath = 4_096;

/** The repositories that services files come from. */
export const sources = [
  question({
    path: "/api/v1/kept",
    summary: "[What is kept](git.md#what-is-kept) of repositories on the host, and for whom",
    answer: z.object({ kept: z.array(kept) }),
    refusals: usually(503),
    handle: async ({ surface }) => ({ kept: await surface.kept() }),
  }),
  deed({
    path: "/api/v1/projects/{project}/sync",
    summary:
      "Decide about files that a commit and a container have both changed ([git](git.md#folders-that-containers-write-to))",
    query: {
      side: choice(["ours", "theirs"], "Whose version counts: the container's (`ours`), or git's (`theirs`)"),
      file: several("A path from the repository's root on; default all that wait for a word", longestPath),
    },
    answer: synced,
    refusals: { 404: "No project of a repository is called so" },
    handle: async ({ surface }, { part, query }) => {
      const done = await surface.sync(part("project"), query.side, query.file ?? []);
      if (done === undefined) {
        const remedy = "GET /api/v1/services lists the sources and their projects";
        throw new Refusal(404, "no project of a repository is called so", remedy);
      }
      return done;
    },
  }),
];
