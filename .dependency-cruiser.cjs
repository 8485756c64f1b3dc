const rooms = require("./rooms.json");

const escaped = (path) => path.replaceAll(".", "\\.");
/** A folder without what lies below it: that has a row of its own. */
const inside = (folder) => `^src/${folder}/[^/]+$`;
const subFolders = (folder) => rooms.filter((room) => room.folder.startsWith(`${folder}/`)).map((room) => room.folder);

/** A row of `rooms.json` as a rule. A folder with sub-folders puts them together, and may import all of them. */
const rules = rooms.map(({ folder, may }) => {
  const folders = ["tools", ...may.filter((name) => !name.endsWith(".ts")), ...subFolders(folder)];
  const files = ["errors.ts", ...may.filter((name) => name.endsWith(".ts"))];
  return {
    name: `${folder}-imports`,
    comment: "The rooms and what each may import: rooms.json.",
    severity: "error",
    from: { path: inside(folder) },
    to: {
      path: "^src/",
      pathNot: [
        inside(folder),
        ...folders.map((name) => `^src/${name}/`),
        ...files.map((name) => `^src/${escaped(name)}$`),
      ],
    },
  };
});

module.exports = {
  forbidden: [
    { name: "no-circle", severity: "error", from: {}, to: { circular: true } },
    ...rules,
    {
      name: "every-file-has-a-room",
      comment: "A folder without a row in rooms.json has no rule.",
      severity: "error",
      from: { path: "^src/.+/", pathNot: rooms.map(({ folder }) => inside(folder)) },
      to: {},
    },
    {
      name: "no-orphan",
      comment: "The build gives utc-format.ts to node-cron.",
      severity: "error",
      from: { orphan: true, path: "^src/", pathNot: "^src/control/time/utc-format\\.ts$|/assets/" },
      to: {},
    },
    {
      name: "plan-is-pure",
      comment: "No I/O, no clock, no packages in the planner.",
      severity: "error",
      from: { path: "^src/plan/" },
      to: { dependencyTypes: ["core", "npm"] },
    },
    {
      name: "policy-is-pure",
      comment: "What may be asked of the host is judged without a look at it. The settings are read by zod.",
      severity: "error",
      from: { path: "^src/policy/", pathNot: "^src/policy/settings[.]ts$" },
      to: { dependencyTypes: ["core", "npm", "npm-dev"], pathNot: "^(node:)?path$" },
    },
    {
      name: "gate-does-no-io",
      severity: "error",
      from: { path: "^src/gate/" },
      to: { dependencyTypes: ["core", "npm"] },
    },
    {
      name: "compose-is-pure",
      comment: "The specification does no I/O: callers hand it texts. node:crypto only hashes, node:path only joins.",
      severity: "error",
      from: { path: "^src/compose/" },
      to: { dependencyTypes: ["core"], pathNot: ["^(node:)?(crypto|path(/posix)?)$"] },
    },
    {
      name: "one-yaml-room",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/compose/document/" },
      to: { path: "node_modules/js-yaml" },
    },
    {
      name: "one-engine-client",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/docker/" },
      to: { path: "node_modules/(dockerode|docker-modem)" },
    },
    {
      name: "metrics-in-one-room",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/metrics/" },
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
