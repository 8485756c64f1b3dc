import { readProject } from "../../../src/compose/project/compose.js";
import { judge } from "../../../src/policy/judge.js";
import type { Host } from "../../../src/policy/model/paths.js";
import { strictest, type Permissions } from "../../../src/policy/model/permissions.js";

export const host: Host = { own: ["/srv/shop"], engine: ["/var/run/docker.sock", "/run/docker.sock"], guarded: [] };

/** What is said of a file with this service and these sections. */
export function asked(
  service: string,
  permissions: Partial<Permissions> = {},
  sections = "",
  around: Partial<Host> = {},
): readonly string[] {
  const lines = service.split("\n").map((line) => `    ${line}\n`);
  const image = /^(?:image|build):/m.test(service) ? "" : "    image: acme/web\n";
  const text = `name: shop\nservices:\n  db: {image: acme/db}\n  web:\n${image}${lines.join("")}${sections}`;
  const result = readProject({
    file: "compose.yaml",
    text,
    directory: "/srv/shop",
    environment: { HOME: "/root" },
    readText: (path) => (path.endsWith(".json") ? { text: "{}" } : { missing: "ENOENT" }),
  });
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join("\n"));
  return judge(result.project, { ...strictest, ...permissions }, { ...host, ...around }).map(
    ({ ways, message }) => `${result.locate(ways).path}: ${message.replace("the policy forbids ", "")}`,
  );
}
