import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { settings } from "../../../src/config/settings.js";
import { configurationPage, renderConfigurationPage, renderSettings } from "../../docs/configuration-page.js";

it("is committed as `npm run docs` writes it", () => {
  expect(readFileSync(configurationPage, "utf8")).toBe(renderConfigurationPage());
});

it("has every setting with all places where it can be written", () => {
  const { gateImage, hookSecrets, files } = settings;
  expect(renderSettings({ gateImage, hookSecrets, files }).replace(/ +/g, " ").split("\n").slice(2)).toEqual([
    "| `--gate-image` | `FAIRLEAD_GATE_IMAGE` | `gate: {image: …}` | `docker.io/library/haproxy:3.2-alpine` | what gates run. See [gates](gate.md). |",
    "| `--hook-secret-file` | `FAIRLEAD_HOOK_SECRET`, `FAIRLEAD_HOOK_SECRET_FILE` | `hookSecret`, `hookSecretFile` | none: no hook is open | file with the secrets that open the hooks, one a line; `FAIRLEAD_HOOK_SECRET` and `hookSecret` hold the text itself |",
    "| `-f, --file` (may repeat) | `FAIRLEAD_FILE` (several: separated by `:`) | `file` (one or a list) | `services.yaml` | services file; further ones are merged over it; a pattern ('stacks/*/compose.yaml') makes each match a project of its own. See [projects](projects.md). |",
  ]);
});

it("describes every field of a group", () => {
  const page = renderConfigurationPage();
  const fields = page.split("\n").filter((line) => /^\| `registries\./.test(line));
  expect(fields).toHaveLength(8);
  expect(fields.filter((line) => /\|\s*\|/.test(line))).toEqual([]);
});
