import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Platform } from "../../../../src/control/ports/registry.js";
import { choosePlatform, formatPlatform } from "../../../../src/registry/content/platform.js";

function parse(text: string): Platform {
  const [os = "", architecture = "", variant] = text.split("/");
  return { os, architecture, variant };
}

function choose(host: string, ...offered: string[]): string | undefined {
  const entries = offered.map((name) => ({ name, platform: name === "" ? undefined : parse(name) }));
  return choosePlatform(entries, parse(host))?.name;
}

describe("choosePlatform", () => {
  it.each([
    ["linux/x86_64", ["linux/arm64", "linux/amd64"], "linux/amd64"],
    ["linux/amd64", ["linux/amd64/v3", "linux/amd64"], "linux/amd64"],
    ["linux/amd64/v3", ["linux/amd64", "linux/amd64/v2", "linux/amd64/v4"], "linux/amd64/v2"],
    ["linux/amd64", ["linux/386"], "linux/386"],
    ["linux/aarch64", ["linux/arm/v7", "linux/arm64/v8"], "linux/arm64/v8"],
    ["linux/arm64", ["linux/arm64"], "linux/arm64"],
    ["linux/arm64", ["linux/arm/v6", "linux/arm/v7"], "linux/arm/v7"],
    ["linux/armv7l", ["linux/arm/v6", "linux/arm/v7"], "linux/arm/v7"],
    ["linux/arm/v7", ["linux/arm/v5", "linux/arm/v6"], "linux/arm/v6"],
    ["linux/arm/v6", ["linux/arm/v7", "linux/arm/v5"], "linux/arm/v5"],
    ["linux/arm/v6", ["linux/arm"], undefined],
    ["linux/arm", ["linux/arm"], "linux/arm"],
    ["linux/arm/v7", ["linux/arm64"], undefined],
    ["linux/amd64", ["windows/amd64"], undefined],
    ["linux/amd64", ["unknown/unknown", ""], undefined],
    ["linux/riscv64", ["linux/amd64", "linux/riscv64"], "linux/riscv64"],
    ["Linux/AMD64", ["linux/amd64"], "linux/amd64"],
    ["linux/amd64", [], undefined],
  ])("%s of %j", (host, offered, expected) => {
    expect(choose(host, ...offered)).toBe(expected);
  });

  const platform = fc.record({
    os: fc.constantFrom("linux", "windows", "unknown"),
    architecture: fc.constantFrom("amd64", "x86_64", "arm64", "aarch64", "arm", "armv6l", "386", "s390x", "unknown"),
    variant: fc.constantFrom(undefined, "", "v1", "v5", "v6", "v7", "v8", "v9"),
  });

  it("takes the host's own platform wherever it is offered", () => {
    fc.assert(
      fc.property(platform, fc.array(platform), (host, others) => {
        const offered = [...others, host].map((entry) => ({ platform: entry }));
        const chosen = choosePlatform(offered, host);
        // ARM hosts older than v5 and arm64 older than v8 do not exist.
        fc.pre(!/arm(64)?\/v1$|arm64\/v[567]$/.test(formatPlatform(host)));
        expect(chosen && formatPlatform(chosen.platform)).toBe(formatPlatform(host));
      }),
    );
  });

  it("never takes another system's, and does not depend on the order", () => {
    fc.assert(
      fc.property(platform, fc.array(platform), (host, others) => {
        const offered = others.map((entry) => ({ platform: entry }));
        const chosen = choosePlatform(offered, host);
        const turned = choosePlatform([...offered].reverse(), host);
        expect(chosen && formatPlatform(chosen.platform)).toBe(turned && formatPlatform(turned.platform));
        if (chosen !== undefined) expect(chosen.platform.os).toBe(host.os);
      }),
    );
  });
});
