import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { assertKnown } from "../../../proxy/strange.js";
import type { FairleadProcess } from "../../../sandbox/fairlead.js";
import {
  killingProxy,
  type EngineCall,
  type KillingProxy,
  type Phase,
} from "../../../sandbox/proxies/killing-proxy.js";

/** A place in a rollout at which Fairlead dies. */
export interface Moment {
  /** The n-th changing engine call from now on, from 1. */
  readonly n: number;
  /** Before the engine has heard of it, or after it has done it and before Fairlead knows. */
  readonly phase: Phase;
}

export interface Doom {
  readonly host: `unix://${string}`;
  readonly proxy: KillingProxy;
  /** From now on the n-th changing call is the last thing this Fairlead does. */
  arm(moment: Moment, victim: () => FairleadProcess): void;
  disarm(): void;
  /** The call at which it died; undefined as long as it lives. */
  struck(): EngineCall | undefined;
  close(): Promise<void>;
}

/** The engine's socket, with a SIGKILL waiting at one of its calls. */
export async function doomedEngine(engineHost: string): Promise<Doom> {
  const folder = await mkdtemp(`${tmpdir()}/fairlead-doom-`);
  let armed: { readonly moment: Moment; readonly victim: () => FairleadProcess } | undefined;
  let struck: EngineCall | undefined;
  const proxy = await killingProxy({
    socket: `${folder}/docker.sock`,
    upstreamSocket: engineHost.slice("unix://".length),
    onChangingCall: async (n, call, phase) => {
      if (struck !== undefined && armed !== undefined) return "drop";
      if (armed?.moment.n !== n || armed.moment.phase !== phase) return undefined;
      struck = call;
      await armed.victim().kill("SIGKILL");
      return "drop";
    },
  });
  return {
    host: proxy.host,
    proxy,
    arm: (moment, victim) => {
      proxy.reset();
      struck = undefined;
      armed = { moment, victim };
    },
    disarm: () => {
      armed = undefined;
    },
    struck: () => struck,
    close: async () => {
      await proxy.stop();
      assertKnown(proxy.made);
      await rm(folder, { recursive: true });
    },
  };
}
