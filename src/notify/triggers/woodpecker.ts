import { wrongAt } from "../../tools/placed.js";
import { jsonRequest, type TriggerKind } from "./kind.js";

export const woodpecker: TriggerKind = {
  needs: ["url", "project", "ref", "tokenFile"],
  takes: [],
  check: ({ project = "" }, place) => {
    if (/^\d+$/.test(project)) return;
    throw wrongAt(
      place("project"),
      "Woodpecker knows repositories by numbers",
      "write the id from the repository's settings page",
    );
  },
  request: ({ written, url, token, variables }) => {
    const { project = "", ref = "" } = written;
    const headers = token === undefined ? {} : { authorization: token.map((text) => `Bearer ${text}`) };
    return jsonRequest(`${String(url)}/api/repos/${project}/pipelines`, headers, { branch: ref, variables });
  },
  remedies: {
    401: "renew the token in tokenFile",
    403: "give the token's owner the right to push to that repository",
    404: "check `project`, which is the repository's id there, and `ref`",
  },
};
