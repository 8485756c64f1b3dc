import { formRequest, type TriggerKind } from "./kind.js";

/** With a token of the API no crumb is asked for. */
export const jenkins: TriggerKind = {
  needs: ["url", "project", "user", "tokenFile"],
  takes: [],
  request: ({ written, url, token, variables }) => {
    const { project = "", user = "" } = written;
    const job = project
      .split("/")
      .map((name) => `job/${encodeURIComponent(name)}`)
      .join("/");
    const call = Object.keys(variables).length === 0 ? "build" : "buildWithParameters";
    const login = token?.map((text) => `Basic ${Buffer.from(`${user}:${text}`).toString("base64")}`);
    const headers = login === undefined ? {} : { authorization: login };
    return formRequest(`${String(url)}/${job}/${call}`, headers, new URLSearchParams(variables).toString());
  },
  remedies: {
    400: "see whether the job takes parameters: it does where `variables` are written, and not where none are",
    401: "renew the token in tokenFile, which is one of `user`",
    403: "give `user` the right to build that job; tokenFile has to hold a token of the API, not a password",
    404: "check `project`, with its folders: folder/job",
    405: "see whether the job takes parameters: it does where `variables` are written, and not where none are",
  },
};
