import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { harmless } from "../../../src/cli/shared/harmless.js";
import { formatProblem } from "../../../src/compose/values/problem.js";
import { quote } from "../../../src/tools/quote.js";
import { FairleadError } from "../../../src/errors.js";
import { visibleLines } from "../../../src/console/log.js";
import { printable, printableValue, visible } from "../../../src/tools/printable.js";
import { connect, failure, fakeRegistry, image } from "./connection.js";
import { imageManifest, manifestReply } from "./fake-registry.js";
import { digestOf } from "../../digests.js";
import type { Digest } from "../../../src/compose/values/image.js";

/** C0, C1, bidirectional overrides, invisible and separating characters, lone surrogates. */
const steering = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u;
const nasty = fc
  .array(
    fc.oneof(
      fc.constantFrom("\u001b[31m", "\u001b]0;title\u0007", "\u001b]8;;x", "\u009b2J", "\u0085", "\u2028", "\u202e"),
      fc.constantFrom("\r\n", '\n{"level":"info"}', "\u0000", "\u200b", "\ud800", "\u2066", "\ufeff", "é", "字"),
      fc.string({ unit: "binary", maxLength: 4 }),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(""));

describe("words from outside", () => {
  test("are one plain line in an error, and in what is made of it", () => {
    fc.assert(
      fc.property(nasty, (text) => {
        expect(printable(text)).not.toMatch(steering);
        const error = new FairleadError("RegistryUnavailable", `it said ${text}`, { remedy: text });
        for (const each of [error.message, error.remedy ?? ""]) expect(each.replaceAll("\n", "")).not.toMatch(steering);
        const problem = { file: text, line: 1, column: 1, path: text, message: text, hint: text };
        expect(formatProblem(problem)).not.toMatch(steering);
        expect(quote(text)).not.toMatch(steering);
      }),
    );
  });

  test("on a terminal have lines and colours at the most; JSON says the same as before", async () => {
    await fc.assert(
      fc.asyncProperty(nasty, async (text) => {
        const shown = visible(text).replace(/\u001b\[[\d;]*m|[\n\t]/g, "");
        expect(shown).not.toMatch(steering);
        const json = JSON.stringify({ text });
        expect(JSON.parse(visible(json))).toEqual(JSON.parse(json));
        const lines: string[] = [];
        for await (const chunk of harmless(
          (async function* () {
            yield await Promise.resolve(text);
          })(),
        ))
          lines.push(chunk);
        expect(lines.join("").replace(/\u001b\[[\d;:]*m|[\n\t]/g, "")).not.toMatch(steering);
      }),
    );
  });

  test("forge no line of the log, for people or for programs", () => {
    fc.assert(
      fc.property(nasty, fc.string({ maxLength: 3 }), (text, key) => {
        const written: string[] = [];
        const record = { msg: text, [`k${key}`]: { deep: [text] } };
        visibleLines({ write: (line) => void written.push(line) }).write(`${JSON.stringify(record)}\n`);
        expect(written.join("")).toMatch(/^[^\n]*\n$/);
        expect(written.join("").slice(0, -1)).not.toMatch(steering);
        expect(JSON.parse(written.join(""))).toEqual(JSON.parse(JSON.stringify(record)));
        const forPeople = printableValue(record);
        const texts = JSON.stringify(forPeople);
        expect(JSON.parse(texts)).toEqual(forPeople);
        expect((forPeople as { msg: string }).msg).not.toMatch(steering);
      }),
    );
  });

  test.each([
    ["a media type", { "content-type": "text/\u009b31mred\u0085{}" }],
    ["a content encoding", { ...manifestReply("{}").headers, "content-encoding": "x\u009b2J" }],
  ])("of a registry: %s", async (_what, headers) => {
    const fake = await fakeRegistry(() => ({ status: 200, headers: headers, body: "{}" }));
    const error = await failure(
      (await connect()).content(image(fake.host), digestOf("0"), {
        os: "linux",
        architecture: "amd64",
        variant: undefined,
      }),
    );
    expect(error.message).not.toMatch(steering);
  });

  test("of a registry: a warning", async () => {
    const body = imageManifest("one");
    const warning = '299 - "moving\u009b31m\u0085 soon"';
    const fake = await fakeRegistry(() => ({ status: 200, headers: { ...manifestReply(body).headers, warning } }));
    const registry = await connect();
    await registry.resolve(image(fake.host));
    expect(registry.warnings).toEqual([`${fake.host}: moving31m  soon`]);
  });

  test("of a registry: a platform", async () => {
    const manifests = [
      {
        mediaType: "application/vnd.oci.image.manifest.v1+json",
        digest: `sha256:${"1".repeat(64)}`,
        size: 1,
        platform: { os: "linux\u202e\n", architecture: "\u001b[31mevil\u009b" },
      },
    ];
    const index = JSON.stringify({ schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests });
    const { createHash } = await import("node:crypto");
    const digest = `sha256:${createHash("sha256").update(index).digest("hex")}` as Digest;
    const headers = { "content-type": "application/vnd.oci.image.index.v1+json" };
    const fake = await fakeRegistry(() => ({ status: 200, headers, body: index }));
    const error = await failure(
      (await connect()).content(image(fake.host), digest, { os: "linux", architecture: "amd64", variant: undefined }),
    );
    expect(error.message).toContain("evil");
    expect(error.message).not.toMatch(steering);
  });
});
