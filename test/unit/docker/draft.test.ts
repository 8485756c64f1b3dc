import { describe, expect, it } from "vitest";
import { formatYaml } from "../../../src/compose/document/yaml/yaml.js";
import type { InspectedContainer } from "../../../src/docker/client/schema.js";
import { draftFile, projectIn } from "../../../src/docker/draft/draft.js";
import { declaredOf } from "../../../src/docker/draft/portrait.js";
import { looksSecret } from "../../../src/docker/draft/secrets.js";
import type { Subject, Survey } from "../../../src/docker/draft/survey.js";
import { opened } from "../tools/opened.js";

const id = "0123456789ab".padEnd(64, "c");
const around = { loggingDriver: "json-file", runtime: "runc", cgroupns: "host", containerId: id, peers: [] };

function subject(name: string, changes: Partial<Subject> = {}, config: object = {}, host: object = {}): Subject {
  const inspected = {
    Id: id,
    Name: `/${name}`,
    Config: { Env: ["PATH=/bin"], ...config },
    HostConfig: { NetworkMode: "bridge", ...host },
    NetworkSettings: { Networks: { bridge: {} } },
  } as InspectedContainer;
  return {
    name,
    compose: undefined,
    inspected,
    image: "acme/web:1.2",
    tags: ["acme/web:1.2"],
    digests: [],
    declared: declaredOf(inspected, { Env: ["PATH=/bin"] }, around),
    restart: "no",
    mode: inspected.HostConfig?.NetworkMode ?? "",
    peer: undefined,
    ...changes,
  };
}

function survey(...subjects: Subject[]): Survey {
  return { subjects, networks: new Map(), volumes: new Map() };
}

const draft = (...subjects: Subject[]) => draftFile("host", survey(...subjects));

describe("a services file from what runs", () => {
  it("says what was declared and nothing else", () => {
    const config = { Env: ["PATH=/bin", "PRICE=$5", "API_TOKEN=hunter2"], Cmd: ["serve", "$X"], StopTimeout: 3 };
    const host = { CapAdd: ["CAP_NET_ADMIN"], Binds: ["/srv/$a:/b:ro", "data:/data"], NanoCpus: 5e8 };
    const { file, notes, secrets } = draft(subject("web", { restart: "always" }, config, host));
    expect(formatYaml(file)).toMatchInlineSnapshot(`
      "name: host
      services:
        web:
          image: acme/web:1.2
          container_name: web
          command:
            - serve
            - $$X
          stop_grace_period: 3s
          cap_add:
            - NET_ADMIN
          cpus: 0.5
          environment:
            PRICE: $$5
            API_TOKEN: \${API_TOKEN:?it looked like a secret and was not copied}
          volumes:
            - type: bind
              source: /srv/$$a
              target: /b
              read_only: true
            - type: volume
              source: data
              target: /data
          network_mode: bridge
          restart: always
      volumes:
        data:
          external: true
      "
    `);
    expect(notes).toEqual(["web: API_TOKEN looks like a secret: the file refers to it, and does not hold it"]);
    expect(opened([...secrets])).toEqual([["API_TOKEN", "hunter2"]]);
  });

  it("names what it cannot say", () => {
    const { notes } = draft(
      subject("web", {}, {}, { PublishAllPorts: true, AutoRemove: true }),
      subject("lost", { image: `sha256:${id}`, tags: [] }),
      subject("moved", { image: `acme/web@sha256:${id}` }),
    );
    expect(notes).toEqual([
      "web: HostConfig.PublishAllPorts is left out: it cannot be expressed",
      "web: auto_remove is left out: it cannot be expressed",
      "lost: it is left out: its image has no name any more",
      "moved: it was made from a digest; the file follows acme/web:1.2",
    ]);
  });

  it("keeps two secrets of one name apart", () => {
    const { file, secrets } = draft(
      subject("one", {}, { Env: ["DB_PASSWORD=a1"] }),
      subject("two", {}, { Env: ["DB_PASSWORD=b2"] }),
    );
    expect(opened([...secrets])).toEqual([
      ["DB_PASSWORD", "a1"],
      ["TWO_DB_PASSWORD", "b2"],
    ]);
    expect(formatYaml(file)).not.toMatch(/a1|b2/);
  });

  it("takes replicas of a Compose project together, and names others' containers", () => {
    const compose = (service: string, slot: number, project = "host") => ({ compose: { project, service, slot } });
    const { file } = draft(
      subject("host_web_1", compose("web", 1)),
      subject("host_web_2", compose("web", 2)),
      subject("blog_web_1", compose("web", 1, "blog")),
    );
    expect(file).toMatchObject({
      services: { web: { image: "acme/web:1.2", scale: 2 }, blog_web_1: { container_name: "blog_web_1" } },
    });
  });

  it("is of the one Compose project there is", () => {
    const of = (project: string) => subject(project, { compose: { project, service: "web", slot: 1 } });
    expect(projectIn(survey(of("shop"), subject("solo")))).toBe("shop");
    expect(projectIn(survey(of("shop"), of("blog")))).toBeUndefined();
    expect(projectIn(survey(subject("solo")))).toBeUndefined();
  });
});

describe("what looks like a secret", () => {
  it.each([
    ["DB_PASSWORD", "x", true],
    ["MYSQL_ROOT_PASSWORD", "x", true],
    ["API_KEY", "x", true],
    ["GITHUB_TOKEN", "x", true],
    ["DATABASE_URL", "postgres://u:p@db/x", true],
    ["DB_PASSWORD_FILE", "/run/secrets/db", false],
    ["DB_PASSWORD", "", false],
    ["AUTHOR", "me", false],
    ["PASSENGER_PORT", "80", false],
    ["HOMEPAGE", "https://shop.example/a@b", false],
  ])("%s=%s: %s", (name, value, secret) => {
    expect(looksSecret(name, value)).toBe(secret);
  });
});
