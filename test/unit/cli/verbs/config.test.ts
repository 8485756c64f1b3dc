import { load, loadAll } from "js-yaml";
import { describe, expect, it } from "vitest";
import { program } from "../../../../src/cli/program.js";
import type { Wiring } from "../../../../src/cli/shared/wiring.js";
import { readProject } from "../../../../src/compose/project/compose.js";
import { formatProblem, type Problem } from "../../../../src/compose/values/problem.js";
import type { Config } from "../../../../src/config/config.js";

const shop = `
name: shop
services:
  web:
    image: nginx:\${TAG:-1}
    ports: ["8080:80"]
    environment: [PRICE=5$$]
    depends_on: [db]
    secrets: [key]
    volumes: ["scratch:/s", {type: tmpfs, target: /t, tmpfs: {mode: 0755}}]
  db: {image: postgres, network_mode: none, volumes: ["data:/d"]}
  job: {build: ./job, command: "", networks: [back]}
networks: {back: , unused: }
volumes: {data: , scratch: , unused: }
secrets: {key: {environment: KEY}}
`;
const stock = "name: stock\nservices: {bin: {image: busybox}}";

async function config(args: readonly string[], texts: readonly string[] = [shop]) {
  const results = texts.map((text) =>
    readProject({ file: "services.yaml", text, directory: "/srv/shop", environment: { KEY: "hunter2" } }),
  );
  const problems: readonly Problem[] = results.flatMap((result) => (result.ok ? [] : result.problems));
  const printed: string[] = [];
  const complaints: string[] = [];
  const wiring = {
    version: "0",
    configure: () => Promise.resolve({} as Config),
    resolve: () =>
      Promise.resolve({
        projects: results.flatMap((result) => (result.ok ? [result.resolve()] : [])),
        problems,
        warnings: [],
      }),
    print: (text: string) => printed.push(text),
    complain: (text: string) => complaints.push(text),
    errorTerminal: false,
  } as unknown as Wiring;
  const code = await program(wiring, ["node", "fairlead", "config", ...args]);
  return { code, out: printed.join("\n"), complaints, problems };
}

describe("fairlead config", () => {
  it("prints the project as Compose does, secrets by their names", async () => {
    const { code, out } = await config([]);
    expect(code).toBe(0);
    expect(out).toContain("mode: 0755");
    expect(out).not.toContain("hunter2");
    expect(load(out)).toMatchObject({
      name: "shop",
      services: {
        job: { build: { context: "/srv/shop/job", dockerfile: "Dockerfile" }, networks: { back: null }, command: [] },
        web: {
          image: "nginx:1",
          networks: { default: null },
          environment: { PRICE: "5$$" },
          depends_on: { db: { condition: "service_started", required: true } },
          ports: [{ mode: "ingress", target: 80, published: "8080", protocol: "tcp" }],
          secrets: [{ source: "key", target: "/run/secrets/key" }],
        },
      },
      networks: { default: { name: "shop_default" }, back: { name: "shop_back" } },
      secrets: { key: { name: "shop_key", environment: "KEY" } },
    });
  });

  it("prints JSON in the shape of Compose's, with what that has and YAML has not", async () => {
    const { out } = await config(["--format", "json", "web"]);
    const { services, networks } = JSON.parse(out) as Record<string, Record<string, unknown>>;
    expect(services!["web"]).toMatchObject({
      command: null,
      entrypoint: null,
      volumes: [{}, { tmpfs: { mode: 0o755 } }],
    });
    expect(networks).toEqual({ default: { name: "shop_default", ipam: {} } });
  });

  it("takes a service with what it needs", async () => {
    const { out } = await config(["web"]);
    const { services, volumes, secrets, networks } = load(out) as Record<string, object>;
    expect([services, volumes, secrets, networks].map((each) => Object.keys(each!))).toEqual([
      ["db", "web"],
      ["data", "scratch"],
      ["key"],
      ["default"],
    ]);
    expect(Object.keys(load((await config(["job"])).out) as object)).toEqual(["name", "services", "networks"]);
  });

  it.each([
    [["--services"], "db\njob\nweb"],
    [["--images"], "postgres\nshop-job\nnginx:1"],
    [["--volumes"], "data\nscratch"],
    [["--networks"], "back\ndefault"],
    [["--volumes", "db"], "data"],
    [["-q"], ""],
  ])("%j", async (args, expected) => {
    expect(await config(args)).toMatchObject({ code: 0, out: expected, complaints: [] });
  });

  it("prints a document for each of several projects", async () => {
    expect(loadAll((await config([], [shop, stock])).out)).toMatchObject([{ name: "shop" }, { name: "stock" }]);
    expect(JSON.parse((await config(["--format", "json", "bin"], [shop, stock])).out)).toMatchObject({ name: "stock" });
  });

  it("prints problems as `validate` does, and nothing else", async () => {
    const { code, out, complaints, problems } = await config([], ["services: {a: {imag: x}}", stock]);
    expect([code, out]).toEqual([1, ""]);
    expect(complaints.slice(0, problems.length)).toEqual(problems.map(formatProblem));
  });

  it.each([
    [["wbe"], /no service is called "wbe"\n {2}did you mean "web"\?/],
    [["nope"], /name one of db, job, web/],
    [["--format", "toml"], /--format: "toml" is none of yaml, json\n {2}write yaml or json/],
  ])("refuses %j", async (args, words) => {
    const { code, out, complaints } = await config(args);
    expect([code, out]).toEqual([1, ""]);
    expect(complaints.join("\n")).toMatch(words);
  });
});
