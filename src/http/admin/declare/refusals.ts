/** Why a status is answered, where a route has no reason of its own. */
export const usual: Readonly<Record<number, string>> = {
  400: "A parameter or a header is not what it may be, or there is no parameter of that name",
  401: "The admin token is missing or wrong",
  403: "The host's name is not ours, or another site has sent it",
  404: "No such service is known",
  412: "The service has moved on",
  415: "The body is no JSON; none is needed",
  429: "Too many wrong tokens have come from this address",
  503: "The engine cannot be reached",
};

/** The usual reasons for these statuses. */
export function usually(...statuses: readonly (keyof typeof usual)[]): Readonly<Record<number, string>> {
  return Object.fromEntries(statuses.map((status) => [status, usual[status] ?? ""]));
}
