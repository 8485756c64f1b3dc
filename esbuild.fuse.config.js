/*
 * The last step of the build: what is loaded at each start becomes one file for the beginning and one for the verbs.
 */

import { rmSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

/**
 * Makes one file of all that is loaded together with the entry `source`, but for `done`. esbuild makes a file of each set of
 * modules that the same others need too, thirty of them for a verb that only asks, and each takes its time at each start. Those
 * others find what they need where it was. `outputs`: as esbuild tells them. Answers what is in the file.
 */
export async function fuse({ outputs }, source, done = new Set()) {
  const entry = Object.keys(outputs).find((path) => outputs[path].entryPoint === source);
  const whole = new Set();
  const take = (path) => {
    if (done.has(path) || whole.has(path)) return;
    whole.add(path);
    for (const { path: below, kind, external } of outputs[path].imports) {
      if (kind === "import-statement" && external !== true) take(below);
    }
  };
  take(entry);
  const nameOf = (path) => `./${path.slice("dist/".length)}`;
  const others = [...whole].filter((path) => path !== entry);
  const exports = (form) =>
    others.map((path, at) => {
      const names = outputs[path].exports.map((name) => form(name, `${name}$${at}`));
      return { path, names: names.join(",") };
    });
  const found = exports((name, unique) => `${name} as ${unique}`);
  await build({
    stdin: {
      contents: [
        `export * from "${nameOf(entry)}";`,
        ...found.map(({ path, names }) => `export {${names}} from "${nameOf(path)}";`),
      ].join("\n"),
      resolveDir: "dist",
    },
    ...{ outfile: entry, allowOverwrite: true, sourcemap: true, minifyWhitespace: true, minifySyntax: true },
    ...{ bundle: true, format: "esm", platform: "node", target: "node20.19", packages: "external" },
    plugins: [outside(new Set([...done].map(nameOf))), builtinsWhenUsed(/^/)],
  });
  for (const { path, names } of exports((name, unique) => `${unique} as ${name}`)) {
    writeFileSync(path, `export{${names}}from"${nameOf(entry)}";\n`);
    rmSync(`${path}.map`);
  }
  return whole;
}

/** What is in another file already, or is loaded when it is needed. */
function outside(files) {
  const setup = ({ onResolve }) => {
    onResolve({ filter: /^\./ }, ({ path, kind }) =>
      kind === "dynamic-import" || files.has(path) ? { path, external: true } : undefined,
    );
  };
  return { name: "outside", setup };
}

/**
 * Node's own modules, each loaded at its first use: `import` loads them at once, and then all that they would load later, for
 * a list of what they have. `importers`: for whom.
 */
export function builtinsWhenUsed(importers) {
  const setup = ({ onResolve, onLoad }) => {
    onResolve({ filter: /^node:/ }, ({ path, importer }) =>
      importers.test(importer) ? { path, namespace: "builtin" } : undefined,
    );
    onLoad({ filter: /^/, namespace: "builtin" }, ({ path }) => ({
      contents: `const get = (_, name) => process.getBuiltinModule("${path}")[name];
        module.exports = Object.create(new Proxy({}, { get }));`,
    }));
  };
  return { name: "builtins-when-used", setup };
}
