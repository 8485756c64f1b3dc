import { z } from "zod";
import type { Secret } from "../../tools/secret.js";
import type { Answer } from "../model/channel.js";
import type { Sender } from "../model/sender.js";
import { addressAt } from "../words/address.js";
import { pathOf } from "../words/path.js";
import { call, find, idIn, type Api } from "./call.js";
import { deploymentFields, forgeEvents, forgeFields, openForge, type CommitNews } from "./fields.js";

const fields = {
  url: z
    .string()
    .min(1)
    .optional()
    .describe("the API of a server of one's own, `https://HOST/api/v3` (`https://api.github.com`)"),
  ...forgeFields,
  ...deploymentFields,
};

const states = { waiting: "pending", running: "pending", success: "success", failure: "failure" } as const;
const deploymentStates = { waiting: "queued", running: "in_progress", success: "success", failure: "failure" } as const;

const remedies = {
  401: "renew the token in tokenFile",
  403: "give the token the right to write commit statuses, and for deployments: true deployments, of that repository",
  404: "check `repository`, and that the token may see it and write commit statuses",
  422: "see whether that commit is at the forge",
};

/** Tells our deployments from those of others. */
const task = "fairlead";

export const github: Sender<typeof fields> = {
  type: "github",
  on: forgeEvents,
  isBrief: true,
  fields,
  open: (written, context) => {
    const base = addressAt(written.url ?? "https://api.github.com", () => context.place("url")).replace(/\/+$/, "");
    const { host } = new URL(base);
    const tell = async (news: CommitNews, token: Secret, signal: AbortSignal) => {
      const api: Api = {
        ...{ by: context, base: `${base}/repos/${pathOf(news.repository)}`, signal },
        headers: {
          accept: "application/vnd.github+json",
          "x-github-api-version": "2022-11-28",
          authorization: token.map((text) => `Bearer ${text}`),
        },
        reading: { remedies },
      };
      const status = await tellStatus(api, news);
      if (status.outcome !== "delivered" || written.deployments !== true) return status;
      return tellDeployment(api, news);
    };
    const site = new URL(`https://${host === "api.github.com" ? "github.com" : host}`);
    return openForge({ site, written, tell }, context);
  },
};

async function tellStatus(api: Api, { sha, state, name, description, link }: CommitNews): Promise<Answer> {
  const { answer } = await call(api, "POST", `/statuses/${sha}`, {
    ...{ state: states[state], context: name, description },
    ...(link === undefined ? {} : { target_url: link }),
  });
  return answer;
}

/** Found again by its commit and environment: nothing has to be remembered. */
async function tellDeployment(api: Api, news: CommitNews): Promise<Answer> {
  const { environment, sha, state, description, link } = news;
  if (environment === undefined) return { outcome: "delivered" };
  const known = await find(api, "/deployments", { sha, environment, task, per_page: "1" });
  if (known.answer.outcome !== "delivered") return known.answer;
  const made =
    known.first === undefined
      ? await call(api, "POST", "/deployments", {
          ...{ ref: sha, task, environment, description, auto_merge: false, required_contexts: [] },
        })
      : { answer: known.answer, json: known.first };
  if (made.answer.outcome !== "delivered") return made.answer;
  const id = idIn(made.json);
  if (id === undefined) return { outcome: "later", why: "its answer names no deployment" };
  const { answer } = await call(api, "POST", `/deployments/${id}/statuses`, {
    ...{ state: deploymentStates[state], environment, description },
    ...(link === undefined ? {} : { log_url: link }),
  });
  return answer;
}
