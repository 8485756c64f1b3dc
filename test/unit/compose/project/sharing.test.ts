import { describe, expect, it } from "vitest";
import { bondsOf, dependenciesOf } from "../../../../src/compose/model/relations.js";
import { readProject } from "../../../../src/compose/project/compose.js";
import { formatProblem } from "../../../../src/compose/values/problem.js";
import { complaints, readService, serviceOf, surroundings } from "../read.js";

const others = `  vpn: {image: v}
  media: {image: m, ipc: shareable}
`;
const read = (lines: string, rest = others) => readService(lines, {}, rest);

describe("what a service's container shares of another one's", () => {
  it("is read from four keys, and each other service is a dependency once", () => {
    const spec = serviceOf(
      read("network_mode: service:vpn\npid: service:vpn\nipc: service:media\nvolumes_from: [media, vpn:ro]"),
    );
    expect(bondsOf(spec)).toEqual([
      { shared: "network", service: "vpn" },
      { shared: "ipc", service: "media" },
      { shared: "pid", service: "vpn" },
      { shared: "volumes", service: "media" },
      { shared: "volumes", service: "vpn" },
    ]);
    expect(dependenciesOf(spec)).toEqual([
      { service: "vpn", condition: "service_started", restart: false },
      { service: "media", condition: "service_started", restart: false },
    ]);
  });

  it("is kept in the order of the list, beside containers of others", () => {
    const { container } = serviceOf(read("volumes_from: [vpn, 'container:vpn:ro', 'media:rw']"));
    expect(container.volumesFrom).toEqual([
      { service: "vpn", readOnly: false },
      "vpn:ro",
      { service: "media", readOnly: false },
    ]);
  });

  it("keeps what `depends_on` says of the same service", () => {
    const lines =
      "volumes_from: [media]\ndepends_on: {media: {condition: service_healthy, restart: true}, vpn: {condition: service_started}}";
    expect(dependenciesOf(serviceOf(read(lines)))).toEqual([
      { service: "vpn", condition: "service_started" },
      { service: "media", condition: "service_healthy", restart: true },
    ]);
  });

  it.each<[string, string]>([
    ["pid: service:vpm", '"service:vpm" names no service of this file'],
    ["ipc: service:nobody", '"service:nobody" names no service of this file'],
    ["volumes_from: [vpn, 'nobody:ro']", '"nobody:ro" names no service of this file'],
    ["pid: service:web", "services depend on each other in a circle: web -> web"],
    ["volumes_from: ['web:ro']", "services depend on each other in a circle: web -> web"],
    ["ipc: service:vpn", 'the IPC namespace of service "vpn" is private by default'],
    ["volumes_from: [vpn, 'vpn:ro']", '"vpn:ro" is given twice'],
    ["pid: 'service:'", '"service:" is not one of host, service:NAME, container:NAME'],
  ])("%s is wrong", (lines, message) => {
    expect(complaints(read(lines))).toEqual([message]);
  });

  it.each([
    ["private", false],
    ["none", false],
    ["shareable", true],
    ["host", true],
    ["container:elsewhere", true],
  ])("an IPC namespace that is %s", (mode, isFine) => {
    const result = read("ipc: service:db", `  db: {image: d, ipc: "${mode}"}\n`);
    expect(complaints(result)).toEqual(isFine ? [] : [`the IPC namespace of service "db" is ${mode}`]);
  });

  it("is told with its place and what to write", () => {
    const text =
      "name: shop\nservices:\n  db: {image: d}\n  web:\n    image: w\n    ipc: service:db\n    volumes_from:\n      - db\n      - dc:ro\n";
    const result = readProject({ ...surroundings, text, environment: {} });
    expect(result.ok ? [] : result.problems.map(formatProblem)).toMatchInlineSnapshot(`
      [
        "services.yaml:6:10: services.web.ipc: the IPC namespace of service "db" is private by default (write \`ipc: shareable\` in "db")",
        "services.yaml:9:9: services.web.volumes_from[1]: "dc:ro" names no service of this file (did you mean "db"?)",
      ]
    `);
  });

  it("of a circle names the key that closes it", () => {
    const rest = "  a: {image: a, pid: 'service:b'}\n  b: {image: b, volumes_from: [a]}\n";
    expect(complaints(read("", rest))).toEqual(["services depend on each other in a circle: a -> b -> a"]);
  });
});
