#!/usr/bin/env node
import { program } from "./cli/program.js";
import { draftServices, pour, previewPlan, readTextIfAny, readVersion, sourceOf, startController } from "./wiring.js";
import { readConfig } from "./config.js";
import { createLog, silentLog } from "./log.js";

const environment = process.env;

process.exitCode = await program(
  {
    version: readVersion(),
    configure: (flags) => readConfig(flags, environment),
    start: (config) => startController(config, environment, createLog(config.logLevel, process.stdout.isTTY)),
    load: (config) => sourceOf(config, environment, silentLog).load(),
    draft: draftServices,
    preview: (config) => previewPlan(config, environment),
    terminal: process.stdout.isTTY,
    errorTerminal: process.stderr.isTTY,
    readText: readTextIfAny,
    print: (text) => process.stdout.write(`${text}\n`),
    pour: (texts) => pour(texts, process.stdout),
    complain: (text) => process.stderr.write(`${text}\n`),
  },
  process.argv,
);
