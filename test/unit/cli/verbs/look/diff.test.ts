import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Wiring } from "../../../../../src/cli/shared/wiring.js";
import { diff } from "../../../../../src/cli/verbs/look/diff.js";
import type { Comparison } from "../../../../../src/control/surface/compare/comparisons.js";

const service = { image: "docker.io/acme/web:1@sha256:a", environment: { MODE: "[hidden]" }, restart: "always" };
const running = { container: "shop-web-1", revision: 3, service };
const changed = {
  image: "docker.io/acme/web:2@sha256:b",
  environment: { MODE: "[hidden, another one]" },
  user: "1000",
};
const same: Comparison = { file: { service }, running, isSameSpec: true, untold: [] };

async function shown(comparison: Comparison, options: { previous?: boolean; json?: boolean } = {}) {
  const server = createServer(({ url = "" }, res) => {
    res.setHeader("content-type", "application/json");
    const services = [{ project: "shop", service: "web", conditions: [] }];
    res.end(JSON.stringify(url.endsWith("/shop/web/diff") ? comparison : { services }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const [printed, complained]: [string[], string[]] = [[], []];
  const wiring = {
    print: (text: string) => printed.push(text),
    complain: (text: string) => complained.push(text),
  } as unknown as Wiring;
  const admin = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: undefined };
  const code = await diff(wiring, admin, "web", { previous: false, json: false, ...options });
  return { code, text: printed.join("\n"), complained };
}

describe("diff", () => {
  it("says nothing, and ends with 0, where nothing differs", async () => {
    expect(await shown(same)).toEqual({ code: 0, text: "", complained: [] });
  });

  it("shows what runs by -, and what is wanted by +", async () => {
    const { code, text, complained } = await shown({
      ...{ ...same, file: { service: changed }, isSameSpec: false },
      untold: ["post_start"],
    });
    expect(code).toBe(1);
    expect(text).toMatchInlineSnapshot(`
      "--- shop-web-1 (revision 3)
      +++ the services file
      @@ -1,6 +1,6 @@
       services:
         web:
      -    image: docker.io/acme/web:1@sha256:a
      +    image: docker.io/acme/web:2@sha256:b
           environment:
      -      MODE: '[hidden]'
      -    restart: always
      +      MODE: '[hidden, another one]'
      +    user: '1000'"
    `);
    expect(complained).toEqual(["fairlead: more may differ: what runs does not tell post_start"]);
  });

  it("does not call equal what cannot be told", async () => {
    const { code, text, complained } = await shown({ ...same, isSameSpec: false, untold: ["post_start"] });
    expect([code, text]).toEqual([1, ""]);
    expect(complained[0]).toContain("the spec differs from the file's, though no container shows how");
  });

  it("shows all of a service of which nothing serves", async () => {
    const { code, text } = await shown({ file: { service }, isSameSpec: false, untold: [] });
    expect(code).toBe(1);
    expect(text).toMatch(/^--- nothing\n\+\+\+ the services file\n@@ -0,0 \+1,\d @@\n\+services:/);
  });

  it("compares what ran before with what runs", async () => {
    const previous = { container: "shop-web-1.previous", revision: 2, service: changed };
    const { code, text } = await shown({ ...same, previous }, { previous: true });
    expect(code).toBe(1);
    expect(text).toMatch(/^--- shop-web-1\.previous \(revision 2\)\n\+\+\+ shop-web-1 \(revision 3\)\n/);
    const none = await shown({ file: { service }, isSameSpec: false, untold: [] }, { previous: true });
    expect(none).toMatchObject({ code: 0, complained: ["fairlead: no container of shop/web is left that ran before"] });
  });

  it("hands over both sides and the diff", async () => {
    const { code, text } = await shown(same, { json: true });
    expect(code).toBe(0);
    expect(JSON.parse(text)).toEqual({ ...same, diff: "" });
  });
});
