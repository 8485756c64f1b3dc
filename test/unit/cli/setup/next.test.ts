import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { nextSteps } from "../../../../src/cli/setup/next.js";
import { readDotenv } from "../../../../src/compose/document/variables/dotenv.js";
import { Secret } from "../../../../src/tools/secret.js";

const folders = [
  "/srv/plain",
  "/srv/two words",
  "/srv/it's",
  '/srv/"quoted"',
  "/srv/$HOME",
  "/srv/a#b;c&d",
  "/srv/`x`",
];

function commandsFor(place: "terminal" | "container", folder: string): readonly string[] {
  const layout = {
    ...{ folder, services: join(folder, "services.yaml"), isWritten: true, owner: undefined },
    ...{ settings: join(folder, "fairlead.yaml"), secrets: join(folder, "secrets") },
  };
  const answers = { services: "example", pushes: "none", place } as const;
  const lines = nextSteps({ answers, layout, url: undefined, isSecure: false, hookSecret: new Secret("x") }, false);
  return lines.slice(lines.indexOf("Next:") + 1);
}

it.each(folders)("the commands for a terminal are for a shell what they are here: %s", (folder) => {
  for (const command of commandsFor("terminal", folder)) {
    const script = `fairlead() { printf '%s\\n' "$@"; }\n${command}`;
    const said = execFileSync("/bin/sh", ["-c", script], { encoding: "utf8" }).split("\n");
    expect(said.slice(1, 3)).toEqual(["--config", join(folder, "fairlead.yaml")]);
  }
});

it.each(folders)("the command for a container writes a `.env` that means the folder: %s", (folder) => {
  const cwd = mkdtempSync(join(tmpdir(), "fairlead-next-"));
  onTestFinished(() => {
    rmSync(cwd, { recursive: true });
  });
  const [first = ""] = commandsFor("container", folder);
  execFileSync("/bin/sh", ["-c", `docker() { :; }\nstat() { echo 999; }\n${first}`], { cwd });
  const { entries, faults } = readDotenv(readFileSync(join(cwd, ".env"), "utf8"), () => undefined);
  expect(faults).toEqual([]);
  expect(entries).toEqual([
    ["DOCKER_GID", "999"],
    ["FAIRLEAD_DIR", folder],
  ]);
});
