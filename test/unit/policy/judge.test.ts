import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { strictest, type Permissions } from "../../../src/policy/model/permissions.js";
import { asked } from "./asked.js";

const outside = "it is outside the folders that are allowed";

/** What is asked for, what is said of it, and what allows it. */
type Row = readonly [service: string, said: readonly string[], allowing: Partial<Permissions>, sections?: string];

const table: readonly Row[] = [
  ["privileged: true", ["services.web.privileged: `privileged`: it is the host's root"], { privileged: true }],
  [
    "pre_start:\n  - {command: [x], privileged: true}",
    ["services.web.pre_start[0]: `privileged`: it is the host's root"],
    { privileged: true },
  ],
  [
    "post_start:\n  - {command: [x], privileged: true}\npre_stop:\n  - {command: [x], privileged: true}",
    [
      "services.web.post_start[0]: `privileged`: it is the host's root",
      "services.web.pre_stop[0]: `privileged`: it is the host's root",
    ],
    { privileged: true },
  ],
  ["pid: host", ["services.web.pid: the host's namespace pid"], { hostNamespaces: ["pid"] }],
  ["ipc: host", ["services.web.ipc: the host's namespace ipc"], { hostNamespaces: ["ipc"] }],
  ["uts: host", ["services.web.uts: the host's namespace uts"], { hostNamespaces: ["uts"] }],
  ["userns_mode: host", ["services.web.userns_mode: the host's namespace userns"], { hostNamespaces: ["userns"] }],
  ["cgroup: host", ["services.web.cgroup: the host's namespace cgroup"], { hostNamespaces: ["cgroup"] }],
  ["cgroup_parent: /", ["services.web.cgroup_parent: the host's namespace cgroup"], { hostNamespaces: ["cgroup"] }],
  ["network_mode: host", ["services.web.network_mode: the host's namespace network"], { hostNamespaces: ["network"] }],
  [
    "networks: [out]",
    ["networks.out.name: the host's namespace network"],
    { hostNamespaces: ["network"] },
    "networks: {out: {external: true, name: host}}\n",
  ],
  [
    "build: {context: ., network: host}",
    ["services.web.build.network: the host's namespace network"],
    { hostNamespaces: ["network"] },
  ],
  ["pid: service:db\nipc: shareable\nnetwork_mode: bridge", [], {}],
  [
    "pid: container:x\nnetwork_mode: container:y\nvolumes_from: [db, 'container:z:ro']",
    [
      "services.web.pid: what the container x has, which is not of this project",
      "services.web.network_mode: what the container y has, which is not of this project",
      "services.web.volumes_from[1]: what the container z has, which is not of this project",
    ],
    { otherContainers: ["x", "y", "z"] },
  ],
  ["volumes: ['./data:/data', 'named:/named', '/anonymous']", [], {}, "volumes: {named: {}}\n"],
  [
    "volumes: ['/etc:/etc:ro', './../other:/o', '~/x:/x']",
    [
      `services.web.volumes[0]: /etc: ${outside}`,
      `services.web.volumes[1]: /srv/other: ${outside}`,
      `services.web.volumes[2]: /root/x: ${outside}`,
    ],
    { bindMounts: ["/etc", "/srv/", "/root"] },
  ],
  ["volumes: ['/srv/shopping:/s']", [`services.web.volumes[0]: /srv/shopping: ${outside}`], { bindMounts: ["/srv"] }],
  [
    "secrets: [key]\nconfigs: [conf]",
    [`services.web.configs: /etc/x.json: ${outside}`, `services.web.secrets: /etc/shadow: ${outside}`],
    { bindMounts: ["/etc"] },
    "secrets: {key: {file: /etc/shadow}}\nconfigs: {conf: {file: /etc/x.json}}\n",
  ],
  [
    "volumes: ['/var/run/docker.sock:/s']",
    ["services.web.volumes[0]: /var/run/docker.sock: with it the engine is reached at /var/run/docker.sock"],
    { engineSocket: true },
  ],
  [
    "volumes: ['/run:/r', '/:/host']",
    [
      "services.web.volumes[0]: /run: with it the engine is reached at /run/docker.sock",
      "services.web.volumes[1]: /: with it the engine is reached at /var/run/docker.sock",
    ],
    { engineSocket: true, bindMounts: ["/"] },
  ],
  [
    "volumes: ['v:/v']",
    [`volumes.v.driver_opts.device: /etc: ${outside}`],
    { bindMounts: ["/etc"] },
    "volumes: {v: {driver_opts: {type: none, o: 'rw,rbind', device: /etc}}}\n",
  ],
  ["volumes: ['v:/v']", [], {}, "volumes: {v: {driver_opts: {type: nfs, o: 'addr=10.0.0.1', device: ':/x'}}}\n"],
  [
    "volumes: ['v:/v']",
    [`volumes.v.driver_opts.device: /etc: ${outside}`],
    { bindMounts: ["/etc"] },
    "volumes: {v: {driver_opts: {type: nfs, o: bind, device: /etc}}}\n",
  ],
  [
    "volumes: ['v:/v']",
    ["volumes.v.driver: the volume driver local-persist"],
    { volumeDrivers: ["local-persist"] },
    "volumes: {v: {driver: local-persist, driver_opts: {mountpoint: /etc}}}\n",
  ],
  ["cap_add: [CHOWN, cap_net_raw]\ncap_drop: [ALL]", [], {}],
  ["cap_add: [sys_admin]", ["services.web.cap_add[0]: the capability SYS_ADMIN"], { capabilities: ["CAP_SYS_ADMIN"] }],
  ["cap_add: [CAP_ALL]", ["services.web.cap_add[0]: the capability ALL"], { capabilities: ["ALL"] }],
  ["security_opt: ['no-new-privileges:true', 'apparmor=docker-default']", [], {}],
  [
    "security_opt: ['apparmor:unconfined', 'systempaths=unconfined', 'label:disable', 'seccomp:p.json']",
    [
      "services.web.security_opt[0]: the security option apparmor=unconfined",
      "services.web.security_opt[1]: the security option label=disable",
      "services.web.security_opt[2]: the security option seccomp=profile",
      "services.web.security_opt[3]: the security option systempaths=unconfined",
    ],
    { securityOptions: ["apparmor=unconfined", "label=disable", "seccomp=profile", "systempaths=unconfined"] },
  ],
  [
    "devices: ['/dev/../dev/sda:/dev/x', 'acme.com/gpu=all']\ndevice_cgroup_rules: ['b 8:* rmw']\ngpus: all",
    [
      "services.web.devices[0]: the device /dev/sda",
      "services.web.device_cgroup_rules[0]: the device b 8:* rmw",
      "services.web.devices: the device acme.com/gpu=all",
      "services.web.gpus: the device gpu",
    ],
    { devices: ["/dev", "b 8:* rmw", "acme.com/gpu=all", "gpu"] },
  ],
  [
    "runtime: other\nannotations: {org.systemd.property.DeviceAllow: x}",
    [
      "services.web.runtime: the runtime other",
      'services.web.annotations["org.systemd.property.DeviceAllow"]: the annotation org.systemd.property.DeviceAllow, which speaks to the runtime',
    ],
    { runtimes: ["other", "org.systemd.property.DeviceAllow"] },
  ],
  [
    "build: {context: /etc, dockerfile: ../root/Dockerfile}",
    [`services.web.build.context: /etc: ${outside}`, `services.web.build.dockerfile: /root/Dockerfile: ${outside}`],
    { bindMounts: ["/etc", "/root"] },
  ],
];

