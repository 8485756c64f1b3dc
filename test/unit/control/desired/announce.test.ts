import { expect, it } from "vitest";
import { announce } from "../../../../src/control/desired/announce.js";
import type { SourceSnapshot } from "../../../../src/control/ports/source.js";
import type { Telemetry } from "../../../../src/control/ports/telemetry.js";
import { silentLog } from "../../../../src/log.js";
import { Secret } from "../../../../src/tools/secret.js";

const telemetry = { fileProblems: () => undefined, fileForgotten: () => undefined } as unknown as Telemetry;

it("a warning is logged once for what it says, and never what is withheld of it", () => {
  const said: string[] = [];
  const log = { ...silentLog, warn: (fields: object, text: string) => said.push(`${JSON.stringify(fields)} ${text}`) };
  const blank: SourceSnapshot = { generation: 0, projects: [], problems: [], warnings: [], files: new Map() };
  const warning = { file: ".env", line: 1, column: 4, path: "PW", message: "empty", withheld: new Secret("hunter2") };
  const first = { ...blank, generation: 1, warnings: [warning] };
  const second = { ...blank, generation: 2, warnings: [warning, { ...warning, line: 2 }] };
  announce(first, blank, telemetry, log);
  announce(second, first, telemetry, log);
  announce({ ...second, generation: 3 }, second, telemetry, log);
  expect(said).toEqual(['{"file":".env"} .env:1:4: PW: empty', '{"file":".env"} .env:2:4: PW: empty']);
});
