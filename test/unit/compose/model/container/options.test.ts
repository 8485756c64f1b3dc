import { describe, expect, it } from "vitest";
import type { ServiceSpec } from "../../../../../src/compose/model/service.js";
import { complaints, readService, serviceOf } from "../../read.js";

const option = (lines: string) => {
  const { container } = serviceOf(readService(lines));
  const { expose, naming, resources, devices, security, namespaces, execution, logging, tmpfs, annotations } =
    container;
  const { volumesFrom, platform } = container;
  const all = { expose, naming, resources, devices, security, namespaces, execution, logging, tmpfs, annotations };
  return Object.fromEntries(
    Object.entries({ ...all, volumesFrom, platform }).filter(([, group]) => group !== undefined),
  );
};

describe("container options", () => {
  it("are absent where nothing is written, so that no old hash changes", () => {
    expect(option("")).toEqual({});
    expect(
      Object.keys(serviceOf(readService("deploy: {resources: {limits: {}, reservations: {}}}")).container),
    ).toEqual(Object.keys(serviceOf(readService("")).container));
  });

  it.each<[string, object]>([
    [
      "expose: [80, '81/udp', '90-91', '80']",
      {
        expose: [
          { containerPort: 80, protocol: "tcp" },
          { containerPort: 81, protocol: "udp" },
          { containerPort: 90, protocol: "tcp" },
          { containerPort: 91, protocol: "tcp" },
        ],
      },
    ],
    ["hostname: web-1.example.org", { naming: { hostname: "web-1.example.org" } }],
    ["domainname: example.org", { naming: { domainname: "example.org" } }],
    ["dns: 1.1.1.1", { naming: { dns: ["1.1.1.1"] } }],
    ["dns: ['1.1.1.1', '::1']", { naming: { dns: ["1.1.1.1", "::1"] } }],
    ["dns_opt: [use-vc, 'ndots:2']", { naming: { dnsOptions: ["use-vc", "ndots:2"] } }],
    ["dns_search: example.org", { naming: { dnsSearch: ["example.org"] } }],
    ["dns_search: [a.org, b.org]", { naming: { dnsSearch: ["a.org", "b.org"] } }],
    [
      "extra_hosts: ['a=10.0.0.1', 'b:10.0.0.2', 'c=::1', 'd:[::1]', 'e=host-gateway']",
      {
        naming: { extraHosts: ["a:10.0.0.1", "b:10.0.0.2", "c:::1", "d:::1", "e:host-gateway"] },
      },
    ],
    [
      "extra_hosts: {a: 10.0.0.1, b: ['10.0.0.2', '::1']}",
      {
        naming: { extraHosts: ["a:10.0.0.1", "b:10.0.0.2", "b:::1"] },
      },
    ],
    ["mem_limit: 512m", { resources: { memory: 536_870_912 } }],
    ["mem_limit: 1.5GiB", { resources: { memory: 1_610_612_736 } }],
    ["mem_limit: 8388608", { resources: { memory: 8_388_608 } }],
    ["mem_limit: 0", {}],
    ["mem_reservation: 16mb", { resources: { memoryReservation: 16_777_216 } }],
    ["mem_limit: 64m\nmemswap_limit: -1", { resources: { memory: 67_108_864, memorySwap: -1 } }],
    ["mem_limit: 64m\nmemswap_limit: 64m", { resources: { memory: 67_108_864, memorySwap: 67_108_864 } }],
    ["memswap_limit: '-1'", { resources: { memorySwap: -1 } }],
    ["mem_swappiness: 0", { resources: { memorySwappiness: 0 } }],
    ["oom_kill_disable: true", { resources: { oomKillDisable: true } }],
    ["oom_score_adj: -1000", { resources: { oomScoreAdj: -1000 } }],
    ["oom_score_adj: '500'", { resources: { oomScoreAdj: 500 } }],
    ["cpus: 0.5", { resources: { nanoCpus: 500_000_000 } }],
    ["cpus: 1.50", { resources: { nanoCpus: 1_500_000_000 } }],
    ["cpus: '.25'", { resources: { nanoCpus: 250_000_000 } }],
    ["cpus: 2", { resources: { nanoCpus: 2_000_000_000 } }],
    ["cpu_shares: 73", { resources: { cpuShares: 73 } }],
    ["cpu_quota: 50000\ncpu_period: '20ms'", { resources: { cpuPeriod: 20_000, cpuQuota: 50_000 } }],
    [
      "cpu_rt_runtime: 400ms\ncpu_rt_period: '1400us'",
      {
        resources: { cpuRealtimePeriod: 1_400, cpuRealtimeRuntime: 400_000 },
      },
    ],
    ["cpuset: 0-3,5", { resources: { cpuset: "0-3,5" } }],
    ["cpuset: '1'", { resources: { cpuset: "1" } }],
    ["pids_limit: 10", { resources: { pids: 10 } }],
    ["pids_limit: -1", { resources: { pids: -1 } }],
    ["shm_size: 128M", { resources: { shmSize: 134_217_728 } }],
    [
      "ulimits: {nproc: 65535, nofile: {soft: 20000, hard: 40000}, memlock: -1, core: {soft: 0, hard: -1}}",
      {
        resources: {
          ulimits: [
            { name: "nproc", soft: 65_535, hard: 65_535 },
            { name: "nofile", soft: 20_000, hard: 40_000 },
            { name: "memlock", soft: -1, hard: -1 },
            { name: "core", soft: 0, hard: -1 },
          ],
        },
      },
    ],
    [
      "blkio_config: {weight: 300, weight_device: [{path: /dev/sda, weight: 400}]}",
      {
        resources: { blkio: { weight: 300, weightDevice: [{ path: "/dev/sda", weight: 400 }] } },
      },
    ],
    [
      "blkio_config: {device_read_bps: [{path: /dev/sda, rate: 1mb}], device_write_iops: [{path: /dev/sda, rate: 30}]}",
      {
        resources: {
          blkio: { readBps: [{ path: "/dev/sda", rate: 1_048_576 }], writeIops: [{ path: "/dev/sda", rate: 30 }] },
        },
      },
    ],
    [
      "blkio_config: {device_write_bps: [{path: /dev/sda, rate: 1}], device_read_iops: [{path: /dev/sda, rate: '3'}]}",
      {
        resources: { blkio: { writeBps: [{ path: "/dev/sda", rate: 1 }], readIops: [{ path: "/dev/sda", rate: 3 }] } },
      },
    ],
    ["storage_opt: {size: 1G}", { resources: { storageOptions: { size: "1G" } } }],
    [
      "deploy: {resources: {limits: {cpus: '0.5', memory: 50M, pids: 7}, reservations: {memory: 20M}}}",
      {
        resources: { memory: 52_428_800, memoryReservation: 20_971_520, nanoCpus: 500_000_000, pids: 7 },
      },
    ],
    [
      "mem_limit: 50m\ncpus: 0.50\ndeploy: {resources: {limits: {memory: 50M, cpus: '.5'}}}",
      {
        resources: { memory: 52_428_800, nanoCpus: 500_000_000 },
      },
    ],
    [
      "devices: ['/dev/ttyUSB0:/dev/tty0:rw', /dev/fuse, '/dev/a:/dev/b', '/dev/c:r']",
      {
        devices: {
          mappings: [
            { source: "/dev/ttyUSB0", target: "/dev/tty0", permissions: "rw" },
            { source: "/dev/fuse", target: "/dev/fuse", permissions: "rwm" },
            { source: "/dev/a", target: "/dev/b", permissions: "rwm" },
            { source: "/dev/c", target: "/dev/c", permissions: "r" },
          ],
        },
      },
    ],
    [
      "devices: [{source: /dev/a}, {source: /dev/b, target: /dev/c, permissions: r}]",
      {
        devices: {
          mappings: [
            { source: "/dev/a", target: "/dev/a", permissions: "rwm" },
            { source: "/dev/b", target: "/dev/c", permissions: "r" },
          ],
        },
      },
    ],
    [
      "devices: ['vendor1.com/device=gpu0']",
      {
        devices: { requests: [{ driver: "cdi", ids: ["vendor1.com/device=gpu0"], capabilities: [] }] },
      },
    ],
    ["device_cgroup_rules: ['c 1:3 mr', 'a 7:* rmw']", { devices: { cgroupRules: ["c 1:3 mr", "a 7:* rmw"] } }],
    ["gpus: all", { devices: { requests: [{ count: -1, capabilities: ["gpu"] }] } }],
    [
      "gpus: [{driver: nvidia, count: 2}, {device_ids: ['0'], capabilities: [utility, gpu], options: {a: b}}]",
      {
        devices: {
          requests: [
            { driver: "nvidia", count: 2, capabilities: ["gpu"] },
            { ids: ["0"], capabilities: ["utility", "gpu"], options: { a: "b" } },
          ],
        },
      },
    ],
    [
      "deploy: {resources: {reservations: {devices: [{capabilities: [gpu, tpu], count: all}, {capabilities: [x]}]}}}",
      {
        devices: {
          requests: [
            { count: -1, capabilities: ["gpu", "tpu"] },
            { count: -1, capabilities: ["x"] },
          ],
        },
      },
    ],
    [
      "cap_add: [ALL, net_admin]\ncap_drop: [CAP_CHOWN]",
      {
        security: { capAdd: ["ALL", "net_admin"], capDrop: ["CAP_CHOWN"] },
      },
    ],
    [
      "security_opt: ['no-new-privileges:true', no-new-privileges, label=disable, seccomp=unconfined]",
      {
        security: {
          securityOptions: ["no-new-privileges:true", "no-new-privileges", "label=disable", "seccomp=unconfined"],
        },
      },
    ],
    ["security_opt: [systempaths=unconfined]", { security: { unmaskedPaths: true } }],
    ["privileged: true", { security: { privileged: true } }],
    ["read_only: true", { security: { readOnly: true } }],
    ["group_add: [mail, 1000]", { security: { groupAdd: ["mail", "1000"] } }],
    ["sysctls: {net.core.somaxconn: 1024}", { security: { sysctls: { "net.core.somaxconn": "1024" } } }],
    ["sysctls: ['net.core.somaxconn=1024']", { security: { sysctls: { "net.core.somaxconn": "1024" } } }],
    ["ipc: shareable", { namespaces: { ipc: "shareable" } }],
    ["ipc: container:db", { namespaces: { ipc: "container:db" } }],
    ["pid: host", { namespaces: { pid: "host" } }],
    ["uts: host", { namespaces: { uts: "host" } }],
    ["userns_mode: host", { namespaces: { userns: "host" } }],
    ["cgroup: private", { namespaces: { cgroup: "private" } }],
    ["cgroup_parent: m-executor", { namespaces: { cgroupParent: "m-executor" } }],
    [
      "init: true\ntty: 'true'\nstdin_open: false\nruntime: runc",
      {
        execution: { init: true, tty: true, stdinOpen: false, runtime: "runc" },
      },
    ],
    [
      "logging: {driver: json-file, options: {max-size: 10m, max-file: 3}}",
      {
        logging: { driver: "json-file", options: { "max-size": "10m", "max-file": "3" } },
      },
    ],
    ["logging: {options: {max-size: 10m}}", { logging: { options: { "max-size": "10m" } } }],
    ["logging: {}", {}],
    ["tmpfs: /run", { tmpfs: { "/run": "" } }],
    ["tmpfs: ['/run:size=64m,mode=1777', /tmp]", { tmpfs: { "/run": "size=64m,mode=1777", "/tmp": "" } }],
    ["annotations: {a: b}", { annotations: { a: "b" } }],
    ["annotations: [a=b, c]", { annotations: { a: "b", c: "" } }],
    ["volumes_from: ['container:other:ro', 'container:b']", { volumesFrom: ["other:ro", "b"] }],
    ["platform: linux/arm64/v8", { platform: "linux/arm64/v8" }],
    ["platform: linux/amd64", { platform: "linux/amd64" }],
    ["platform: linux/x86_64", { platform: "linux/amd64" }],
    ["platform: LINUX/aarch64", { platform: "linux/arm64" }],
    ["platform: armhf", { platform: "linux/arm/v7" }],
    ["platform: arm/v6", { platform: "linux/arm/v6" }],
    ["platform: linux", {}],
    ["hostname: web:8080", { naming: { hostname: "web:8080" } }],
    ["dns_search: ''", { naming: { dnsSearch: [""] } }],
    ["dns: ['', '1.1.1.1', '1.1.1.1']", { naming: { dns: ["1.1.1.1"] } }],
    ["cap_add: [ALL, NET_RAW, ALL]", { security: { capAdd: ["ALL", "NET_RAW"] } }],
    ["expose: [53/UDP]", { expose: [{ containerPort: 53, protocol: "udp" }] }],
    ["tmpfs: [/a, /a]", { tmpfs: { "/a": "" } }],
    [
      "devices: [/dev/a:/x, /dev/b:/x]",
      { devices: { mappings: [{ source: "/dev/b", target: "/x", permissions: "rwm" }] } },
    ],
    ["deploy: {labels: {a: b}}", {}],
    ["deploy:", {}],
  ])("%s", (lines, expected) => {
    expect(option(lines)).toEqual(expected);
  });

  it.each<[string, string]>([
    ["expose: ['80:80']", '"80:80" is not a port'],
    ["expose: ['0']", '"0" is not a port'],
    ["expose: ['80/icmp']", '"80/icmp" is not a port'],
    ["expose: ['80/tcp/x']", '"80/tcp/x" is not a port'],
    ["hostname: a b", '"a b" is not a host name'],
    [`hostname: ${"a.".repeat(33)}`, `"${"a.".repeat(33)}" is not a host name`],
    ["dns: one", '"one" is not an IP address'],
    ["group_add: ['1', '1']", '"1" is given twice'],
    ["dns: {}", "expected a string or a list of strings, found a mapping"],
    ["dns_opt: ndots:2", "expected a list, found a string"],
    ["extra_hosts: [a]", '"a" is not `host=address`'],
    ["extra_hosts: [a=b]", '"a=b" names no IP address'],
    ["extra_hosts: [1]", "expected `host=address`, found a number"],
    ["extra_hosts: {a: [b]}", '"b" names no IP address'],
    ["extra_hosts: {'a b': 1.1.1.1}", '"1.1.1.1" names no host'],
    ["mem_limit: 1x", '"1x" is not a size'],
    ["mem_limit: -1", "must be between 0 and 9007199254740991"],
    ["mem_limit: 1m", "is less than the engine's least, 6 MiB"],
    ["mem_limit: 99999p", '"99999p" is not a size'],
    ["memswap_limit: 1g", "needs a limit of memory too"],
    ["mem_limit: 1g\nmemswap_limit: 1m", "is less than the limit of memory"],
    ["mem_limit: 1g\nmem_reservation: 2g", "is more than the limit of memory"],
    ["mem_swappiness: 101", "must be between 0 and 100"],
    ["oom_score_adj: 1001", "must be between -1000 and 1000"],
    ["cpus: x", '"x" is not a number of processors'],
    ["cpus: -1", '"-1" is not a number of processors'],
    ["cpus: 1e9", '"1e9" is not a number of processors'],
    ["cpus: 1\ncpu_quota: 50000", "says the same as `cpus`"],
    ["cpus: 1\ncpu_period: 50000", "says the same as `cpus`"],
    ["cpu_shares: -1", "must be between 0 and 262144"],
    ["cpu_quota: 1h", '"1h" is not a whole number'],
    ["cpuset: 0..3", '"0..3" is not a set of processors'],
    ["pids_limit: -2", "must be between -1 and 4194304"],
    ["shm_size: big", '"big" is not a size'],
    ["ulimits: {nofiles: 1}", '"nofiles" is not a ulimit'],
    ["ulimits: {nofile: -2}", "must be between -1 and 9007199254740991"],
    ["ulimits: {nofile: {soft: 1}}", "`hard` is missing"],
    ["ulimits: {nofile: {soft: 2, hard: 1}}", "the soft limit is above the hard one"],
    ["ulimits: {nofile: {soft: -1, hard: 1}}", "the soft limit is above the hard one"],
    ["blkio_config: {weight: 9}", "must be between 10 and 1000"],
    ["blkio_config: {weight_device: [{path: /dev/sda}]}", "`weight` is missing"],
    ["blkio_config: {device_read_bps: [{path: sda, rate: 1}]}", '"sda" is not an absolute path'],
    ["blkio_config: {device_read_bps: [{rate: 1}]}", "`path` is missing"],
    ["blkio_config: {device_read_iops: [{path: /dev/sda, rate: 1k}]}", '"1k" is not a whole number'],
    ["mem_limit: 50m\ndeploy: {resources: {limits: {memory: 51M}}}", "differs from `deploy.resources.limits.memory`"],
    ["cpus: 1\ndeploy: {resources: {limits: {cpus: '2'}}}", "differs from `deploy.resources.limits.cpus`"],
    ["pids_limit: 1\ndeploy: {resources: {limits: {pids: 2}}}", "differs from `deploy.resources.limits.pids`"],
    [
      "mem_reservation: 8m\ndeploy: {resources: {reservations: {memory: 9m}}}",
      "differs from `deploy.resources.reservations.memory`",
    ],
    ["deploy: {resources: {reservations: {devices: [{count: 1}]}}}", "`capabilities` is missing"],
    ["deploy: {resources: {reservations: {generic_resources: []}}}", "not supported"],
    ["devices: [dev]", '"dev" is not a device'],
    ["devices: ['/dev/a:/dev/b:rwx']", '"/dev/a:/dev/b:rwx" is not a device'],
    ["devices: ['/dev/a:/dev/b:r:w']", '"/dev/a:/dev/b:r:w" is not a device'],
    ["devices: [1]", "expected a device, found a number"],
    ["devices: [{target: /dev/a}]", "`source` is missing"],
    ["device_cgroup_rules: ['c 1:3']", '"c 1:3" is not a device rule'],
    ["gpus: some", '"some" is not `all` or a list of GPUs'],
    ["gpus: [{count: 1, device_ids: ['0']}]", "stands beside `count`"],
    ["gpus: [{count: 0}]", "must be between 1 and 1000000"],
    ["cap_add: [NET_ADMN]", '"NET_ADMN" is not a capability'],
    ["security_opt: ['no-new-privileges', 'no-new-privileges']", '"no-new-privileges" is given twice'],
    ["security_opt: [no-privileges]", '"no-privileges" is not a security option'],
    [
      "security_opt: ['seccomp:./profile.json']",
      'there is no file "seccomp:./profile.json": looked for at profile.json',
    ],
    ["privileged: 1", "must be true or false"],
    ["sysctls: [a]", "one of them has no value"],
    ["ipc: hosts", '"hosts" is not one of none, private, shareable, host, service:NAME, container:NAME'],
    ["pid: private", '"private" is not one of host, service:NAME, container:NAME'],
    ["uts: private", '"private" is not one of host'],
    ["cgroup: shared", '"shared" is not one of host, private'],
    ["logging: {driver: ''}", "must not be empty"],
    ["tmpfs: run", '"run" is not an absolute path'],
    ["tmpfs: [/run, '/run:size=1m']", "another one has the same path"],
    ["volumes_from: ['container:a:x']", '"container:a:x" is not `SERVICE` or `container:NAME`'],
    ["platform: windows/amd64", '"windows/amd64" is not a platform of this engine'],
    ["platform: windows", '"windows" is not a platform'],
    ["platform: linux/amd64/v1/v2", '"linux/amd64/v1/v2" is not a platform'],
    ["pull_policy: allways", '"allways" is not a pull policy'],
    ["pull_policy: every_0s", '"every_0s" is not a pull policy'],
    ["network_mode: hosts", '"hosts" is not one of host, none, bridge, service:NAME, container:NAME'],
    ["deploy: {restart_policy: {condition: all}}", '"all" is not a condition'],
    ["deploy: {restart_policy: {max_attempts: 3}}", "the engine counts attempts after a failure only"],
  ])("%s is refused", (lines, complaint) => {
    expect(complaints(readService(lines))).toEqual([complaint]);
  });
});

