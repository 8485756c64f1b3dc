import type { Gates } from "../../src/control/ports/gates.js";
import { FairleadError } from "../../src/errors.js";
import type { ObservedContainer, ObservedRoute } from "../../src/plan/model/host/observed.js";
import type { SimulatedEngine } from "./engine.js";

const seats = 8;

interface Way {
  address?: string;
  open: boolean;
  closedSince?: number;
}

interface Run {
  readonly startedAt: number | undefined;
  readonly routes: Map<string, Way>;
}

/**
 * The proxies of simulated gates. As a real one does, each begins with what its names lead to, and follows a name when
 * another container bears it.
 */
export class SimulatedGates implements Gates {
  /** What is under way behind each address. It ends when its container does. */
  readonly sessions = new Map<string, number>();
  /** Set: the gates do not answer. */
  silent = false;
  asked = 0;
  /** How often they were told of routes. */
  told = 0;
  readonly #runs = new Map<string, Run>();

  constructor(private readonly engine: SimulatedEngine) {}

  state: Gates["state"] = (id) =>
    this.#answer(id, (gate) => {
      this.asked += 1;
      const routes = [...this.#follow(gate).routes].map(([server, route]): ObservedRoute => {
        const sessions = route.address === undefined ? 0 : this.#underWay(route.address);
        return { server, ...route, sessions };
      });
      return { config: this.#config(gate), routes };
    });

  setRoutes: Gates["setRoutes"] = (id, routes) =>
    this.#answer(id, (gate) => {
      this.told += 1;
      const run = this.#follow(gate);
      for (const { server, ...route } of routes) {
        const known = run.routes.get(server);
        if (known === undefined) throw new FairleadError("EngineRefused", `${server} is not a server of ${gate.name}`);
        const closedSince = known.closedSince ?? this.engine.world.now();
        delete known.closedSince;
        Object.assign(known, route, route.open ? {} : { closedSince });
      }
    });

  /** The addresses that get work from this gate now. */
  openTo(name: string): readonly string[] {
    const gate = this.engine.world.host.containers.find((one) => one.name === name && one.state === "running");
    if (gate === undefined) return [];
    const open = [...this.#follow(gate).routes.values()].filter((route) => route.open);
    return open.flatMap(({ address }) => address ?? []);
  }

  #answer<T>(id: string, work: (gate: ObservedContainer) => T): Promise<T> {
    const gate = this.engine.world.find(id);
    if (this.silent || gate?.state !== "running") {
      return Promise.reject(new FairleadError("EngineUnreachable", "the gate does not answer"));
    }
    return Promise.resolve().then(() => work(gate));
  }

  /** As the first line of what was written into it says. */
  #config({ id }: ObservedContainer): string {
    const [text = ""] = [...(this.engine.world.filesOf(id)?.values() ?? [])].flatMap(({ content }) =>
      content.reveal().startsWith("# fairlead ") ? [content.reveal()] : [],
    );
    return text.split(" ")[2] ?? "";
  }

  #underWay(address: string): number {
    const isUp = this.engine.world.host.containers.some(
      (one) => one.state === "running" && this.#addressOf(one) === address,
    );
    return isUp ? (this.sessions.get(address) ?? 0) : 0;
  }

  #addressOf({ id }: ObservedContainer): string | undefined {
    return this.engine.world.addresses.firstOf(id);
  }

  #follow(gate: ObservedContainer): Run {
    const known = this.#runs.get(gate.id);
    const run = known !== undefined && known.startedAt === gate.startedAt ? known : begin(gate);
    this.#runs.set(gate.id, run);
    const base = `${gate.project}-${gate.gate?.of ?? ""}-`;
    for (const one of this.engine.world.host.containers) {
      const slot = one.name.startsWith(base) ? Number(one.name.slice(base.length)) : NaN;
      const route = run.routes.get(`slot${slot}`);
      const address = this.#addressOf(one);
      if (route !== undefined && one.state === "running" && address !== undefined) route.address = address;
    }
    return run;
  }
}

function begin({ startedAt }: ObservedContainer): Run {
  const numbers = Array.from({ length: seats }, (_, index) => index + 1);
  const slots = numbers.map((slot): [string, Way] => [`slot${slot}`, { open: true }]);
  const others = ["next", "spare"].flatMap((seat) =>
    numbers.map((slot): [string, Way] => [`${seat}${slot}`, { open: false }]),
  );
  return { startedAt, routes: new Map([...slots, ...others]) };
}
