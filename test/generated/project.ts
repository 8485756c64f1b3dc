import fc from "fast-check";
import { dump } from "js-yaml";
import { withVariables, type Environment } from "./interpolation.js";
import { groups, serviceValues, type Value } from "./service-values.js";

/** A project as a person might have written it, in one file or several. */
export interface GeneratedProject {
  /** By their paths below the project's directory. */
  readonly files: Readonly<Record<string, string>>;
  /** Those that `-f` names, each merged over those before it. */
  readonly named: readonly string[];
  readonly environment: Environment;
}

type Mapping = Readonly<Record<string, Value>>;
type Services = Readonly<Record<string, Mapping>>;

const keys = Object.keys(serviceValues);

/** Some keys with a value each; those that exclude each other never together. */
const partOfService = (most: number): fc.Arbitrary<Mapping> =>
  fc.uniqueArray(fc.constantFrom(...keys), { maxLength: most }).chain((chosen) => {
    const kept = chosen.filter(
      (key, index) =>
        !groups.some((group) => group.includes(key) && chosen.slice(0, index).some((other) => group.includes(other))),
    );
    return fc.record(Object.fromEntries(kept.map((key) => [key, serviceValues[key]!])));
  });

const service = (name: string, most = 6): fc.Arbitrary<Mapping> =>
  partOfService(most).map((part) => ({ ...("build" in part ? {} : { image: `registry.example/${name}:1` }), ...part }));

const declarations: Mapping = {
  networks: { default: { driver: "bridge" }, back: null, front: { labels: ["tier=front"] } },
  volumes: { data: null, more: { labels: { kind: "more" } } },
  configs: { text: { content: "some text" }, file: { file: "./conf.txt" } },
  secrets: { file: { file: "./secret.txt" }, variable: { environment: "SECRET" } },
};

const besides = {
  "conf.txt": "configured\n",
  "secret.txt": "hunter2\n",
  "one.env": "E1=1\nSHARED=one\n",
  "two.env": "E2='two $x'\nSHARED=two\n",
  "labels.env": "from.file=1\n",
};

/** `!reset` and `!override`, which stand before a value. */
const reset = "RESET_TAG";
const override = "OVERRIDE_TAG";

const changed = (part: Mapping): fc.Arbitrary<Mapping> =>
  fc.record(Object.fromEntries(Object.keys(part).map((key) => [key, fc.integer({ min: 0, max: 11 })]))).map((dice) =>
    Object.fromEntries(
      Object.entries(part).map(([key, value]) => {
        if (dice[key] === 0) return [key, reset];
        return [key, dice[key] === 1 && typeof value === "object" && value !== null ? { [override]: value } : value];
      }),
    ),
  );

/** What one service may say of another. */
const bonds: readonly Mapping[] = [
  {},
  {},
  { depends_on: ["db"] },
  { depends_on: { db: { condition: "service_healthy", restart: true } } },
  { depends_on: { db: { condition: "service_started", required: false } } },
  { pid: "service:db" },
  { volumes_from: ["db"] },
];

const base = fc
  .record({ web: service("web"), db: service("db", 4), bond: fc.constantFrom(...bonds) })
  .map(({ web, db, bond }): Services => ({ web: { ...web, ...bond }, db }));

interface Shape {
  readonly documents: Readonly<Record<string, Mapping>>;
  readonly named: readonly string[];
}

const single = base.map((services): Shape => ({
  documents: { "compose.yaml": { name: "generated", services, ...declarations } },
  named: ["compose.yaml"],
}));

const merged = fc
  .tuple(base, partOfService(5).chain(changed), partOfService(3))
  .map(([services, over, again]): Shape => ({
    documents: {
      "compose.yaml": { name: "generated", services, ...declarations },
      "over/over.yaml": { services: { web: over, job: { image: "registry.example/job", ...again } } },
    },
    named: ["compose.yaml", "over/over.yaml"],
  }));

const extending = fc.tuple(base, service("base", 5), fc.boolean()).map(([services, core, far]): Shape => {
  const { image, ...web } = services["web"]!;
  const child = { ...web, extends: far ? { file: "common/base.yaml", service: "core" } : { service: "core" } };
  return {
    documents: {
      "compose.yaml": {
        name: "generated",
        services: {
          ...services,
          web: child,
          ...(far ? {} : { core: { ...core, image: image ?? "registry.example/core" } }),
        },
        ...declarations,
      },
      ...(far ? { "common/base.yaml": { services: { core } } } : {}),
    },
    named: ["compose.yaml"],
  };
});

const including = fc.tuple(base, service("inner", 5)).map(([services, inner]): Shape => ({
  documents: {
    "compose.yaml": { name: "generated", include: ["inner/compose.yaml"], services, ...declarations },
    "inner/compose.yaml": { services: { inner }, ...declarations },
  },
  named: ["compose.yaml"],
}));

/** What both declare must be the same, and relative paths are not. */
function withoutShared(shape: Shape): Shape {
  const inner = shape.documents["inner/compose.yaml"];
  if (inner === undefined) return shape;
  const { configs: _configs, secrets: _secrets, ...rest } = inner;
  return { ...shape, documents: { ...shape.documents, "inner/compose.yaml": rest } };
}

/** Services, keys, merging and variables, all of them drawn. */
export const generatedProject: fc.Arbitrary<GeneratedProject> = fc
  .oneof(single, merged, extending, including.map(withoutShared))
  .chain(({ documents, named }) =>
    withVariables(documents).map(({ documents: templates, environment }) => ({
      files: {
        ...Object.fromEntries(
          ["", "common/", "inner/", "over/"].flatMap((folder) =>
            Object.entries(besides).map(([file, text]) => [`${folder}${file}`, text]),
          ),
        ),
        ".env": "FROM_DOTENV=from .env\n",
        ...Object.fromEntries(Object.entries(templates).map(([file, document]) => [file, render(document)])),
      },
      named,
      environment: { SECRET: "hunter3", ...environment },
    })),
  );

function render(document: unknown): string {
  return dump(document, { lineWidth: -1, noRefs: true })
    .replaceAll(reset, "!reset null")
    .replace(new RegExp(`\\n *${override}:`, "g"), ` !override`);
}