describe("what a project asks for", () => {
  for (const [service, said, allowing, sections] of table) {
    it(`is judged: ${service}`, () => {
      expect(asked(service, {}, sections)).toEqual(said);
      expect(asked(service, allowing, sections)).toEqual([]);
    });
  }

  it("is free for images and ports until some are listed", () => {
    const service =
      "image: ghcr.io/acme/web:1\nports: ['80:80', '53']\nx-fairlead: {before: [{image: nginx, command: [x]}]}";
    expect(asked(service)).toEqual([]);
    const permissions = { images: ["ghcr.io", "acme/*"], hostPorts: ["1000-2000"] };
    expect(asked(service, permissions)).toEqual([
      "services.web.x-fairlead: the image nginx",
      "services.web.ports[0]: the host's port 80/tcp",
      "services.web.ports[1]: a port of the host that nobody chooses",
    ]);
    expect(asked("build: .", permissions)).toEqual([
      "services.web.build: builds: a Dockerfile may start from any image",
    ]);
    expect(asked("build: .", { ...permissions, builds: true })).toEqual([]);
    expect(asked("build: {context: ., tags: ['ghcr.io/acme/db', 'nginx']}", { ...permissions, builds: true })).toEqual([
      "services.web.build: the image nginx",
    ]);
  });

  it.each([
    ["ghcr.io/acme/*", "ghcr.io/acme/team/web", true],
    ["ghcr.io/acme/*", "ghcr.io/acmes/web", false],
    ["acme/*", "docker.io/acme/web:1", true],
    ["acme/*", "ghcr.io/acme/web", false],
    ["docker.io/*", "nginx", true],
    ["localhost:5000", "localhost:5000/x", true],
    ["localhost:5000", "localhost/x", false],
    ["nginx", "library/nginx:1.27", true],
    ["nginx", "acme/nginx", false],
    ["ghcr.io", "GHCR.IO/acme/web", false],
  ])("%s of images covers %s: %s", (allowed, image, isCovered) => {
    expect(asked(`image: ${image}`, { images: ["acme/db", allowed] }).length === 0).toBe(isCovered);
  });

  it.each([
    ["8080", "8080:80", true],
    ["8080", "8081:80", false],
    ["8000-8099/tcp", "8000-8010:80", true],
    ["8000-8005", "8000-8010:80", false],
    ["8000-8099/tcp", "8000:80/udp", false],
    ["127.0.0.1:1-65535", "127.0.0.1:80:80", true],
    ["127.0.0.1:1-65535", "80:80", false],
    ["[::1]:80", "[::1]:80:80", true],
  ])("%s of ports permits %s: %s", (allowed, port, isPermitted) => {
    expect(asked(`ports: ['${port}']`, { hostPorts: [allowed] }).length === 0).toBe(isPermitted);
  });
});

