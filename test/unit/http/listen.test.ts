import { createServer } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { FairleadError } from "../../../src/errors.js";
import { startStandby } from "../../../src/http/admin/standby.js";
import { listen, type Listeners, type ListenOptions } from "../../../src/http/listen.js";
import { formatAddress } from "../../../src/tools/address.js";
import { Secret } from "../../../src/tools/secret.js";
import { exchange, memoryLog, push, secret } from "./harness.js";
import { type Declared, fakeSurface } from "./surface.js";

const metrics = { contentType: "text/plain", render: () => Promise.resolve("up 1\n") };

function options(declared: Declared = {}, token?: string): ListenOptions {
  const surface = fakeSurface(declared);
  const log = memoryLog();
  return {
    hooksListen: "127.0.0.1:0",
    adminListen: "127.0.0.1:0",
    places: { hooks: "--hooks-listen", admin: "fairlead.yaml:1:14: adminListen" },
    hooks: { surface, log, secrets: [new Secret(secret)], telemetry: { hookAnswered: () => undefined } },
    admin: { surface, log, metrics, version: "1.2.3", token: token === undefined ? undefined : new Secret(token) },
  };
}

async function started(wanted: ListenOptions): Promise<Listeners> {
  const listeners = await listen(wanted);
  onTestFinished(() => listeners.close(0));
  return listeners;
}

function refused(wanted: ListenOptions): Promise<FairleadError> {
  return started(wanted).then(
    () => expect.fail("it listens"),
    (thrown: unknown) => {
      expect(thrown).toBeInstanceOf(FairleadError);
      return thrown as FairleadError;
    },
  );
}

describe("two servers", () => {
  test("on ports of the system's choice, each with its own paths only", async () => {
    const { hooks, admin } = await started(options());
    const [hooksUrl, adminUrl] = [`http://${formatAddress(hooks)}`, `http://${formatAddress(admin)}`];
    expect(hooks.port).not.toBe(admin.port);
    expect((await fetch(`${adminUrl}/livez`)).status).toBe(200);
    for (const path of ["/livez", "/readyz", "/metrics", "/", "/api/v1/services"]) {
      expect((await fetch(`${hooksUrl}${path}`)).status).toBe(404);
    }
    const body = JSON.stringify(push("notarock/portfolio-ng"));
    const init = { method: "POST", body, headers: { "content-type": "application/json" } };
    expect((await fetch(`${hooksUrl}/hooks/dockerhub/${secret}`, init)).status).toBe(202);
    expect((await fetch(`${adminUrl}/hooks/dockerhub/${secret}`, init)).status).toBe(404);
  });

  test("or neither: a taken hooks port frees the admin port", async () => {
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void squatter.close());
    const { port } = squatter.address() as { port: number };
    const free = await listen(options());
    await free.close(0);
    const wanted = { ...options(), hooksListen: `127.0.0.1:${port}`, adminListen: formatAddress(free.admin) };

    const error = await refused(wanted);
    expect(error.code).toBe("ConfigInvalid");
    expect(error.message).toBe(`--hooks-listen: cannot listen on 127.0.0.1:${port}`);
    expect(error.remedy).toContain("another program");
    await started({ ...wanted, hooksListen: "127.0.0.1:0" });
  });
});

describe("an admin address beyond loopback", () => {
  test.each(["0.0.0.0:0", "[::]:0", ":0", "192.0.2.1:0", "[::ffff:10.0.0.1]:0", "example.com:0"])(
    "%s is refused without a token",
    async (adminListen) => {
      const error = await refused({ ...options(), adminListen });
      expect([error.code, error.retry]).toEqual(["ConfigInvalid", "never"]);
      expect(error.message).toMatch(/^fairlead\.yaml:1:14: adminListen: /);
      expect(error.remedy).toContain("FAIRLEAD_ADMIN_TOKEN");
    },
  );

  test("is refused with an empty token", async () => {
    expect((await refused({ ...options({}, ""), adminListen: "0.0.0.0:0" })).code).toBe("ConfigInvalid");
  });

  test.each([
    ["without an admin token", "", "there is a token that may only look, and no admin token"],
    ["that is the admin token", "look", "the token that may only look is the admin token"],
  ])("a token that may only look is refused %s", async (_case, token, message) => {
    const wanted = options({}, token);
    const error = await refused({ ...wanted, admin: { ...wanted.admin, readToken: new Secret("look") } });
    expect([error.code, error.message]).toEqual(["ConfigInvalid", message]);
    expect(error.remedy).toContain("--admin-read-token-file");
  });

  test("is taken with one", async () => {
    const { admin } = await started({ ...options({}, "a-token"), adminListen: "0.0.0.0:0" });
    expect((await fetch(`http://127.0.0.1:${admin.port}/metrics`)).status).toBe(401);
  });
});

describe("closing", () => {
  const slow = () => new Promise<[]>((resolve) => setTimeout(resolve, 300, []));

  test("lets an answer under way finish, takes no new connection, and ends idle ones", async () => {
    const { admin, close } = await started(options({ plan: slow }));
    const keptAlive = exchange(admin.port, "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n", 3000);
    const underWay = exchange(admin.port, "GET /api/v1/plan HTTP/1.1\r\nHost: localhost\r\n\r\n", 3000);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const closed = close(600_000);
    await expect(fetch(`http://${formatAddress(admin)}/livez`)).rejects.toThrow();
    expect((await keptAlive).closed).toBe(true);
    expect(await underWay).toMatchObject({ text: expect.stringMatching(/^HTTP\/1\.1 200 OK/) as string, closed: true });
    await closed;
  });

  test("does not wait for ever", async () => {
    const { admin, close } = await started(options({ plan: () => new Promise(() => undefined) }));
    const underWay = exchange(admin.port, "GET /api/v1/plan HTTP/1.1\r\nHost: localhost\r\n\r\n", 3000);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await close(100);
    expect(await underWay).toEqual({ text: "", closed: true });
  });
});

describe("a client that is slow on purpose", () => {
  test("gets five seconds for its headers", { timeout: 15_000 }, async () => {
    const { hooks } = await started(options());
    const before = performance.now();
    const answer = await exchange(hooks.port, "POST /hooks/dockerhub HTTP/1.1\r\nHost: x\r\nX-Slow: ", 9000);
    expect([answer.closed, answer.text.slice(0, 12)]).toEqual([true, "HTTP/1.1 408"]);
    expect(performance.now() - before).toBeGreaterThan(4500);
  });
});

test("one that stands by says that it lives, and that it is ready only where it could take over", async () => {
  const fit = { yet: false };
  const server = await startStandby("127.0.0.1:0", "--admin-listen", () => fit.yet);
  onTestFinished(() => server.close(0));
  const ask = async (path: string, method = "GET") => {
    const response = await fetch(`http://${formatAddress(server.address)}${path}`, { method });
    return [response.status, await response.json()] as const;
  };
  expect(await ask("/livez")).toEqual([200, { live: true, standby: true }]);
  expect(await ask("/readyz")).toEqual([503, expect.objectContaining({ ready: false, standby: true })]);
  fit.yet = true;
  expect(await ask("/readyz?verbose")).toEqual([200, { ready: true, standby: true }]);
  expect((await ask("/readyz", "POST"))[0]).toBe(503);
  expect((await ask("/api/v1/services"))[1]).toMatchObject({ error: expect.stringContaining("stands by") as string });
});
