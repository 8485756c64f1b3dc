import { readdir, readFile } from "node:fs/promises";
import { expect } from "vitest";
import { test } from "./scene.js";

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
  "@peculiar/asn1-x509",
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

  const packages = new Set<string | undefined>();
  for (const file of await readdir(coverage)) {
    const { result } = JSON.parse(await readFile(`${coverage}/${file}`, "utf8")) as { result: { url: string }[] };
    for (const { url } of result) packages.add(/.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1]);
  }
  expect([...packages]).toEqual(expect.arrayContaining(["dockerode", "docker-modem", "express", "pino"]));
  expect(unwanted.filter((name) => packages.has(name))).toEqual([]);
});
