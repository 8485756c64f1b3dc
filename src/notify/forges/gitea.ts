import { z } from "zod";
import type { Secret } from "../../tools/secret.js";
import type { Sender } from "../model/sender.js";
import { addressAt } from "../words/address.js";
import { pathOf } from "../words/path.js";
import { call, type Api } from "./call.js";
import { forgeEvents, forgeFields, openForge, type CommitNews } from "./fields.js";

const fields = {
  url: z.string().min(1).describe("the server's address"),
  ...forgeFields,
};

const states = { waiting: "pending", running: "pending", success: "success", failure: "failure" } as const;

const remedies = {
  401: "renew the token in tokenFile",
  403: "give the token the scope write:repository",
  404: "check `repository`, and that the token may see it and the commit is there",
};

/** Both forges have the same API for this. */
function senderFor(type: "gitea" | "forgejo"): Sender<typeof fields> {
  return {
    type,
    on: forgeEvents,
    isBrief: true,
    fields,
    open: (written, context) => {
      const base = addressAt(written.url, () => context.place("url")).replace(/\/+$/, "");
      const tell = async (news: CommitNews, token: Secret, signal: AbortSignal) => {
        const { sha, state, name, description, link } = news;
        const api: Api = {
          ...{ by: context, base: `${base}/api/v1/repos/${pathOf(news.repository)}`, signal },
          headers: { authorization: token.map((text) => `token ${text}`) },
          reading: { remedies },
        };
        const { answer } = await call(api, "POST", `/statuses/${sha}`, {
          ...{ state: states[state], context: name, description },
          ...(link === undefined ? {} : { target_url: link }),
        });
        return answer;
      };
      return openForge({ site: new URL(base), written, tell }, context);
    },
  };
}

export const gitea = senderFor("gitea");
export const forgejo = senderFor("forgejo");