describe("what near misses mean", () => {
  it.each([
    ["cap_add: [NET_ADMN]", 'did you mean "NET_ADMIN"?'],
    ["ulimits: {nofiles: 1}", 'did you mean "nofile"?'],
    ["ipc: hosts", 'did you mean "host"?'],
    ["platform: linux/arm46", 'did you mean "linux/arm64"?'],
    ["pull_policy: allways", 'did you mean "always"?'],
    ["network_mode: hots", 'did you mean "host"?'],
    ["volumes: ['./a:/a:nocpy']", 'did you mean "nocopy"?'],
    ["mem_limits: 1g", 'did you mean "mem_limit"?'],
    ["limits: {}", "it belongs under a service's `deploy.resources`"],
    ["max_attempts: 1", "it belongs under a service's `deploy.restart_policy`"],
  ])("%s", (line, hint) => {
    const result = readService(line);
    expect(result.ok ? [] : result.problems.map((problem) => problem.hint)).toEqual([hint]);
  });
});

describe("restart policies", () => {
  const restart = (lines: string) => serviceOf(readService(lines)).container.restart;

  it.each<[string, string, number]>([
    ["deploy: {restart_policy: {}}", "always", 0],
    ["deploy: {restart_policy: {condition: any}}", "always", 0],
    ["deploy: {restart_policy: {condition: none}}", "no", 0],
    ["deploy: {restart_policy: {condition: on-failure, max_attempts: 3}}", "on-failure", 3],
    ["deploy: {restart_policy: {condition: unless-stopped}}", "unless-stopped", 0],
    ["restart: always\ndeploy: {restart_policy: {condition: on-failure}}", "on-failure", 0],
  ])("%s", (lines, name, maximumRetryCount) => {
    expect(restart(lines)).toEqual({ name, maximumRetryCount });
  });

  it("warn where two are written and differ, and of what the engine has no word for", () => {
    const warnings = (lines: string) => readService(lines).warnings.map(({ path, message }) => `${path}: ${message}`);
    expect(warnings("restart: always\ndeploy: {restart_policy: {condition: any}}")).toEqual([]);
    expect(warnings("restart: 'no'\ndeploy: {restart_policy: {delay: 5s, window: 1m}}")).toEqual([
      "services.web.restart: does not count",
      "services.web.deploy.restart_policy.delay: has no effect here",
      "services.web.deploy.restart_policy.window: has no effect here",
    ]);
  });
});

