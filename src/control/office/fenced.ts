import type { Engine } from "../ports/engine.js";
import type { Gates } from "../ports/gates.js";
import type { Registry } from "../ports/registry.js";

/** The engine and its gates, for one who may act on them only while `assertHeld` does not throw. Looking is free. */
export function fenced(engine: Engine, assertHeld: () => Promise<void>): Engine {
  const once = async <T>(act: () => Promise<T>): Promise<T> => {
    await assertHeld();
    return act();
  };
  return {
    snapshot: (claim) => engine.snapshot(claim),
    doubt: (project, service) => {
      engine.doubt(project, service);
    },
    differences: (container, step) => engine.differences(container, step),
    likeness: (container, step) => engine.likeness(container, step),
    statMounted: (container, path) => engine.statMounted(container, path),
    createNetwork: (step) => once(() => engine.createNetwork(step)),
    removeNetwork: (id) => once(() => engine.removeNetwork(id)),
    createVolume: (step) => once(() => engine.createVolume(step)),
    pull: (reference, signal, platform, onNews) => once(() => engine.pull(reference, signal, platform, onNews)),
    build: (order, signal) => once(() => engine.build(order, signal)),
    tagImage: (source, tag) => once(() => engine.tagImage(source, tag)),
    createContainer: (step) => once(() => engine.createContainer(step)),
    createHelper: (step) => once(() => engine.createHelper(step)),
    writeFiles: (container, files) => once(() => engine.writeFiles(container, files)),
    connectNetwork: (container, endpoint) => once(() => engine.connectNetwork(container, endpoint)),
    disconnectNetwork: (container, network) => once(() => engine.disconnectNetwork(container, network)),
    rehearse: (step) => once(() => engine.rehearse(step)),
    startContainer: (container) => once(() => engine.startContainer(container)),
    stopContainer: (container, graceMs) => once(() => engine.stopContainer(container, graceMs)),
    signalContainer: (container, signal) => once(() => engine.signalContainer(container, signal)),
    setRestartPolicy: (container, policy) => once(() => engine.setRestartPolicy(container, policy)),
    renameContainer: (container, name) => once(() => engine.renameContainer(container, name)),
    removeContainer: (container, withVolumes) => once(() => engine.removeContainer(container, withVolumes)),
    removeImage: (reference) => once(() => engine.removeImage(reference)),
    logTail: (container, lines) => engine.logTail(container, lines),
    logs: (container, query, signal) => engine.logs(container, query, signal),
    locate: (container) => engine.locate(container),
    exec: (container, command, timeoutMs, settings) => once(() => engine.exec(container, command, timeoutMs, settings)),
    platform: () => engine.platform(),
    watch: (onEvent, signal) => engine.watch(onEvent, signal),
  };
}

/** The registry, of which anybody may ask anything. */
export function fencedRegistry<T extends Pick<Registry, "moveTag">>(registry: T, assertHeld: () => Promise<void>): T {
  return {
    ...registry,
    moveTag: async (image, tag, digest) => {
      await assertHeld();
      return registry.moveTag(image, tag, digest);
    },
  };
}

export function fencedGates(gates: Gates, assertHeld: () => Promise<void>): Gates {
  return {
    state: (container, now) => gates.state(container, now),
    setRoutes: async (container, routes) => {
      await assertHeld();
      await gates.setRoutes(container, routes);
    },
  };
}
