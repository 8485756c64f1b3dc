import { z } from "zod";
import { wrongAt } from "../../tools/placed.js";
import type { Secret } from "../../tools/secret.js";
import type { Answer } from "../model/channel.js";
import type { Reply } from "../model/exchange.js";
import type { Sender } from "../model/sender.js";
import { addressAt } from "../words/address.js";
import { call, find, idIn, type Api } from "./call.js";
import { deploymentFields, forgeEvents, forgeFields, openForge, type CommitNews } from "./fields.js";

const fields = {
  url: z.string().min(1).optional().describe("the server's address (`https://gitlab.com`)"),
  ...forgeFields,
  ...deploymentFields,
  ref: z.string().min(1).optional().describe("for `deployments`: the branch that is deployed"),
};

const states = { waiting: "pending", running: "running", success: "success", failure: "failed" } as const;

const remedies = {
  401: "renew the token in tokenFile",
  403: "give the token the scope `api` and at least the role Developer of that project",
  404: "check `repository`, and that the token may see that project and the commit is there",
};

export const gitlab: Sender<typeof fields> = {
  type: "gitlab",
  on: forgeEvents,
  isBrief: true,
  fields,
  open: (written, context) => {
    const base = addressAt(written.url ?? "https://gitlab.com", () => context.place("url")).replace(/\/+$/, "");
    const { deployments = false, ref } = written;
    if (deployments && ref === undefined) {
      throw wrongAt(
        context.place("deployments"),
        "there is no `ref`",
        "write the branch that is deployed, such as main",
      );
    }
    const tell = async (news: CommitNews, token: Secret, signal: AbortSignal) => {
      const api: Api = {
        ...{ by: context, signal, read: standing },
        base: `${base}/api/v4/projects/${encodeURIComponent(news.repository)}`,
        headers: { "private-token": token },
        reading: { remedies },
      };
      const status = await tellStatus(api, news);
      if (status.outcome !== "delivered" || ref === undefined || !deployments) return status;
      return tellDeployment(api, news, ref);
    };
    return openForge({ site: new URL(base), written, tell }, context);
  },
};

/** It says so of a state that it has already, and of one that its own order of states leaves out: what it shows stays true. */
function standing({ status, text }: Reply): Answer | undefined {
  if (status !== 400 || !/cannot transition/i.test(text)) return undefined;
  return { outcome: "delivered", said: "it has a state already that this one does not follow" };
}

async function tellStatus(api: Api, { sha, state, name, description, link }: CommitNews): Promise<Answer> {
  const { answer } = await call(api, "POST", `/statuses/${sha}`, {
    ...{ state: states[state], name, description },
    ...(link === undefined ? {} : { target_url: link }),
  });
  return answer;
}

/** One that runs is found again by its environment: nothing has to be remembered. */
async function tellDeployment(api: Api, { environment, sha, state }: CommitNews, ref: string): Promise<Answer> {
  if (environment === undefined || state === "waiting") return { outcome: "delivered" };
  const query = { environment, status: "running", order_by: "id", sort: "desc", per_page: "1" };
  const known = await find(api, "/deployments", query);
  if (known.answer.outcome !== "delivered") return known.answer;
  const id = known.first?.["sha"] === sha ? idIn(known.first) : undefined;
  if (id !== undefined && state === "running") return known.answer;
  const status = states[state];
  const { answer } =
    id === undefined
      ? await call(api, "POST", "/deployments", { environment, sha, ref, tag: false, status })
      : await call(api, "PUT", `/deployments/${id}`, { status });
  return answer;
}
