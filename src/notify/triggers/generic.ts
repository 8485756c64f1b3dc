import { wrongAt } from "../../tools/placed.js";
import { jsonRequest, type TriggerKind } from "./kind.js";

/** Any other one that takes JSON. */
export const generic: TriggerKind = {
  needs: [],
  takes: ["url", "urlFile", "method", "headers", "body", "tokenFile"],
  check: ({ url, urlFile, variables, body }, place) => {
    if (url !== undefined && urlFile !== undefined) {
      throw wrongAt(place("urlFile"), "url and urlFile exclude each other", "remove one of them");
    }
    if (url === undefined && urlFile === undefined) {
      throw wrongAt(place(""), "one of `url` and `urlFile` is needed", "write where the call goes");
    }
    if (variables !== undefined && body !== undefined) {
      throw wrongAt(place("body"), "`variables` are the body already", "write `body` or `variables`");
    }
  },
  request: ({ written, url, token, variables, body }) => {
    const { method = "POST", headers = {} } = written;
    const login = token === undefined ? {} : { authorization: token.map((text) => `Bearer ${text}`) };
    const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
    const all = { ...(Object.fromEntries(lower) as Readonly<Record<string, string>>), ...login };
    return { ...jsonRequest(url, all, written.body === undefined ? variables : body), method };
  },
  remedies: {
    401: "check the token in tokenFile",
    403: "check the token in tokenFile, and what it may do",
    404: "check the address",
  },
};
