import { opened } from "../tools/opened.js";
import { variables } from "../../../src/compose/model/container/variables.js";
import { describe, expect, it } from "vitest";
import { readProject } from "../../../src/compose/project/compose.js";
import { formatProblem, formatWarning } from "../../../src/compose/values/problem.js";
import { readService, surroundings } from "./read.js";

const place = /^services\.yaml:\d+:\d+: (?:warning: )?/;

function told(lines: string, environment: Record<string, string> = {}, rest = "") {
  const result = readService(lines, environment, rest);
  return {
    problems: (result.ok ? [] : result.problems).map((problem) => formatProblem(problem).replace(place, "")),
    warnings: result.warnings.map((warning) => formatWarning(warning).replace(place, "")),
  };
}

describe("a variable that is not set is named in each error that it causes", () => {
  it.each([
    ["image: r.example/web:${WEB_TAG}", /is not an image reference \(the variable WEB_TAG is not set\)$/],
    ["image: ${REPO}:${WEB_TAG}", /is not an image reference \(the variables REPO, WEB_TAG are not set\)$/],
    ["ports: ['${PORT}:80:90:100']", /\(the variable PORT is not set(?:; .*)?\)$/],
    ["init: ${INIT}", /is not true or false \(the variable INIT is not set\)$/],
    ["healthcheck: {interval: '${EVERY}'}", /\(the variable EVERY is not set\)$/],
    ["container_name: ${NAME}", /must not be empty \(the variable NAME is not set\)$/],
    ["environment: ['${KEY}=x']", /the name before `=` is empty \(the variable KEY is not set\)$/],
    ["env_file: ${FILE}", /must not be empty \(the variable FILE is not set\)$/],
  ])("%s", (line, message) => {
    const image = line.startsWith("image") ? "" : "\n    image: x";
    const text = `services:\n  web:\n    ${line}${image}`;
    const result = readProject({ ...surroundings, text, environment: {} });
    expect((result.ok ? [] : result.problems).map(formatProblem)).toEqual([expect.stringMatching(message)]);
  });

  it("and no variable that is set, or has a default", () => {
    expect(told("stop_signal: ${A}${B:-x}", { A: "?" }).problems).toEqual([expect.not.stringMatching(/not set/)]);
  });
});

describe("what is misspelt comes with what may be meant", () => {
  it.each([
    ["port: ['80']", 'services.web.port: unknown key (did you mean "ports"?)'],
    ["volume: [a]", 'services.web.volume: unknown key (did you mean "volumes"?)'],
    ["env_files: a", 'services.web.env_files: unknown key (did you mean "env_file"?)'],
    ["interval: 3s", "services.web.interval: unknown key (it belongs under a service's `healthcheck`)"],
    [
      "volumes: [{type: bind, source: /a, target: /b, mode: ro}]",
      "services.web.volumes[0].mode: unknown key (write `read_only: true` for `ro`; the mode of a tmpfs stands under `tmpfs`)",
    ],
  ])("%s", (line, message) => {
    expect(told(line).problems).toEqual([message]);
  });
});

it("a name that a variable gives is shown as it is written, also where files are merged", () => {
  const text = "services: {web: {image: x, networks: {}, depends_on: {}, environment: {A: ''}}}";
  const over = "services: {web: {networks: [$SECRET], depends_on: ['$SECRET'], environment: ['$SECRET =x']}}";
  const overrides = [{ file: "over.yaml", path: "/srv/shop/over.yaml", text: over }];
  const result = readProject({ ...surroundings, text, overrides, environment: { SECRET: "hunter2" } });
  expect((result.ok ? [] : result.problems).map(formatProblem)).toEqual([
    expect.stringMatching(/networks\["\$SECRET"\]: "\$SECRET" names none of the declared networks/),
    expect.stringMatching(/depends_on\["\$SECRET"\]: no service is called "\$SECRET"/),
    expect.stringMatching(/environment\["\$SECRET "\]: the name begins or ends with white space/),
  ]);
  expect(JSON.stringify(result)).not.toContain("hunter2");
});

it.each([
  ["ports: ['8010-8000:80-90']", "is not a port mapping: the range runs backwards"],
  ["ports: ['80:99999']", "is not a port mapping: the highest port is 65535"],
  ["ports: [{target: 80, published: '9-8'}]", "is not a port: the range runs backwards"],
  ["expose: ['90-80']", "is not a port: the range runs backwards"],
  ["expose: ['70000/udp']", "is not a port: the highest port is 65535"],
])("says what is wrong with ports: %s", (line, message) => {
  expect(told(line).problems).toEqual([expect.stringContaining(message)]);
});

it("a circle of services that extend each other is told once", () => {
  const text = "services: {a: {extends: b, image: x}, b: {extends: c}, c: {extends: b}, d: {extends: d}}";
  const result = readProject({ ...surroundings, text, environment: {} });
  expect((result.ok ? [] : result.problems).map(({ message }) => message)).toEqual([
    "services extend each other in a circle: b -> c -> b",
    "services extend each other in a circle: d -> d",
  ]);
});

