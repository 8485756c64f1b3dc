/*
 * Builds the program into dist/: a few files instead of a thousand, since each one costs a start time and memory. Names are
 * kept, so that a stack trace can be read without a source map. What only some runs need stays a file of its own, or a
 * package that is loaded when it is needed.
 */

import { chmodSync, cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { builtinsWhenUsed, fuse } from "./esbuild.fuse.config.js";

const { dependencies } = JSON.parse(readFileSync("package.json", "utf8"));

/** What each start needs. The other dependencies are loaded from node_modules, by those who need them. */
const inside = [
  ...["@opentelemetry/api", "@balena/dockerignore", "commander", "dockerode", "express", "express-rate-limit"],
  ...["helmet", "js-yaml", "node-cron", "p-queue", "picocolors", "pino", "prom-client", "zod"],
];

/**
 * What these load at once and is never called here: parsers of bodies and of nested queries (`http/web/` has its own ways),
 * sessions of builds with gRPC (`docker/build/session.ts` is ours), engines behind SSH, archives of folders.
 */
const leftOut = /\/node_modules\/(body-parser|qs|tar-fs|dockerode\/lib\/(session|buildkit)|docker-modem\/lib\/ssh)[/.]/;

/** What is loaded in part. */
const shortened = [
  // Messages in other languages than English.
  [/\/zod\/v4\/locales\/index\.js$/, () => 'export { default as en } from "./en.js";'],
  // The types of files that nobody asks for.
  [
    /\/mime-db\/index\.js$/,
    (path) => `module.exports = ${JSON.stringify(typesOf(["html", "json", "txt", "bin"], path))}`,
  ],
  // It is asked for minutes of UTC only.
  [/\/node-cron\/dist\/_shared\.js$/, (path) => `${onlyUtc}\n${readFileSync(path, "utf8")}`],
];
const utcFormat = JSON.stringify(join(import.meta.dirname, "src/control/time/utc-format.ts"));
const onlyUtc = `import { UtcFormat } from ${utcFormat}; const Intl = { DateTimeFormat: UtcFormat };`;

function typesOf(extensions, path) {
  const all = Object.entries(JSON.parse(readFileSync(join(dirname(path), "db.json"), "utf8")));
  return Object.fromEntries(all.filter(([, type]) => extensions.some((one) => type.extensions?.includes(one))));
}

const lessOfPackages = {
  name: "less-of-packages",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[^./]/ }, ({ path }) =>
      Object.hasOwn(dependencies, path) && !inside.includes(path) ? { path, external: true } : undefined,
    );
    onLoad({ filter: leftOut }, () => ({ contents: "module.exports = {}" }));
    for (const [filter, contents] of shortened) {
      onLoad({ filter }, ({ path }) => ({ contents: contents(path), resolveDir: dirname(path) }));
    }
  },
};

rmSync("dist", { recursive: true, force: true });
const common = {
  outdir: "dist",
  bundle: true,
  format: "esm",
  platform: "node",
  sourcemap: true,
  legalComments: "none",
};
// An old Node has to read this one, to say that it is too old.
await build({ ...common, entryPoints: ["src/main.ts"], target: "node12.20", external: ["./begin.js"] });
const { metafile } = await build({
  ...common,
  ...{ entryPoints: ["src/begin.ts"], chunkNames: "[name]-[hash]", splitting: true, target: "node20.19" },
  ...{ minifyWhitespace: true, minifySyntax: true, metafile: true },
  // Packages in the older form of modules ask for Node's own modules by it.
  banner: {
    js: 'import{createRequire as requireFrom}from"node:module";const require=(name)=>requireFrom(import.meta.url)(name);',
  },
  // Commander needs one of those that it names.
  plugins: [lessOfPackages, builtinsWhenUsed(/\/node_modules\/commander\//)],
});
const begun = await fuse(metafile, "src/begin.ts");
await fuse(metafile, "src/command-line.ts", begun);
chmodSync("dist/main.js", 0o755);
// What a browser loads with the page: read at the start, from beside the program.
cpSync("src/http/page/assets", "dist/assets", { recursive: true, filter: (path) => !path.endsWith(".json") });
writeFileSync("dist/licenses.txt", licences(Object.keys(metafile.inputs)));

/** What the authors of the packages inside ask to be handed on with them. */
function licences(files) {
  const folder = /^node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+/;
  const folders = new Set(files.filter((file) => !leftOut.test(`/${file}`)).flatMap((file) => folder.exec(file) ?? []));
  return [...folders]
    .sort()
    .map(licence)
    .join(`\n${"-".repeat(80)}\n\n`);
}

function licence(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
  const text = file === undefined ? "" : `\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
  return `${name} ${version} (${license})\n${text}`;
}
