import { formRequest, jsonRequest, type TriggerKind } from "./kind.js";

/** By a trigger token, which can do nothing else, or by a token of the API, which gets a pipeline of its own user. */
export const gitlab: TriggerKind = {
  needs: ["project", "ref"],
  takes: ["url", "tokenFile", "apiTokenFile"],
  url: "https://gitlab.com",
  request: ({ written, url, token, variables }) => {
    const { project = "", ref = "" } = written;
    const base = `${String(url)}/api/v4/projects/${encodeURIComponent(project)}`;
    if (written.apiTokenFile !== undefined) {
      const pairs = Object.entries(variables).map(([key, value]) => ({ key, value }));
      return jsonRequest(`${base}/pipeline`, token === undefined ? {} : { "private-token": token }, {
        ref,
        variables: pairs,
      });
    }
    const form = new URLSearchParams({ ref });
    for (const [name, value] of Object.entries(variables)) form.append(`variables[${name}]`, value);
    const body = token?.map((text) => `token=${encodeURIComponent(text)}&${form.toString()}`) ?? form.toString();
    return formRequest(`${base}/trigger/pipeline`, {}, body);
  },
  remedies: {
    400: "see whether `ref` is a branch or a tag there, and whether its .gitlab-ci.yml has a job for pipelines that are triggered",
    401: "renew the token in tokenFile",
    403: "give the token's owner the right to run pipelines on `ref`",
    404: "check `project`, and that the token in tokenFile is a trigger token of it (for a token of the API write apiTokenFile)",
  },
};
