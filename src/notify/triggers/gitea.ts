import { pathOf } from "../words/path.js";
import { jsonRequest, type TriggerKind } from "./kind.js";

/** A workflow of Gitea or Forgejo. */
export const gitea: TriggerKind = {
  needs: ["url", "repository", "workflow", "ref", "tokenFile"],
  takes: [],
  request: ({ written, url, token, variables }) => {
    const { repository = "", workflow = "", ref = "" } = written;
    const at = `${String(url)}/api/v1/repos/${pathOf(repository)}/actions/workflows/${encodeURIComponent(workflow)}/dispatches`;
    const headers = token === undefined ? {} : { authorization: token.map((text) => `token ${text}`) };
    return jsonRequest(at, headers, { ref, inputs: variables });
  },
  remedies: {
    401: "renew the token in tokenFile",
    403: "give the token the scope write:repository",
    404: "check `repository`, `workflow` and `ref`, and that the server can do this (Gitea 1.23, Forgejo 7)",
    422: "see whether the workflow has `on: workflow_dispatch`, with inputs of these names",
  },
};
