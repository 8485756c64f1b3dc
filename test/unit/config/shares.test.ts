import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { connectionLimits } from "../../../src/http/web/connections.js";
import { leastOpenFiles, openFileLimit } from "../../../src/process/open-files.js";
import { shareOut, type Shares } from "../../../src/shares.js";

const own = 20;
const pulls = 3;

/** All that the parts may have open together, each at its most. */
function sumOf({ services, probes, registry, engine, logs, hooks, admin }: Shares): number {
  const loop = engine.reads + engine.changes + probes + registry + services;
  return loop + logs + hooks.total + admin.total;
}

describe("what a process may have open", () => {
  test("is ample: nothing is done with less at once, and the doors are as wide as they can be", () => {
    const { shares, wanted } = shareOut({ limit: 20_000, own, pulls });
    expect(shares).toMatchObject({ services: 16, probes: 32, pulls: 3, registry: 64, logs: 1024, streams: 32 });
    expect([shares.hooks, shares.admin]).toEqual([connectionLimits, connectionLimits]);
    expect(wanted).toBeLessThan(400);
    expect(shareOut({ limit: Infinity, own: 0, pulls }).shares).toEqual(shares);
  });

  test("is the usual 1,024: all is done as usual, and the doors share the rest", () => {
    const { shares, wanted } = shareOut({ limit: 1024, own, pulls });
    expect(wanted).toBeLessThanOrEqual(1024);
    expect(shares).toMatchObject({ services: 16, probes: 32 });
    expect(shares.hooks.total).toBeGreaterThan(300);
    expect(shares.admin.total).toBeGreaterThan(100);
  });

  test.each([200, leastOpenFiles])("is %d: less is done at once, and everything has a place", (limit) => {
    const { shares, wanted } = shareOut({ limit, own, pulls });
    expect(wanted).toBeGreaterThan(limit);
    expect(shares.services).toBeGreaterThanOrEqual(2);
    expect(shares.hooks.total).toBeGreaterThanOrEqual(24);
    expect(shares.hooks.strangers).toBeLessThan(shares.hooks.total / 2);
    expect(shares.admin.total).toBeGreaterThanOrEqual(8);
    expect(shares.streams).toBeGreaterThanOrEqual(4);
  });

  test("is too little, as where much was open before: an error with what is needed, and how to have it", () => {
    const share = () => shareOut({ limit: 200, own: 80, pulls });
    const remedy = expect.stringMatching(/LimitNOFILE.*ulimits.*ulimit -Hn/) as string;
    expect(share).toThrow(expect.objectContaining({ code: "ConfigInvalid", remedy, retry: "never" }));
    expect(share).toThrow(/may have 200 files open, and needs 2\d\d \(80 are open already\)/);
  });

  test("is never given away twice, and more of it never means less of anything", () => {
    const amounts = fc.record({
      limit: fc.integer({ min: 300, max: 5000 }),
      more: fc.nat(500),
      own: fc.integer({ min: 10, max: 60 }),
      pulls: fc.integer({ min: 1, max: 32 }),
    });
    fc.assert(
      fc.property(amounts, ({ limit, more, ...rest }) => {
        const { shares } = shareOut({ limit, ...rest });
        // The rest is for the journal, builds and what else is not counted in places.
        expect(sumOf(shares) + rest.own + 50).toBeLessThanOrEqual(limit);
        const wider = shareOut({ limit: limit + more, ...rest }).shares;
        for (const key of ["services", "probes", "pulls", "registry"] as const) {
          expect(wider[key]).toBeGreaterThanOrEqual(shares[key]);
        }
      }),
    );
  });
});

describe("the limit of open files", () => {
  const limits = (soft: string) =>
    `Limit  Soft Limit  Hard Limit  Units\nMax open files            ${soft}   4096    files\n`;
  test.each([
    ["1024", 1024],
    ["unlimited", Infinity],
  ])("%s is %d", (soft, limit) => {
    expect(openFileLimit(limits(soft))).toBe(limit);
  });

  test("is none where the system does not tell", () => {
    expect(openFileLimit("")).toBe(Infinity);
    expect(openFileLimit()).toBeGreaterThan(0);
  });
});
