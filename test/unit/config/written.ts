import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { readConfig, type Flags } from "../../../src/config/config.js";

/** A folder that ends with the test. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "fairlead-config-"));
  onTestFinished(() => {
    rmSync(path, { recursive: true });
  });
  return path;
}

/** What a settings file of this text says, beside flags and the environment. */
export function read(
  text: string,
  flags: Flags = {},
  environment: Readonly<Record<string, string>> = {},
  options: Parameters<typeof readConfig>[2] = {},
  directory = folder(),
) {
  const config = join(directory, "s.yaml");
  writeFileSync(config, text);
  return readConfig({ config, ...flags }, environment, options);
}
