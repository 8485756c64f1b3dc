import { describe, expect, it } from "vitest";
import { readProject, type ReadResult } from "../../../../src/compose/project/compose.js";
import { complaints, surroundings } from "../read.js";

function read(services: string): ReadResult {
  return readProject({ ...surroundings, text: `services: ${services}\nnetworks: {a: , b: }\n`, environment: {} });
}

function namesOf(result: ReadResult): Record<string, Record<string, readonly string[]>> {
  if (!result.ok) throw new Error(complaints(result).join());
  return Object.fromEntries(
    result.project.services.map(({ name, networks }) => [
      name,
      Object.fromEntries(networks.map(({ network, aliases }) => [network.key, aliases])),
    ]),
  );
}

describe("links", () => {
  it("are dependencies that restart, as Compose has them, and what `depends_on` says counts", () => {
    const result = read("{db: {image: x}, c: {image: x}, web: {image: x, links: [db, c, c], depends_on: [c]}}");
    const web = result.ok ? result.project.services.find(({ name }) => name === "web") : undefined;
    expect(web?.dependsOn).toEqual([
      { service: "c", condition: "service_started" },
      { service: "db", condition: "service_started", restart: true },
    ]);
    expect(result.warnings.map(({ path }) => path)).toEqual(["services.web.links", "services.web.links[2]"]);
  });

  it("give the other service their aliases, on the networks of both", () => {
    const result = read(
      '{db: {image: x, networks: [a, b]}, web: {image: x, networks: [a], links: ["db:database", "db:store", "db:db"]}}',
    );
    expect(namesOf(result)).toEqual({ db: { a: ["db", "database", "store"], b: ["db"] }, web: { a: ["web"] } });
  });

  it("may say the same more than once", () => {
    const result = read('{db: {image: x}, v: {image: x, links: ["db:d"]}, w: {image: x, links: ["db:d"]}}');
    expect(namesOf(result)["db"]).toEqual({ default: ["db", "d"] });
  });

  it.each([
    ['{db: {image: x, networks: [a]}, web: {image: x, networks: [b], links: ["db:d"]}}', /is on no network of/],
    ['{db: {image: x, network_mode: host}, web: {image: x, links: ["db:d"]}}', /is on no network of this service/],
    ['{db: {image: x}, d: {image: x}, web: {image: x, links: ["db:d"]}}', /"d" is a name of service "d" on the same/],
    ['{db: {image: x}, e: {image: x}, w: {image: x, links: ["db:d", "e:d"]}}', /"d" is a name of service "db"/],
    ['{db: {image: x}, web: {image: x, links: ["db:a:b"]}}', /"db:a:b" is not a link/],
    ["{web: {image: x, links: [db]}}", /no service is called "db"/],
    [
      "{web: {image: x, network_mode: bridge, links: [db]}, db: {image: x}}",
      /cannot stand beside `network_mode: bridge`/,
    ],
    ["{a: {image: x, links: [b]}, b: {image: x, links: [a]}}", /depend on each other in a circle/],
  ])("%s is refused", (services, complaint) => {
    expect(complaints(read(services))).toEqual([expect.stringMatching(complaint)]);
  });
});
