import { createHash } from "node:crypto";
import { parseImage, pinnedImage } from "../../src/compose/values/image.js";
import type { Digest } from "../../src/compose/values/image.js";
import { Secret } from "../../src/tools/secret.js";
import type { Stage, StageBehaviour } from "../contract/engine/stage.js";
import type { Behaviour, Command } from "./behaviour.js";
import { contextOf } from "./contexts.js";
import { SimulatedEngine } from "./engine.js";
import { SimulatedMarks } from "./marks.js";

/** The contract's stage on the simulator. */
export function simulatedStage(engine = new SimulatedEngine()): Stage {
  const { clock, counts } = engine;
  let published = 0;
  let port = 20_000;
  return {
    engine,
    marks: new SimulatedMarks(),
    publish: (behaviour) => {
      published += 1;
      const digest = `sha256:${createHash("sha256").update(String(published)).digest("hex")}` as Digest;
      const image = parseImage("registry.example/contract/app:latest");
      engine.publish(pinnedImage(image, digest), behaviourOf(behaviour));
      return Promise.resolve({ image, digest });
    },
    context: (files, dockerfile) => {
      const texts = Object.entries(files).map(([name, content]) => [name, content === true ? "a program" : content]);
      return Promise.resolve(contextOf(Object.fromEntries(texts) as Record<string, string>, dockerfile));
    },
    createForeign: (name, _image, network) => {
      const remove = engine.addForeign(name, network);
      return Promise.resolve(() => {
        remove();
        return Promise.resolve();
      });
    },
    compose: (name, spec, { digest }) => Promise.resolve(engine.addStranger(name, spec, digest)),
    fileIn: (container, path) => {
      const file = engine.world.fileIn(container, path);
      if (file === undefined) throw new Error(`nothing was written to ${path}`);
      const { content, mode, uid, gid } = file;
      return Promise.resolve({ content: content.reveal(), mode, uid, gid });
    },
    writeIn: (container, path, content) => {
      engine.world.writeFile(container, {
        origin: "",
        path,
        content: new Secret(content),
        mode: 0o644,
        uid: 0,
        gid: 0,
      });
      return Promise.resolve();
    },
    hostFile: (content) => {
      const path = `/srv/files/${published}`;
      published += 1;
      engine.files.replace(path, content);
      const replace = (next: string) => {
        engine.files.replace(path, next);
        return Promise.resolve();
      };
      return Promise.resolve({ path, replace });
    },
    occupyPort: (taken) => {
      engine.world.takenPorts.add(taken);
      return Promise.resolve(() => {
        engine.world.takenPorts.delete(taken);
        return Promise.resolve();
      });
    },
    freePort: () => Promise.resolve(port++),
    kill: (container) => {
      engine.kill(container);
      return Promise.resolve();
    },
    stopByHand: (container) => {
      engine.stopByHand(container);
      return Promise.resolve();
    },
    interrupt: (ms) => {
      engine.interrupt(ms);
      return Promise.resolve();
    },
    silence: () => {
      engine.silence();
      return Promise.resolve();
    },
    wait: (ms) => clock.advance(ms),
    counts: () => ({ lists: counts.lists, inspections: counts.inspections, otherLists: counts.otherLists }),
    close: () => Promise.resolve(),
  };
}

const whoAmI = 'echo "$(pwd) $(/bin/busybox id -u) $WHO $OWN ${OTHER-unset}"';

const hasRead = "sample v1: has read nothing";
const fatal = "sample v1: fatal: no configuration";
/** As in the sample image. */
const commands: Readonly<Record<string, Command>> = {
  "/bin/cat /site/healthz": { output: "ok" },
  "/bin/cat /nowhere": { exitCode: 1, output: "cat: can't open '/nowhere': No such file or directory" },
  [`/bin/sh -c ${whoAmI}`]: {
    output: ({ user = "0", workingDir = "/", environment = {} }, container) => {
      const all = { ...container, ...environment };
      const [who, own, other] = ["WHO", "OWN", "OTHER"].map((name) => all[name]?.reveal());
      return `${workingDir} ${user.split(":")[0] ?? ""} ${who ?? ""} ${own ?? ""} ${other ?? "unset"}`;
    },
  },
  "/bin/sleep 2": { lastsMs: 2_000 },
  "run /bin/cat /site/healthz": { output: "ok", lastsMs: 50 },
  "run /bin/cat /nowhere": { exitCode: 1, output: "cat: can't open '/nowhere': No such file or directory" },
};

function behaviourOf(behaviour: StageBehaviour): Behaviour {
  const output = ["sample v1: starting", "sample v1: listening on 8080"];
  const check = { commands, output, ...("check" in behaviour && !behaviour.check ? { check: "none" as const } : {}) };
  switch (behaviour.kind) {
    case "good":
      return { ...check, ...(behaviour.volumes === undefined ? {} : { volumes: behaviour.volumes }) };
    case "reads":
      return { commands, output: [...output, hasRead], signals: { SIGHUP: { output: hasRead } } };
    case "exits":
      return { ...check, exitsAfterMs: 50, exitCode: 1, output: output.slice(0, 1), errors: [fatal] };
    case "never-healthy":
      return { commands, healthyAfterMs: "never" };
    case "commandless":
      return { check: "none", refusedAtCreate: "No command specified" };
    case "unknown-user":
      return {
        check: "none",
        refusedAtStart: "unable to find user nobody-here: no matching entries in passwd file",
      };
    case "dies":
      return { commands, exitsAfterMs: behaviour.afterMs, exitCode: 1 };
  }
}
