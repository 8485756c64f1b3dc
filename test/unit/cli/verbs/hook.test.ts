import { once } from "node:events";
import { createServer as createPlain } from "node:http";
import { createServer } from "node:https";
import { hostname } from "node:os";
import { expect, describe, it, onTestFinished } from "vitest";
import type { Wiring } from "../../../../src/cli/shared/wiring.js";
import { hookTest, type HookTestOptions } from "../../../../src/cli/verbs/hook/test.js";
import { hookUrl } from "../../../../src/cli/verbs/hook/url.js";
import type { Config } from "../../../../src/config/config.js";
import { parsePattern } from "../../../../src/patterns/pattern.js";
import type { NamedReceiver } from "../../../../src/http/receivers/receiver.js";
import type { ServiceStatus } from "../../../../src/plan/model/condition.js";
import { bareStatus } from "../../../../src/plan/status/status.js";
import { Secret } from "../../../../src/tools/secret.js";
import { secret, serveHooks } from "../../http/harness.js";
import { statusOf } from "../../http/surface.js";
import { make } from "../../http/tls/certificates.js";

const hub: NamedReceiver = {
  ...{ name: "hub", type: "dockerhub", secrets: [new Secret("own/secret")], oidc: undefined },
  ...{ rules: { owners: ["notarock"] }, allowFrom: undefined, ratePerMinute: undefined },
};
const ci: NamedReceiver = {
  ...{ name: "ci", type: "generic", secrets: [], rules: {}, allowFrom: undefined, ratePerMinute: undefined },
  oidc: { issuer: "https://id.example", audience: "us", claims: { repository: parsePattern("acme/*") } },
};

function configOf(more: Partial<Config> = {}): Config {
  return {
    ...{ hookSecrets: [new Secret(secret)], receivers: [hub, ci], repositories: [], hooksListen: "0.0.0.0:8420" },
    ...more,
  } as unknown as Config;
}

function wiringOf(terminal: boolean) {
  const said: string[] = [];
  const print = (text: string) => said.push(...text.split("\n"));
  return { said, wiring: { print, complain: print, terminal } as unknown as Wiring };
}

describe("fairlead hook url", () => {
  const shown = async (written: string | undefined, terminal = true, config = configOf()) => {
    const { wiring, said } = wiringOf(terminal);
    expect(await hookUrl(wiring, config, written)).toBe(0);
    return said.join("\n");
  };

  it("shows where a sender sends to and how it is set up, with the secret where a person looks", async () => {
    const config = configOf({ externalUrl: "https://hooks.example.org/" });
    expect(await shown("dockerhub", true, config)).toContain(`https://hooks.example.org/hooks/dockerhub/${secret}`);
    const github = await shown("github", true, config);
    expect(github).toContain("https://hooks.example.org/hooks/github\n");
    expect(github).toContain(`as secret write: ${secret}`);
  });

  it("says https where TLS is spoken", () => {
    const { wiring, said } = wiringOf(false);
    void hookUrl(wiring, configOf({ tls: { kind: "self-signed" } }), "github");
    expect(said.join("\n")).toContain(`https://${hostname()}:8420/hooks/github`);
  });

  it("keeps the secret from logs", async () => {
    for (const name of ["dockerhub", "github", "hub"]) {
      const text = await shown(name, false);
      expect(text).toContain("<secret> is shown on terminals alone.");
      expect(text).not.toMatch(/correct-horse|own\/secret|own%2F/);
    }
  });

  it("means a receiver of the settings by its name, and escapes what a path cannot hold", async () => {
    expect(await shown("hub")).toContain(
      `Docker Hub, receiver hub: http://${hostname()}:8420/hooks/r/hub/own%2Fsecret`,
    );
    expect(await shown("ci")).toContain("Tokens of https://id.example for us open it, and nothing else.");
  });

  it.each([
    ["0.0.0.0:9000", () => `${hostname()}:9000`],
    ["[::]:9000", () => `${hostname()}:9000`],
    ["192.0.2.7:9000", () => "192.0.2.7:9000"],
    ["[2001:db8::7]:9000", () => "[2001:db8::7]:9000"],
  ])("where it listens on %s, names an address that senders can call", async (hooksListen, address) => {
    expect(await shown("github", true, configOf({ hooksListen }))).toContain(`http://${address()}/hooks/github`);
  });

  it("lists all of them", async () => {
    const text = await shown(undefined);
    for (const path of ["/hooks/forgejo", "/hooks/delivery-hook/build", "/hooks/r/hub"]) expect(text).toContain(path);
  });

  it("says so where there is none", () => {
    expect(() => hookUrl(wiringOf(true).wiring, configOf(), "dockerhubb")).toThrow(
      /is no receiver \(did you mean "dockerhub"\?\)/,
    );
    const empty = configOf({ hookSecrets: [], receivers: [] });
    expect(() => hookUrl(wiringOf(true).wiring, empty, "dockerhub")).toThrow(/there is no hook secret/);
  });
});

