import { opened } from "../tools/opened.js";
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { FileText } from "../../../src/compose/document/library.js";
import { readProject, type ReadResult } from "../../../src/compose/project/compose.js";
import { formatProblem } from "../../../src/compose/values/problem.js";

/** Each folder is a project: `compose.yaml`, `override.N.yaml` over it, and what they name. It lies in /srv/<folder>. */
const folder = new URL("golden/projects/", import.meta.url);
const environment = { HOME: "/root", FROM_HOST: "from the host" };

function read(name: string): { readonly result: ReadResult; readonly asked: readonly string[] } {
  const directory = `/srv/${name}`;
  const asked: string[] = [];
  const textOf = (path: string): FileText => {
    try {
      return { text: readFileSync(new URL(`.${path.replace("/srv/", "/")}`, folder), "utf8") };
    } catch {
      return { missing: "ENOENT" };
    }
  };
  const overrides = readdirSync(new URL(`${name}/`, folder))
    .filter((file) => file.startsWith("override."))
    .map((file) => ({ file, path: `${directory}/${file}`, text: textOfSure(textOf(`${directory}/${file}`)) }));
  const result = readProject({
    file: "compose.yaml",
    text: textOfSure(textOf(`${directory}/compose.yaml`)),
    overrides,
    directory,
    environment,
    readText: (path) => {
      asked.push(path.replace(`${directory}/`, ""));
      return textOf(path);
    },
  });
  return { result, asked };
}

function textOfSure(found: FileText): string {
  if ("missing" in found) throw new Error(found.missing);
  return found.text;
}

const bare = readProject({ file: "x", text: "services: {a: {image: nginx}}", directory: "/x", environment: {} });
const bareLines = new Set(bare.ok ? leaves(opened(bare.project.services[0]), "") : []);

/** One line for each value that a service has and a bare one has not. */
function leaves(value: unknown, path: string): readonly string[] {
  if (typeof value !== "object" || value === null) return [`${path} = ${JSON.stringify(value)}`];
  return Object.entries(value).flatMap(([key, child]) => leaves(child, path === "" ? key : `${path}.${key}`));
}

function render({ result, asked }: ReturnType<typeof read>): string {
  const services = result.ok ? result.project.services : [];
  const lines = [
    ...(result.ok ? [`project ${result.project.name}`] : result.problems.map(formatProblem)),
    ...services.flatMap((service) => [
      `${service.name}:`,
      ...leaves(opened(service), "")
        .filter((line) => !bareLines.has(line) && !/^(project|name|networks\.\d\.network|volumes\.)/.test(line))
        .map((line) => `  ${line}`),
    ]),
    ...result.warnings.map((warning) => `warning: ${formatProblem(warning)}`),
    `asked for: ${asked.join(" ")}`,
  ];
  return `${lines.join("\n")}\n`;
}

describe("a project of several files", () => {
  it.each(readdirSync(folder))("%s", async (name) => {
    const text = render(read(name));
    expect(text).not.toContain("hunter2");
    await expect(text).toMatchFileSnapshot(new URL(`${name}/expected.txt`, folder).pathname);
  });
});

it("nothing that is missing is shown with a directory that a variable names", () => {
  const result = readProject({
    file: "compose.yaml",
    text: "include: [{path: one.yaml, project_directory: '${PLACE}'}]\nservices: {a: {image: nginx}}",
    directory: "/srv/shop",
    environment: { PLACE: "hunter2" },
    readText: (path) =>
      path === "/srv/shop/one.yaml"
        ? { text: "services: {b: {image: nginx, env_file: b.env}}" }
        : { missing: "ENOENT" },
  });
  expect(result.ok ? [] : result.problems.map(formatProblem)).toEqual([
    'one.yaml:1:40: services.b.env_file: there is no file "b.env" (create it, or write a list with `{path: …, required: false}`)',
  ]);
});
