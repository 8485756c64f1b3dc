import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { openTls } from "../../../../src/http/tls/open.js";
import type { Pair } from "../../../../src/http/tls/pair.js";
import { memoryLog } from "../harness.js";
import { dayMs, encrypted, filesOf, make, type Made, memoryTelemetry, temporaryFolder } from "./certificates.js";
import { eventually } from "../../../eventually.js";

const [first, second] = [make(), make()];
const pollMs = 10;

async function kept(files: ReturnType<typeof filesOf>, now: () => number = Date.now) {
  const [log, telemetry, taken] = [memoryLog(), memoryTelemetry(), [] as Pair[]];
  const pair = await openTls(files, { data: files.folder, names: ["0.0.0.0"], log, telemetry, now, pollMs });
  const end = new AbortController();
  onTestFinished(() => {
    end.abort();
  });
  pair.watch((one) => taken.push(one), end.signal);
  const warnings = () => log.lines.filter(({ level }) => level === "warn");
  return {
    ...{ pair, log, telemetry, taken, warnings },
    untilTaken: (count = 1) => until(() => taken.length >= count),
    untilWarned: (count = 1) => until(() => warnings().length >= count),
    /** Long enough for several looks. */
    looks: () => new Promise((resolve) => setTimeout(resolve, 20 * pollMs)),
  };
}

async function until(fits: () => boolean): Promise<void> {
  await eventually(() => {
    expect(fits()).toBe(true);
  });
}

interface Place {
  readonly files: ReturnType<typeof filesOf>;
  readonly replace: (made: Made) => void;
}

/** The ways in which a pair is replaced, by whoever does that. */
const ways: Readonly<Record<string, () => Place>> = {
  "files that are written into": () => {
    const files = filesOf(first);
    return {
      files,
      replace: ({ cert, key }) => {
        writeFileSync(files.cert.path, cert);
        writeFileSync(files.key.path, key);
      },
    };
  },
  "files that are renamed, as acme.sh and lego do": () => {
    const files = filesOf(first);
    return {
      files,
      replace: ({ cert, key }) => {
        for (const [{ path }, text] of [
          [files.cert, cert],
          [files.key, key],
        ] as const) {
          writeFileSync(`${path}.new`, text);
          renameSync(`${path}.new`, path);
        }
      },
    };
  },
  "links to numbered files, as certbot does": () => {
    const files = filesOf(first);
    return {
      files,
      replace: ({ cert, key }) => {
        for (const [{ path }, text] of [
          [files.cert, cert],
          [files.key, key],
        ] as const) {
          writeFileSync(`${path}.2`, text);
          rmSync(path);
          symlinkSync(`${path}.2`, path);
        }
      },
    };
  },
  "a link to a folder, as Kubernetes does": () => {
    const root = temporaryFolder();
    const version = (name: string, made: Made) => {
      mkdirSync(join(root, name));
      filesOf(made, join(root, name));
      symlinkSync(name, join(root, "..data.new"));
      renameSync(join(root, "..data.new"), join(root, "..data"));
    };
    version("one", first);
    symlinkSync("..data/fullchain.pem", join(root, "fullchain.pem"));
    symlinkSync("..data/key.pem", join(root, "key.pem"));
    const files = {
      kind: "files" as const,
      folder: root,
      cert: { path: join(root, "fullchain.pem"), place: "tls.cert" },
      key: { path: join(root, "key.pem"), place: "tls.key" },
    };
    return {
      files,
      replace: (made) => {
        version("two", made);
      },
    };
  },
};

describe("a pair that is replaced is taken", () => {
  test.each(Object.entries(ways))("%s", async (_name, place) => {
    const { files, replace } = place();
    const { pair, taken, untilTaken, log, telemetry, warnings } = await kept(files);
    const before = pair.pair.fingerprint;
    replace(second);
    await untilTaken();
    expect(taken).toEqual([pair.pair]);
    expect(pair.pair).toMatchObject({ chain: second.cert });
    expect(pair.pair.fingerprint).not.toBe(before);
    expect(warnings()).toEqual([]);
    expect(log.lines.at(-1)).toMatchObject({ level: "info", fields: { fingerprint: pair.pair.fingerprint } });
    expect(telemetry).toMatchObject({ ends: pair.pair.notAfter / 1000, refused: false });
  });

  test("also where only the chain above it is another one", async () => {
    const files = filesOf(first);
    const { pair, untilTaken } = await kept(files);
    writeFileSync(files.cert.path, `${first.cert}${second.cert}`);
    await untilTaken();
    expect(pair.pair.chain).toBe(`${first.cert}${second.cert}`);
  });
});