describe("fairlead hook test", () => {
  const tried = async (written: string, options: HookTestOptions, opened: Parameters<typeof serveHooks>[0] = {}) => {
    const hooks = await serveHooks({ receivers: [hub], ...opened });
    const { wiring, said } = wiringOf(true);
    const config = configOf({ hooksListen: `0.0.0.0:${hooks.port}` });
    const admin = { url: "http://127.0.0.1:1", token: undefined };
    const code = await hookTest(wiring, { config, admin }, written, options);
    return { code, text: said.join("\n"), hooks };
  };

  it("is let in, and says what is looked at", async () => {
    const { code, text } = await tried("dockerhub", { image: "notarock/portfolio-ng" });
    expect(code).toBe(0);
    expect(text).toMatch(/^POST http:\/\/127\.0\.0\.1:\d+\/hooks\/dockerhub\/<secret>\n/);
    expect(text).toContain("202: it looks at shop/web, shop/mirror");
    expect(text).not.toContain(secret);
  });

  it.each(["github", "harbor", "generic", "standard", "delivery-hook", "gitea"])("signs as %s does", async (type) => {
    const { code } = await tried(type, { image: "registry.example.com:5000/team/app:v1", service: "shop/own" });
    expect(code).toBe(0);
  });

  it("speaks TLS to a controller that does, whatever its certificate is", async () => {
    const { cert, key } = make({ names: ["hooks.example.org"] });
    const seen: (string | undefined)[] = [];
    const server = createServer({ cert, key }, (request, response) => {
      seen.push(request.url);
      request.resume().on("end", () => response.writeHead(202).end('{"enqueued": ["shop/web"]}'));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    const { wiring, said } = wiringOf(true);
    const config = configOf({ hooksListen: `127.0.0.1:${port}`, tls: { kind: "self-signed" } });
    const admin = { url: "http://127.0.0.1:1", token: undefined };
    const options = { image: "nginx" };
    expect(await hookTest(wiring, { config, admin }, "dockerhub", options)).toBe(0);
    expect(said[0]).toBe(`POST https://127.0.0.1:${port}/hooks/dockerhub/<secret>`);
    expect(seen).toEqual([`/hooks/dockerhub/${secret}`]);
    // Elsewhere it is a stranger's until its certificate says otherwise.
    const elsewhere = { ...options, url: `https://127.0.0.1:${port}` };
    await expect(hookTest(wiring, { config, admin }, "dockerhub", elsewhere)).rejects.toThrow(/nobody answers/);
    expect(seen).toHaveLength(1);
  });

  it("says why nothing is looked at", async () => {
    const ignored = await tried("hub", { image: "somebody/else" });
    expect(ignored.code).toBe(1);
    expect(ignored.text).toContain(
      "200: it changes nothing: this receiver does not listen to the owner of docker.io/somebody/else:latest",
    );
    const shut = await tried("dockerhub", { image: "nginx" }, { secrets: [new Secret("another")] });
    expect([shut.code, shut.text]).toEqual([1, expect.stringMatching(/404: it does not let this in.*allowFrom/)]);
  });

  const admin = async (...statuses: readonly ServiceStatus[]) => {
    const server = createPlain((_request, response) => {
      response.setHeader("content-type", "application/json").end(JSON.stringify({ services: statuses }));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    return { url: `http://127.0.0.1:${(server.address() as { port: number }).port}`, token: undefined };
  };
  const web = statusOf("shop/web", "notarock/portfolio-ng:latest");
  const proxy = statusOf("shop/proxy", "nginx:1.27");
  const own = statusOf("shop/own", "registry.example.com:5000/team/app:v1");
  const orphan = bareStatus(
    { project: "shop", name: "gone", image: "registry.example.com:5000/team/gone:v1" },
    { reason: "Orphaned", because: "no file declares it" },
    ...([1, 0] as const),
  );
  const receiver = (more: Partial<NamedReceiver>): NamedReceiver => ({ ...hub, name: "own", type: "generic", ...more });
  const about = async (written: string, options: HookTestOptions, receivers: NamedReceiver[], declared = [web]) => {
    const hooks = await serveHooks({ receivers });
    const { wiring, said } = wiringOf(true);
    const config = configOf({ hooksListen: `127.0.0.1:${hooks.port}`, receivers });
    const code = await hookTest(wiring, { config, admin: await admin(...declared) }, written, options);
    return { code, said };
  };

  it.each<[string, Partial<NamedReceiver>, string]>([
    ["no rules", { rules: {} }, "docker.io/library/nginx:1.27"],
    ["an owner", { rules: { owners: ["notarock"] } }, "docker.io/notarock/portfolio-ng:latest"],
    ["a registry", { rules: { registry: "registry.example.com:5000" } }, "registry.example.com:5000/team/app:v1"],
    ["a pattern", { rules: { repositories: [parsePattern("team/*")] } }, "registry.example.com:5000/team/app:v1"],
  ])("with %s chooses a declared service that the receiver listens to", async (_what, more, image) => {
    const { code, said } = await about("own", {}, [receiver(more)], [orphan, proxy, web, own]);
    expect([code, said[1]]).toEqual([0, `  {"image":"${image}"}`]);
  });

  it("says so where the receiver listens to none, or none is declared", async () => {
    const receivers = [receiver({ rules: { owners: ["somebody"] } })];
    await expect(about("own", {}, receivers, [web, proxy])).rejects.toThrow(
      "by its rules receiver own listens to the image of no declared service",
    );
    await expect(about("dockerhub", {}, [], [orphan])).rejects.toThrow("the controller declares no service");
  });

  it("tests the service that is named, and no other", async () => {
    const named = await about("dockerhub", { service: "web" }, [], [proxy, web]);
    expect([named.code, named.said[1]]).toEqual([0, expect.stringContaining("notarock/portfolio-ng")]);
    for (const options of [{ service: "wbe" }, { service: "wbe", image: "nginx" }, { service: "gone" }]) {
      await expect(about("dockerhub", options, [], [orphan, proxy, web])).rejects.toMatchObject({
        message: expect.stringMatching(/^--service: "(wbe|gone)" is no declared service/) as string,
        remedy: "there are shop/proxy, shop/web",
      });
    }
  });

  it.each(["github", "gitea", "generic", "gitlab"])("has %s tell of a repository that is named", async (type) => {
    const { said } = await about(type, { repository: "https://forge.lan/acme/fleet.git" }, []);
    expect(said[1]).toContain('"https://forge.lan/acme/fleet.git"');
    expect(said[1]).not.toContain("portfolio");
    expect(said[2]).toContain("no repository is followed");
  });

  it("refuses a repository that the sender has no words for", async () => {
    await expect(about("harbor", { repository: "https://forge.lan/acme/fleet.git" }, [])).rejects.toThrow(
      "--repository: Harbor tells of no repository",
    );
  });

  it("sends below the path of --url, and refuses what is no address", async () => {
    const seen: (string | undefined)[] = [];
    const server = createPlain((request, response) => {
      seen.push(request.url);
      request.resume().on("end", () => response.writeHead(202).end('{"enqueued": ["shop/web"]}'));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as { port: number }).port}/base/`;
    const { said } = await about("github", { url, image: "nginx" }, []);
    expect([said[0], seen]).toEqual([`POST ${url}hooks/github`, ["/base/hooks/github"]]);
    await expect(about("github", { url: "nonsense", image: "nginx" }, [])).rejects.toThrow(
      '--url: "nonsense" is no address of a site',
    );
    await expect(about("github", { image: "No:Image:" }, [])).rejects.toThrow(/^--image: "No:Image:" is not an image/);
  });

  it("needs a controller, or a name", async () => {
    await expect(tried("dockerhub", {})).rejects.toMatchObject({ code: "ApiUnreachable" });
    await expect(tried("dockerhub", { image: "nginx", url: "http://127.0.0.1:1" })).rejects.toThrow(
      /nobody answers at http:\/\/127\.0\.0\.1:1/,
    );
    await expect(tried("ci", { image: "nginx" })).rejects.toThrow(/only tokens of https:\/\/id\.example open this/);
  });
});
