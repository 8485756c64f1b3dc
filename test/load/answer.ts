/** What the load's server says: its version and the request, then so much that a body can be cut short. */
export function answerBody(version: string, request: string): string {
  const head = `${version} ${request} `;
  return `${head}${".".repeat(Math.max(0, bodyBytes - head.length - 1))}\n`;
}

/** Of every good answer. */
export const bodyBytes = 2048;

/** The version that gave this answer to this request; undefined where it is not that answer, whole. */
export function versionIn(body: string, request: string): string | undefined {
  const version = /^(\S+) /.exec(body)?.[1] ?? "";
  return body === answerBody(version, request) ? version : undefined;
}
