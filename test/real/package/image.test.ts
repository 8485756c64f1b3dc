import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const script = fileURLToPath(new URL("../../../deploy/release/image.sh", import.meta.url));

/** What it complains of; docker itself is only asked for its help. */
function complaint(...names: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile("sh", [script, ...names, "--", "--help"], (_error, _stdout, stderr) => {
      resolve(stderr);
    });
  });
}

test.each(["fairlead", "acme/fairlead", "127.0.0.1:5000/acme/fairlead", "registry.example:443/fairlead"])(
  "the image can be called %s",
  async (name) => {
    expect(await complaint(name)).not.toMatch(/is no name/);
  },
);

test.each(["fairlead:1", "127.0.0.1:5000/fairlead:1", "host:port/fairlead", "a b", "--tag"])(
  "%s is no name without a tag",
  async (name) => {
    expect(await complaint(name)).toBe(`image.sh: ${name} is no name of an image without a tag\n`);
  },
);