/** What may stand there for a while; each is no pair. */
const halves: Readonly<Record<string, (files: ReturnType<typeof filesOf>) => void>> = {
  "the new certificate and the old key": ({ cert }) => {
    writeFileSync(cert.path, second.cert);
  },
  "the old certificate and the new key": ({ key }) => {
    writeFileSync(key.path, second.key);
  },
  "half a certificate": ({ cert }) => {
    writeFileSync(cert.path, second.cert.slice(0, 300));
  },
  "half a key": ({ key }) => {
    writeFileSync(key.path, second.key.slice(0, 100));
  },
  "an empty certificate": ({ cert }) => {
    writeFileSync(cert.path, "");
  },
  "an empty key": ({ key }) => {
    writeFileSync(key.path, "");
  },
  "no certificate": ({ cert }) => {
    rmSync(cert.path);
  },
  "no key": ({ key }) => {
    rmSync(key.path);
  },
  "a folder": ({ cert }) => {
    rmSync(cert.path);
    mkdirSync(cert.path);
  },
  "a link that leads nowhere": ({ key }) => {
    rmSync(key.path);
    symlinkSync("nowhere.pem", key.path);
  },
  "an encrypted key": ({ cert, key }) => {
    writeFileSync(cert.path, second.cert);
    writeFileSync(key.path, encrypted(second, "pkcs8"));
  },
  "the two of them swapped": ({ cert, key }) => {
    writeFileSync(cert.path, second.key);
    writeFileSync(key.path, second.cert);
  },
  "one that has expired": (files) => {
    filesOf(make({ from: Date.now() - 9 * dayMs, until: Date.now() - dayMs }), files.folder);
  },
  "one that is not valid yet": (files) => {
    filesOf(make({ from: Date.now() + dayMs }), files.folder);
  },
};

describe("never taken, told once, and the one before stays in use", () => {
  test.each(Object.entries(halves))("%s", async (_name, breakIt) => {
    const files = filesOf(first);
    const { pair, taken, telemetry, warnings, untilWarned, untilTaken, looks } = await kept(files);
    breakIt(files);
    await untilWarned();
    await looks();
    expect(warnings()).toEqual([
      {
        level: "warn",
        fields: { error: expect.stringContaining("tls.") as string, remedy: expect.stringMatching(/./) as string },
        message: "the new certificate is not taken: the one before stays in use",
      },
    ]);
    expect([taken, pair.pair.chain, telemetry.refused]).toEqual([[], first.cert, true]);
    for (const { path } of [files.cert, files.key]) rmSync(path, { recursive: true, force: true });
    filesOf(second, files.folder);
    await untilTaken();
    expect([pair.pair.chain, telemetry.refused]).toEqual([second.cert, false]);
  });

  test("until the old pair is put back", async () => {
    const files = filesOf(first);
    const { taken, telemetry, untilWarned } = await kept(files);
    writeFileSync(files.key.path, second.key);
    await untilWarned();
    writeFileSync(files.key.path, first.key);
    await until(() => !telemetry.refused);
    expect(taken).toEqual([]);
  });

  test("until its time has come, though nobody touches it", async () => {
    const clock = { now: Date.now() };
    const files = filesOf(first);
    const { pair, untilWarned, untilTaken } = await kept(files, () => clock.now);
    const later = make({ from: clock.now + dayMs });
    filesOf(later, files.folder);
    await untilWarned();
    clock.now += dayMs + 1000;
    await untilTaken();
    expect(pair.pair.chain).toBe(later.cert);
  });

  test("a chain that is written certificate by certificate is taken once it is left alone", async () => {
    const files = filesOf(first);
    const { taken, untilTaken } = await kept(files);
    writeFileSync(files.key.path, second.key);
    const parts = [second.cert, first.cert, make().cert];
    // Faster than it is looked: what is there in between is never the same twice.
    for (let count = 1; count <= 60; count += 1) {
      writeFileSync(files.cert.path, parts.slice(0, 1 + (count % 3)).join(""));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    writeFileSync(files.cert.path, parts.join(""));
    await untilTaken();
    expect(taken.map(({ chain }) => chain)).toEqual([parts.join("")]);
  });
});

describe("at the start", () => {
  test.each(Object.entries(halves).filter(([name]) => !name.startsWith("one that")))(
    "%s: refused",
    async (_name, breakIt) => {
      const files = filesOf(first);
      breakIt(files);
      await expect(kept(files)).rejects.toMatchObject({
        code: "ConfigInvalid",
        message: expect.stringMatching(/tls\.(?:cert|key): /) as string,
        remedy: expect.stringMatching(/./) as string,
      });
    },
  );

  test.each([
    ["that has expired", { from: Date.now() - 9 * dayMs, until: Date.now() - dayMs }, /^the certificate has expired/],
    [
      "whose time has not come, as where a clock is wrong",
      { from: Date.now() + dayMs },
      /^the certificate is not valid yet/,
    ],
  ])("one %s is better than none: used, with a warning", async (_name, validity, error) => {
    const { pair, warnings, looks } = await kept(filesOf(make(validity)));
    await looks();
    expect(pair.pair.pin).toBeDefined();
    expect(warnings()).toMatchObject([{ fields: { error: expect.stringMatching(error) as string } }]);
  });
});

test("the one in use comes to its end: told once", async () => {
  const clock = { now: Date.now() };
  const files = filesOf(make({ until: clock.now + dayMs }));
  const { warnings, untilWarned, looks } = await kept(files, () => clock.now);
  expect(warnings()).toEqual([]);
  clock.now += 2 * dayMs;
  await untilWarned();
  await looks();
  expect(warnings()).toMatchObject([{ message: "senders that check it refuse TLS" }]);
});

test("no line holds anything of a key", async () => {
  const files = filesOf(first);
  const { log, untilWarned } = await kept(files);
  writeFileSync(files.key.path, second.key.replace("-----END", "-----"));
  writeFileSync(files.cert.path, second.key);
  await untilWarned();
  const said = JSON.stringify(log.lines);
  for (const { key } of [first, second]) expect(said).not.toContain(key.split("\n")[1]!.slice(0, 30));
});
