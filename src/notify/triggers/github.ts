import { wrongAt } from "../../tools/placed.js";
import { pathOf } from "../words/path.js";
import { jsonRequest, type TriggerKind } from "./kind.js";

const mostEventLetters = 100;

/** `workflow_dispatch` of the workflow that is named; else `repository_dispatch`, which any workflow may listen to. */
export const github: TriggerKind = {
  needs: ["repository", "tokenFile"],
  takes: ["url", "workflow", "ref", "event"],
  url: "https://api.github.com",
  mostVariables: ({ workflow }) => (workflow === undefined ? 10 : 25),
  check: ({ workflow, ref, event }, place) => {
    if (workflow !== undefined && ref === undefined) {
      throw wrongAt(
        place("workflow"),
        "there is no `ref` to run it on",
        "write the branch or tag, such as `ref: main`",
      );
    }
    if (workflow === undefined && ref !== undefined) {
      throw wrongAt(
        place("ref"),
        "without `workflow` the repository's own branch counts",
        "name the workflow, or leave it out",
      );
    }
    if (workflow !== undefined && event !== undefined) {
      throw wrongAt(place("event"), "a workflow that is named gets no event", "write `workflow` or `event`");
    }
    if (event !== undefined && event.length > mostEventLetters) {
      throw wrongAt(place("event"), "it is too long for GitHub", `write up to ${mostEventLetters} letters`);
    }
  },
  request: ({ written, url, token, variables }) => {
    const { repository = "", workflow, ref, event = "fairlead" } = written;
    const base = `${String(url)}/repos/${pathOf(repository)}`;
    const headers = {
      accept: "application/vnd.github+json",
      "x-github-api-version": "2022-11-28",
      ...(token === undefined ? {} : { authorization: token.map((text) => `Bearer ${text}`) }),
    };
    if (workflow === undefined) {
      return jsonRequest(`${base}/dispatches`, headers, { event_type: event, client_payload: variables });
    }
    const at = `${base}/actions/workflows/${encodeURIComponent(workflow)}/dispatches`;
    return jsonRequest(at, headers, { ref, inputs: variables });
  },
  remedies: {
    401: "renew the token in tokenFile",
    403: "give the token the right to write contents (repository_dispatch) or actions (a workflow) of that repository",
    404: "check `repository` and `workflow`, and that the token may see them",
    422: "see whether the workflow has `on: workflow_dispatch` at `ref`, with inputs of these names",
  },
};
