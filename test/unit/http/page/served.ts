import { request } from "node:http";
import { text } from "node:stream/consumers";
import { adminApp, type AdminOptions } from "../../../../src/http/admin/admin.js";
import { Secret } from "../../../../src/tools/secret.js";
import { memoryLog, serve, type Answer, type Served } from "../harness.js";
import { type FakeSurface, fakeSurface } from "../surface.js";

export const token = "a-token-for-the-admin-address";
export const readToken = "a-token-that-may-only-look";

export interface ServedPage extends Served {
  readonly surface: FakeSurface;
  readonly log: ReturnType<typeof memoryLog>;
  /** As a browser sends a form of our own. */
  submit(
    path: string,
    fields: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>;
}

export async function servePage(options: Partial<AdminOptions> & { surface?: FakeSurface } = {}): Promise<ServedPage> {
  const surface = options.surface ?? fakeSurface();
  const log = memoryLog();
  const metrics = { contentType: "text/plain", render: () => Promise.resolve("") };
  const served = await serve(adminApp({ metrics, log, version: "1.2.3", ...options, surface }));
  return {
    ...served,
    surface,
    log,
    submit: (path, fields, headers = {}) =>
      served.send(path, {
        method: "POST",
        redirect: "manual",
        headers: { "content-type": "application/x-www-form-urlencoded", origin: served.url, ...headers },
        body: new URLSearchParams(fields).toString(),
      }),
  };
}

export const guarded = { token: new Secret(token), readToken: new Secret(readToken) };

/** The cookie of whoever signs in with this token. */
export async function cookieOf(page: ServedPage, shown = token): Promise<{ readonly cookie: string }> {
  const answer = await page.submit("/sign-in", { token: shown, next: "/" });
  return { cookie: (answer.headers.get("set-cookie") ?? "").split(";")[0] ?? "" };
}

/** With headers of its own alone: `fetch` says itself in which mode it asks. */
export function ask(
  { port }: ServedPage,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port, path, headers }, (response) => {
      text(response).then((body) => {
        resolve({ status: response.statusCode ?? 0, text: body });
      }, reject);
    });
    sent.on("error", reject).end();
  });
}
