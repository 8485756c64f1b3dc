const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: "error",
  from: { path: `^src/${from}/` },
  to: { path: "^src/", pathNot: [`^src/${from}/`, ...allowed.map((path) => `^src/${path}`)] },
});
const house = ["errors\\.ts", "load-late\\.ts", "printable\\.ts"];

module.exports = {
  forbidden: [
    { name: "no-circle", severity: "error", from: {}, to: { circular: true } },
    { name: "no-orphan", severity: "error", from: { orphan: true, path: "^src/" }, to: {} },
    only("spec-stands-alone", "spec", house, "What we want depends on nothing but itself."),
    only(
      "plan-sees-spec",
      "plan",
      ["spec/", ...house],
      "The planner sees what we want and what is; no adapter, no clock.",
    ),
    only(
      "docker-sees-ports",
      "docker",
      ["spec/", "plan/", "control/ports\\.ts", ...house],
      "An adapter knows the interface it fills, nothing else.",
    ),
    only(
      "registry-sees-ports",
      "registry",
      ["spec/", "plan/", "control/ports\\.ts", ...house],
      "An adapter knows the interface it fills, nothing else.",
    ),
    only(
      "gate-sees-ports",
      "gate",
      ["spec/", "plan/", "control/ports\\.ts", ...house],
      "What a gate is and how it is spoken to; how a container is reached, it is told.",
    ),
    only(
      "source-sees-ports",
      "source",
      ["spec/", "plan/", "gate/", "control/ports\\.ts", ...house],
      "An adapter knows the interface it fills; what a file means includes the gates that follow from it.",
    ),
    only(
      "probe-sees-ports",
      "probe",
      ["spec/", "plan/", "control/ports\\.ts", ...house],
      "An adapter knows the interface it fills, nothing else.",
    ),
    only(
      "hostfiles-sees-ports",
      "hostfiles",
      ["spec/", "plan/", "control/ports\\.ts", ...house],
      "An adapter knows the interface it fills, nothing else.",
    ),
    only(
      "context-sees-ports",
      "context",
      ["spec/", "plan/", "control/ports\\.ts", ...house],
      "An adapter knows the interface it fills, nothing else.",
    ),
    only(
      "control-sees-ports",
      "control",
      ["spec/", "plan/", ...house],
      "The controller sees adapters only through control/ports.ts.",
    ),
    only(
      "http-sees-control",
      "http",
      ["spec/", "plan/", "control/", ...house],
      "The surface talks to the controller, never to an adapter.",
    ),
    only(
      "cli-sees-control",
      "cli",
      ["spec/", "plan/", "control/", "config\\.ts", "log\\.ts", ...house],
      "A verb gets its adapters from main.",
    ),
    {
      name: "plan-is-pure",
      comment: "No I/O, no clock, no packages in the planner.",
      severity: "error",
      from: { path: "^src/plan/" },
      to: { dependencyTypes: ["core", "npm"] },
    },
    {
      name: "gate-does-no-io",
      severity: "error",
      from: { path: "^src/gate/" },
      to: { dependencyTypes: ["core", "npm"] },
    },
    {
      name: "spec-is-pure",
      comment: "The specification does no I/O: callers hand it texts. node:crypto only hashes, node:path only joins.",
      severity: "error",
      from: { path: "^src/spec/" },
      to: { dependencyTypes: ["core"], pathNot: ["^(node:)?(crypto|path(/posix)?)$"] },
    },
    {
      name: "one-yaml-file",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/spec/yaml\\.ts$" },
      to: { path: "node_modules/js-yaml" },
    },
    {
      name: "one-engine-client",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/docker/" },
      to: { path: "node_modules/(dockerode|docker-modem)" },
    },
    {
      name: "one-metrics-file",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/metrics\\.ts$" },
      to: { path: "node_modules/prom-client" },
    },
    {
      name: "schedule-in-control",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/control/" },
      to: { path: "node_modules/node-cron" },
    },
    {
      name: "queues-where-work-is-bounded",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(control|registry|context)/" },
      to: { path: "node_modules/p-queue" },
    },
    {
      name: "express-in-http",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/http/" },
      to: { path: "node_modules/(express|helmet)" },
    },
    { name: "not-from-tests", severity: "error", from: { path: "^src/" }, to: { path: "^test/" } },
    {
      name: "no-dev-package",
      severity: "error",
      from: { path: "^src/" },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
    },
  },
};