describe("what a service extends and is not there", () => {
  it("hides no other fault of the file, and is the cause of none", () => {
    const text = `
services:
  web:
    extends: {service: nope}
    imge: x
    build: {args: {A: 1}}
    healthcheck: {interval: 5s}
    ports: [{published: 80}, "99999"]
    depends_on: {db: {condition: service_healthy}}
  db:
    extends: {file: other.yaml, service: y}
    container_name: same
  ok:
    image: nginx
    porst: ["80"]
    volumes: ["gone:/x"]
    container_name: same
`;
    const result = readProject({ ...surroundings, text: text.trimStart(), environment: {} });
    expect((result.ok ? [] : result.problems).map(formatProblem)).toEqual([
      expect.stringMatching(
        /^services\.yaml:3:24: services\.web\.extends\.service: "nope" is not a service of services\.yaml/,
      ),
      expect.stringMatching(/^services\.yaml:4:5: services\.web\.imge: unknown key \(did you mean "image"\?\)/),
      expect.stringMatching(/^services\.yaml:7:30: services\.web\.ports\[1\]: "99999" is not a port mapping/),
      expect.stringMatching(/^services\.yaml:10:21: services\.db\.extends\.file: there is no file "other\.yaml"/),
      expect.stringMatching(/^services\.yaml:14:5: services\.ok\.porst: unknown key/),
      expect.stringMatching(/^services\.yaml:15:15: services\.ok\.volumes\[0\]: "gone:\/x" names none of the declared/),
    ]);
  });

  it("and what is included and is not there hides what may refer to it", () => {
    const text = "include: [none.yaml]\nservices: {web: {image: x, volumes: ['gone:/x']}}";
    const result = readProject({ ...surroundings, text, environment: {} });
    expect((result.ok ? [] : result.problems).map(({ path }) => path)).toEqual(["include[0]"]);
  });
});

describe("a file that is missing is named as it is written", () => {
  it.each([
    ["env_file: ./web.env", 'services.web.env_file: there is no file "./web.env"'],
    ["env_file: [web.env]", 'services.web.env_file[0]: there is no file "web.env"'],
    ["env_file: ['../${X:-y}.env']", 'services.web.env_file[0]: there is no file "../${X:-y}.env"'],
  ])("%s", (line, message) => {
    expect(told(line).problems).toEqual([expect.stringContaining(`${message} (create it`)]);
  });
});

describe("scalars that Docker Compose reads its own way are told", () => {
  it.each([
    ["environment: {V: 1_000}", "V", "1000"],
    ["environment: {V: 0b11}", "V", "3"],
    ["environment: {V: True}", "V", "true"],
    ["labels: {V: 1.10}", "V", "1.1"],
  ])("%s", (line, name, value) => {
    const result = readService(line);
    if (!result.ok) throw new Error(result.problems.map(formatProblem).join());
    const { environment, labels } = result.project.services[0]!.container;
    expect(opened({ ...environment, ...labels })).toMatchObject({ [name]: value });
    expect(told(line).warnings).toEqual([
      expect.stringMatching(
        /: as with Docker Compose, this (number|boolean) does not .*\(put it in quotes to keep it\)$/,
      ),
    ]);
  });

  it("and nothing is said of what stays", () => {
    const result = readService(
      "environment: {A: 9223372036854775807, B: -1, C: 1.5, D: true, E: '1_000', F: 2026-01-01}",
    );
    expect(result).toMatchObject({ ok: true, warnings: [] });
    expect(result.ok && result.project.services[0]!.container.environment).toEqual(
      variables({ A: "9223372036854775807", B: "-1", C: "1.5", D: "true", E: "1_000", F: "2026-01-01" }),
    );
  });

  it.each([
    ["init: '${X:-True}'", true, 0],
    ["init: TRUE", true, 0],
    ["init: 'FALSE'", false, 0],
    ["init: yes", true, 1],
    ["init: Off", false, 1],
  ])("%s", (line, init, warnings) => {
    const result = readService(line);
    expect(result).toMatchObject({ ok: true, project: { services: [{ container: { execution: { init } } }] } });
    expect(result.warnings).toHaveLength(warnings);
  });

  it.each(["init: t", "init: '1'", "init: 1", "init: ''"])("%s is no boolean, there and here", (line) => {
    expect(told(line).problems).toHaveLength(1);
  });

  it.each([
    ["440", 0o440, 1],
    ["0440", 0o440, 0],
    ["0o440", 0o440, 0],
    ["'440'", 0o440, 0],
  ])("mode: %s of a config", (written, mode, warnings) => {
    const result = readService(`configs: [{source: s, mode: ${written}}]`, {}, "configs: {s: {content: x}}");
    if (!result.ok) throw new Error(result.problems.map(formatProblem).join());
    expect(result.project.services[0]!.files?.[0]).toMatchObject({ mode });
    expect(result.warnings).toHaveLength(warnings);
  });
});

it("a variable of a .env that vanishes is told with its place, and its name is withheld", () => {
  const text = "services: {web: {image: x, environment: {PW: $PW}}}";
  const readText = (path: string) => (path.endsWith("/.env") ? { text: "PW=pa$word\n" } : { missing: "ENOENT" });
  const { warnings } = readProject({ ...surroundings, text, environment: {}, readText });
  expect(warnings.map(formatWarning)).toEqual([
    ".env:1:4: warning: PW: a variable in the value is not set and becomes empty (a plain dollar sign is `$$`, or stands in single quotes)",
  ]);
  expect(warnings[0]?.withheld?.reveal()).toBe("word");
});
