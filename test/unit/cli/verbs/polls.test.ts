import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { ask } from "../../../../src/cli/shared/admin.js";
import { polled } from "../../../../src/cli/shared/address.js";
import type { Wiring } from "../../../../src/cli/shared/wiring.js";
import { through } from "../../../../src/cli/verbs/apply/operator.js";
import { watch } from "../../../../src/cli/verbs/look/watch.js";
import { wait } from "../../../../src/cli/verbs/wait.js";
import type { ServiceStatus } from "../../../../src/plan/model/condition.js";
import { servePage } from "../../http/page/served.js";
import { fakeSurface, statusOf } from "../../http/surface.js";

/** The real API, through something that notes how each question was answered. */
async function controller() {
  const state: { services: ServiceStatus[] } = {
    services: [{ ...statusOf("shop/web", "acme/web:1"), observedAt: "2026-01-01T00:00:00Z" }],
  };
  const page = await servePage({ surface: { ...fakeSurface(), services: () => state.services } });
  const answers: string[] = [];
  const server = createServer((incoming, outgoing) => {
    const { method = "", url = "", headers } = incoming;
    const onward = request(new URL(url, page.url), { method, headers: { ...headers, host: new URL(page.url).host } });
    onward.on("response", (response) => {
      answers.push(`${method} ${response.statusCode ?? 0}`);
      outgoing.writeHead(response.statusCode ?? 0, response.headers);
      response.pipe(outgoing);
    });
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const admin = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: undefined };
  const said: string[] = [];
  const say = (text: string) => said.push(text);
  const wiring = { print: say, complain: say, terminal: false } as unknown as Wiring;
  const change = () => {
    state.services = state.services.map((one) => ({ ...one, observedAt: "2026-01-01T00:05:00Z", sync: "OutOfSync" }));
  };
  return { admin, answers, wiring, said, change };
}

const until = async (fits: () => boolean) => {
  for (const deadline = Date.now() + 20_000; !fits();) {
    if (Date.now() > deadline) throw new Error("it has not come");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

describe("what has not changed is not sent again", () => {
  it("to who asks twice: the same answer is taken from what was sent", async () => {
    const { admin, answers, change } = await controller();
    const asked = polled(admin);
    const first = await ask(asked, "get", "/api/v1/services", {});
    expect(await ask(asked, "get", "/api/v1/services", {})).toEqual(first);
    change();
    expect((await ask(asked, "get", "/api/v1/services", {})).services).toMatchObject([{ sync: "OutOfSync" }]);
    expect(answers).toEqual(["GET 200", "GET 304", "GET 200"]);
  });

  it("to who asks once: no tag is kept for another process", async () => {
    const { admin, answers } = await controller();
    await ask(admin, "get", "/api/v1/services", {});
    await ask(admin, "get", "/api/v1/services", {});
    expect(answers).toEqual(["GET 200", "GET 200"]);
  });

  it("to `fairlead wait`", async () => {
    const { admin, answers, wiring } = await controller();
    expect(await wait(wiring, admin, "shop/web", { timeoutMs: 1_200 })).toBe(4);
    expect(answers.slice(0, 2)).toEqual(["GET 200", "POST 202"]);
    expect(new Set(answers.slice(2))).toEqual(new Set(["GET 304"]));
  });

  it("to `fairlead status --watch`, which still shows what changes", async () => {
    const { admin, answers, wiring, said, change } = await controller();
    const watching = watch(wiring, admin, undefined);
    await until(() => answers.includes("GET 304"));
    change();
    await until(() => said.length === 2);
    process.emit("SIGINT");
    expect(await watching).toBe(0);
    expect(said[1]).toContain("OutOfSync");
  });

  it("to `fairlead apply` through a controller", async () => {
    const { admin, answers } = await controller();
    const operator = through(admin);
    expect(await operator.services()).toEqual(await operator.services());
    expect(answers).toEqual(["GET 200", "GET 304"]);
  });
});
