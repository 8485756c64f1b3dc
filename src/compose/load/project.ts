/*
 * How several files become one document lives here, before anything in it is understood.
 */

import { posix } from "node:path";
import { given } from "../../tools/present.js";
import type { Ground } from "../document/ground.js";
import { openLibrary, type ReadText } from "../document/library.js";
import type { Node, Reading } from "../document/node.js";
import type { Decoded } from "../../tools/utf8.js";
import type { EngineKind } from "../values/engine.js";
import { openDocument, type ComposeText, type Shelf } from "./document.js";
import { mergeDocuments } from "./include.js";
import { nodeOf, openBudget } from "./tree.js";
import { variablesBelow } from "./variables.js";

/** The files of a project, and what they refer to. */
export interface ProjectSource extends Decoded {
  /** The project's own file as the user named it; its text is beside it. */
  readonly file: string;
  /** Further files that are merged over it, each over those before it. */
  readonly overrides?: readonly ComposeText[];
  /** Absolute: relative host paths begin here, and its last part names the project if the file does not. */
  readonly directory: string;
  /** What `${VAR}` refers to, before the project's `.env`. Its values never appear in a problem or warning. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absent: those of COMPOSE_PROFILES, in the environment or the project's `.env`. */
  readonly profiles?: readonly string[];
  /** Absent: there are no further files. */
  readonly readText?: ReadText;
  /** Absent: paths stand where they are written. */
  readonly ground?: Ground;
  /** What is to run it: what a file may ask for depends on it. Absent: `docker`. */
  readonly engine?: EngineKind;
}

export interface OpenProject {
  /** The merged document; undefined if there is none: that has been reported. */
  readonly root: Node | undefined;
  /** Something has been reported, and the document may lack what these services extend. Absent: it is whole. */
  readonly lacks?: ReadonlySet<string>;
  readonly reading: Reading;
  /** What the project's `.env` says of the project itself. */
  readonly dotenv: ReadonlyMap<string, string>;
}

/** Finds everything that belongs to a project, and merges it into one document. */
export function openProject(source: ProjectSource, known: Reading["variables"]): OpenProject {
  const {
    file,
    text,
    foreign,
    directory,
    overrides = [],
    readText = () => ({ missing: "ENOENT" }),
    ground,
    engine,
  } = source;
  const library = openLibrary(file, directory, readText);
  const blank: Reading = {
    file,
    directory,
    variables: known,
    problems: [],
    warnings: [],
    library,
    ...given({ ground, engine }),
  };
  const dotenv = posix.join(directory, ".env");
  const { lookUp, given: ofDotenv } = variablesBelow(blank, [{ path: dotenv }], known);
  const reading = { ...blank, variables: lookUp };
  if (ofDotenv.has("COMPOSE_FILE")) {
    const hint = "name a project's files with --file";
    const message = "has no effect";
    reading.warnings.push({ file: library.nameOf(dotenv), path: "COMPOSE_FILE", message, hint });
  }
  const before = reading.problems.length;
  const lost: Shelf["lost"] = { bases: new Set(), circles: new Set(), included: false };
  const shelf: Shelf = { reading, budget: openBudget(), opened: new Map(), lost };
  const own = { file, path: posix.join(directory, posix.basename(file)), text, ...given({ foreign }) };
  const documents = [own, ...overrides].map((each) => openDocument(shelf, each, { directory, variables: lookUp }));
  const complete = documents.filter((document) => document !== null);
  const merged = complete.length < documents.length ? undefined : mergeDocuments(shelf, complete, []);
  if (merged === undefined || lost.included) return { root: undefined, reading, dotenv: ofDotenv };
  const failed = reading.problems.length > before ? { lacks: lost.bases } : {};
  return { root: nodeOf(merged, "", reading), reading, dotenv: ofDotenv, ...failed };
}