describe("pull policies", () => {
  it.each([
    ["always", { kind: "always" }],
    ["never", { kind: "never" }],
    ["missing", { kind: "missing" }],
    ["if_not_present", { kind: "missing" }],
    ["daily", { kind: "every", periodMs: 86_400_000 }],
    ["weekly", { kind: "every", periodMs: 604_800_000 }],
    ["every_12h", { kind: "every", periodMs: 43_200_000 }],
    ["every_1w2d3h4m5s", { kind: "every", periodMs: 788_645_000 }],
  ])("%s", (written, expected) => {
    expect(serviceOf(readService(`pull_policy: ${written}`)).pullPolicy).toEqual(expected);
  });
});

describe("the network mode", () => {
  it.each<[string, ServiceSpec["networkMode"]]>([
    ["host", { kind: "host" }],
    ["none", { kind: "none" }],
    ["bridge", { kind: "bridge" }],
    ["container:vpn", { kind: "container", container: "vpn" }],
    ["service:vpn", { kind: "service", service: "vpn" }],
  ])("%s takes the place of networks", (written, mode) => {
    const spec = serviceOf(readService(`network_mode: ${written}`, {}, "  vpn: {image: vpn}\n"));
    expect(spec.networkMode).toEqual(mode);
    expect(spec.networks).toEqual([]);
  });

  it.each([
    ["network_mode: host\nnetworks: [default]\nlinks: [a]\nports: ['80:80']\nmac_address: 02:42:ac:11:00:02", 3],
    ["network_mode: none\nports: ['80']", 0],
    ["network_mode: bridge\nports: ['80:80']", 0],
    ["network_mode: bridge\nnetworks: [default]", 1],
    ["network_mode: host\nhostname: a\ndns: 1.1.1.1", 0],
    ["network_mode: container:a\nhostname: a\ndns: 1.1.1.1\nextra_hosts: [a=1.1.1.1]\nexpose: [80]\nports: [80]", 5],
    ["network_mode: service:a\nnetworks: [default]\ndomainname: a\ndns_opt: [a]\ndns_search: a", 4],
  ])("%j: %i keys cannot stand beside it", (lines, count) => {
    const refused = complaints(readService(lines, {}, "  a: {image: a}\n"));
    expect(refused).toHaveLength(count);
    expect(refused.every((message) => message.startsWith("cannot stand beside `network_mode: "))).toBe(true);
  });
});
