import { describe, expect, it } from "vitest";
import type { ServiceSpec } from "../../../../src/compose/model/service.js";
import { emptyMemory } from "../../../../src/plan/model/desired.js";
import type { ObservedContainer } from "../../../../src/plan/model/host/observed.js";
import { claimOf } from "../../../../src/plan/model/host/resources.js";
import type { ResourceClaim } from "../../../../src/plan/model/host/resources.js";
import { viewOf } from "../../../../src/plan/model/view.js";
import { plan } from "../../../../src/plan/plan.js";
import { renderPlan } from "../../../../src/plan/steps/render.js";
import { containerIn, defaultNetwork, desire, hostWith, imageOf, specOf } from "../world.js";

const network = "shop_default";
const two = { network, address: "10.0.0.2" };
const dns = specOf({
  networks: [{ network: defaultNetwork, aliases: ["web"], settings: { ipv4Address: "10.0.0.2" } }],
});
const app = specOf({
  name: "app",
  networks: [{ network: defaultNetwork, aliases: ["app"], settings: { gatewayPriority: 1, ipv4Address: "10.0.0.9" } }],
});
const fixed = { fixedAddresses: [two] };
const borrower = (patch: Partial<ObservedContainer> = {}) =>
  containerIn("active", "a", 1, {
    ...{ id: "id-app", service: "app", name: "shop-app-1", networks: [{ network, aliases: ["app", "api"] }] },
    ...{ chosenAddresses: [two] },
    ...patch,
  });

function text(
  containers: readonly ObservedContainer[],
  { spec = dns, claims = [claimOf(dns), claimOf(app)] }: { spec?: ServiceSpec; claims?: readonly ResourceClaim[] } = {},
): string {
  const view = { ...viewOf(hostWith(containers, { images: [imageOf("b", [1, 2])] }), spec, new Map()), claims };
  return `\n${renderPlan(plan(desire("b", spec), view, emptyMemory))}\n`;
}

describe("an address that the engine has given to another one", () => {
  it("is left for its owner's start and no longer, and all else about the other one stays", () => {
    expect(text([borrower()])).toMatchInlineSnapshot(`
      "
      1. create shop-web-1.next from sha256:bbbbbbbbbbbb on shop_default as web (nothing of this service exists)
      2. tag acme/web@sha256:bbbbbbbbbbbb as fairlead/keep:shop.web.r3 (a tagged image survives an image prune)
      3. disconnect shop-app-1 from shop_default (10.0.0.2 is another one's by the file)
      4. start shop-web-1.next (it is to serve)
      5. connect shop-app-1 on shop_default as app, api (it goes on under another address)
      => continue: RolloutStarted: rolling out sha256:bbbbbbbbbbbb, stop-first: the service has the fixed address 10.0.0.2
      "
    `);
  });

  it("makes a start that was refused for it no failure", () => {
    const created = { state: "created", startedAt: undefined, startError: "Address already in use" } as const;
    const next = containerIn("next", "b", 1, { ...created, ...fixed });
    expect(text([next, borrower()])).toMatchInlineSnapshot(`
      "
      1. disconnect shop-web-1.next from shop_default (an alias can only be given on joining)
      2. connect shop-web-1.next on shop_default as web (it is to answer to web)
      3. disconnect shop-app-1 from shop_default (10.0.0.2 is another one's by the file)
      4. start shop-web-1.next (the engine could not start it: Address already in use)
      5. connect shop-app-1 on shop_default as app, api (it goes on under another address)
      => continue: RolloutStarted: the engine could not start it: Address already in use
      "
    `);
    expect(text([next])).toContain("remove shop-web-1.next");
  });

  it("is left too when its owner joins its network anew", () => {
    const running = containerIn("active", "b", 1, { networks: [] });
    expect(text([running, borrower()])).toMatchInlineSnapshot(`
      "
      1. disconnect shop-app-1 from shop_default (10.0.0.2 is another one's by the file)
      2. connect shop-web-1 on shop_default as web (it is to answer to web)
      3. connect shop-app-1 on shop_default as app, api (it goes on under another address)
      4. remove image fairlead/keep:shop.web.r2 (beyond keep: 1)
      => converged: Converged: shop-web-1 runs sha256:bbbbbbbbbbbb
      "
    `);
  });

  it("is its own where it is fixed to it, or its job's, and the controller's where that cannot do without", () => {
    const job = { phase: "before", index: 1, hash: "J", target: borrower().digest, timeoutMs: 1_000 } as const;
    const name = "shop-app.before.1";
    expect(text([borrower({ name, job })])).toContain(`disconnect ${name} from ${network}`);
    expect(text([borrower({ lifeline: "line" })])).toMatchInlineSnapshot(`
      "
      => wait: AddressConflict: address 10.0.0.2 on shop_default is that of shop-app-1 of shop/app
      "
    `);
  });
});

describe("on the first start", () => {
  const late = specOf({ name: "late", networks: [{ network: defaultNetwork, aliases: ["late"] }] });
  const coming = { ...claimOf(dns), isComing: true };
  const its = (claims: readonly ResourceClaim[], ...containers: readonly ObservedContainer[]) =>
    text(containers, { spec: late, claims: [claimOf(late), ...claims] });

  it("those with a fixed address come first", () => {
    expect(its([coming])).toMatchInlineSnapshot(`
      "
      => wait: WaitingForTurn: shop/web starts first: address 10.0.0.2 on shop_default is its own, and must not go to another
      "
    `);
    const up = containerIn("active", "b", 1, fixed);
    expect(its([coming], up), "once it has it").toContain("start shop-late-1.next");
    expect(its([claimOf(dns)]), "unless it does not come").toContain("start shop-late-1.next");
  });

  it("only those on a network of its own, in a family where it takes what it gets", () => {
    const elsewhere = { ...coming, addresses: [{ network: "other", address: "10.0.0.2" }] };
    expect(its([elsewhere])).toContain("start shop-late-1.next");
    const v6 = { ...coming, addresses: [{ network, address: "fd00::2" }] };
    expect(its([v6])).toContain("starts first");
    expect(text([], { spec: app, claims: [coming] })).toContain("start shop-app-1.next");
    expect(text([], { spec: app, claims: [v6] })).toContain("starts first");
  });

  it("not when it serves already", () => {
    const serving = containerIn("active", "a", 1, { id: "id-late", service: "late", name: "shop-late-1" });
    expect(its([coming], serving)).toContain("start shop-late-1.next");
  });
});
