import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { test } from "../scene/scene.js";

/** What costs megabytes, or milliseconds of each start, and has no part in watching services. */
const unwanted = [
  "@grpc/grpc-js",
  "@grpc/proto-loader",
  "protobufjs",
  "ssh2",
  "cpu-features",
  "undici",
  "pino-pretty",
  "streamx",
  "tinyglobby",
  "nodemailer",
  "@peculiar/asn1-x509",
  // Not its API: prom-client loads that one.
  "@opentelemetry/core",
  "@opentelemetry/resources",
  "@opentelemetry/semantic-conventions",
  "@opentelemetry/sdk-trace",
  "@opentelemetry/sdk-logs",
  "@opentelemetry/sdk-metrics",
  "@opentelemetry/api-logs",
  "@opentelemetry/otlp-exporter-base",
  "@opentelemetry/exporter-trace-otlp-http",
  "mustache",
  "@sigstore/bundle",
  "@sigstore/core",
  "@sigstore/protobuf-specs",
  "@sigstore/verify",
];

test("a controller loads no package that it has no use for", async ({ scene }) => {
  const first = await scene.push();
  await scene.write({ web: {} });
  // V8 writes down at the end which scripts the process has run.
  const coverage = `${scene.directory}/coverage`;
  await scene.start({ env: { NODE_V8_COVERAGE: coverage } });
  await scene.untilServing(first.digest);
  const second = await scene.push({ version: "v2" });
  await scene.hook();
  await scene.untilServing(second.digest);
  await scene.metrics();
  await scene.fairlead.stop();

  const packages = new Set<string>();
  for (const file of await readdir(coverage)) {
    const { result } = JSON.parse(await readFile(`${coverage}/${file}`, "utf8")) as { result: { url: string }[] };
    for (const { url } of result) for (const name of await packagesIn(url)) packages.add(name);
  }
  expect([...packages]).toEqual(expect.arrayContaining(["dockerode", "docker-modem", "express", "pino"]));
  expect(unwanted.filter((name) => packages.has(name))).toEqual([]);
});

/** Of a script that has run: the package it is of, or those that are inside it. */
async function packagesIn(url: string): Promise<readonly string[]> {
  if (!url.startsWith("file:")) return [];
  const map = await readFile(`${fileURLToPath(url)}.map`, "utf8").catch(() => JSON.stringify({ sources: [url] }));
  const { sources } = JSON.parse(map) as { readonly sources: readonly string[] };
  return sources.flatMap((source) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(source)?.[1] ?? []);
}
