import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { adminUrl, ask, serviceIn } from "../../../../src/cli/shared/admin.js";
import { streamText } from "../../../../src/cli/shared/stream.js";
import { Secret } from "../../../../src/tools/secret.js";

it.each([
  [new Secret("correct-horse"), "Bearer correct-horse"],
  [undefined, undefined],
])("the admin token is shown with each question", async (token, expected) => {
  const shown: (string | undefined)[] = [];
  const server = createServer((req, res) => {
    shown.push(req.headers.authorization);
    res.end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const admin = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token };
  await ask(admin, "get", "/api/v1/services", {});
  for await (const text of streamText(admin, "/api/v1/events", "text/event-stream")) expect(text).toBe("{}");
  expect(shown).toEqual([expected, expected]);
});

it.each([
  ["127.0.0.1:8421", "http://127.0.0.1:8421"],
  ["localhost:8421", "http://localhost:8421"],
  ["[::1]:8421", "http://[::1]:8421"],
  ["https://host.example/fairlead", "https://host.example/fairlead"],
])("--admin %s is %s", (written, url) => {
  expect(adminUrl(written)).toBe(url);
});

it.each(["", "ftp://host:1", "http://", "http:///x", "a b", "host:port"])(
  "--admin %j is refused with a remedy",
  (written) => {
    expect(() => adminUrl(written)).toThrow(
      expect.objectContaining({ code: "ConfigInvalid", remedy: "write for example http://127.0.0.1:8421" }) as Error,
    );
  },
);

it("a name that is none: all that there are where these are few, else first those that may be meant", () => {
  const all = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ project: `p${index % 7}`, service: `web-${index}` }));
  expect(() => serviceIn(all(2), "wbe")).toThrow(
    expect.objectContaining({ remedy: "name one of p0/web-0, p1/web-1" }) as Error,
  );
  const remedyFor = (name: string) => {
    try {
      return serviceIn(all(500), name).service;
    } catch (thrown) {
      return String((thrown as { remedy?: string }).remedy);
    }
  };
  expect(remedyFor("wbe-77")).toMatch(/^name one of p0\/web-77, /);
  expect(remedyFor("nothing-alike")).toMatch(/^name one of (?:p\d\/web-\d+(?:, )?){12} and 488 more: /);
});