describe("links of the host", () => {
  const links = new Map([
    ["/srv/shop/data", "/etc"],
    ["/srv/shop/run", "/run"],
    ["/srv/own", "/data/own"],
    ["/srv/own/x", "/data/own/x"],
    ["/var/run/docker.sock", "/run/docker.sock"],
  ]);
  const real = (path: string) => (path.startsWith("/unseen") ? undefined : (links.get(path) ?? path));

  it("count as what they lead to", () => {
    expect(asked("volumes: ['./data:/d', './run:/r', './well:/w']", {}, "", { real })).toEqual([
      `services.web.volumes[0]: /srv/shop/data, which is /etc: ${outside}`,
      "services.web.volumes[1]: /srv/shop/run, which is /run: with it the engine is reached at /var/run/docker.sock",
    ]);
    expect(asked("volumes: ['/srv/own/x:/d']", { bindMounts: ["/srv/own"] }, "", { real })).toEqual([]);
    expect(asked("volumes: ['/unseen/x:/d']", { bindMounts: ["/unseen"] }, "", { real })).toEqual([
      "services.web.volumes[0]: /unseen/x, which cannot be looked at here: it may be a link",
    ]);
  });

  it("lead nobody to what Fairlead keeps for itself", () => {
    const around = { guarded: ["/srv/shop/fairlead.yaml", "/var/lib/fairlead"], own: ["/srv/shop"] };
    const permissions = { bindMounts: ["project", "/var"], engineSocket: true };
    const said = (source: string) => asked(`volumes: ['${source}:/x']`, permissions, "", around).length;
    expect([".", "./fairlead.yaml", "/var/lib", "/var/lib/fairlead/git", "/var/lib/other", "./html"].map(said)).toEqual(
      [1, 1, 1, 1, 0, 0],
    );
    const ofGit = { ...around, own: ["/var/lib/fairlead/git/work"] };
    expect(asked("volumes: ['/var/lib/fairlead/git/work/x:/x']", permissions, "", ofGit)).toEqual([]);
  });
});

describe("any permissions", () => {
  const written = table.flatMap(([, , allowing]) => Object.entries(allowing));
  const some = fc.subarray(written).map((entries) => Object.fromEntries(entries) as Partial<Permissions>);

  it("that allow more refuse nothing more", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...table),
        some,
        fc.constantFrom(...written),
        ([service, , , sections], few, [key, more]) => {
          const before = asked(service, few, sections);
          const had = { ...strictest, ...few }[key as keyof Permissions];
          const added =
            Array.isArray(had) && Array.isArray(more) ? [...(had as unknown[]), ...(more as unknown[])] : more;
          const after = asked(service, { ...few, [key]: added }, sections);
          // Words of one refusal may give way to those of the next.
          expect(after.length).toBeLessThanOrEqual(before.length);
        },
      ),
      { numRuns: 100 },
    );
  });

  it("know a path by whatever way it is written", () => {
    const steps = fc.array(fc.constantFrom("..", ".", "a", "shop", "srv", ""), { maxLength: 8 });
    fc.assert(
      fc.property(steps, (parts) => {
        const path = `/${parts.join("/")}`;
        const resolved = new URL(`file://${path === "//" ? "/" : path.replace(/\/+/g, "/")}`).pathname.replace(
          /(.)\/$/,
          "$1",
        );
        const isInside = resolved === "/srv/shop" || resolved.startsWith("/srv/shop/");
        expect(asked(`volumes: ['${path}:/x']`).length === 0).toBe(isInside);
      }),
      { numRuns: 100 },
    );
  });
});
