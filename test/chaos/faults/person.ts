import type Docker from "dockerode";
import { pick } from "../fault.js";
import type { Fault, Moment } from "../fault.js";

type Act = (container: Docker.Container, moment: Moment, name: string) => Promise<unknown>;

const acts: readonly (readonly [name: string, text: string, act: Act, more?: Partial<Fault>])[] = [
  [
    "person-removes",
    "a person removes a container (`docker rm -f`)",
    (container) => container.remove({ force: true }),
    { removes: true },
  ],
  ["person-stops", "a person stops a container (`docker stop`)", (container) => container.stop({ t: 2 })],
  ["person-renames", "a person renames a container", (container, _, name) => container.rename({ name: `my-${name}` })],
  [
    "person-disconnects",
    "a person takes a container off its network",
    async (container, { play }) => {
      const { NetworkSettings } = await container.inspect();
      const [network] = Object.keys(NetworkSettings.Networks);
      if (network === undefined) return;
      await play.lane.docker.getNetwork(network).disconnect({ Container: container.id, Force: true });
    },
  ],
];

/** On the candidate or on what serves, whichever chance picks; what the engine refuses a person does not happen. */
export const personFaults: readonly Fault[] = acts.map(([name, text, act, more]) => ({
  name,
  text,
  ...more,
  strike: async (moment) => {
    const chosen = await pick(moment);
    if (chosen !== undefined) {
      await act(moment.play.lane.docker.getContainer(chosen.id), moment, chosen.name).catch(() => undefined);
    }
    return undefined;
  },
  heal: () => Promise.resolve(),
}));
