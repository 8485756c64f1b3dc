import type { Difference } from "./difference.js";
import type { Fields } from "./fields.js";

/** A way in which Fairlead's containers, networks and volumes are meant to be unlike those of Docker Compose. */
export interface IntendedDifference {
  /** The fields of the engine's answer, as a person would name them. */
  readonly where: string;
  readonly reason: string;
  /** Whether it is this difference, values and all; `theirs` and `ours` are the whole objects. */
  readonly covers: (difference: Difference, theirs: Fields, ours: Fields) => boolean;
}

const pinned = /^[^@]+@sha256:[0-9a-f]{64}$/;
const label = (name: string, kind: Difference["kind"] = "containers") =>
  kind === "containers" ? `Config.Labels.com.docker.compose.${name}` : `Labels.com.docker.compose.${name}`;
const isLabel = ({ field, kind }: Difference, ...names: readonly string[]) =>
  names.some((name) => field === label(name, kind));

/** In the order of `docs/compose-parity.md`, which is made from it. */
export const intendedDifferences: readonly IntendedDifference[] = [
  {
    where: "`Config.Image` and the label `com.docker.compose.image`",
    reason:
      "Fairlead creates from `repository@sha256:…`, never from a tag: what a tag stands for may change between pull and creation. Compose names the tag, and 2.40 puts the engine's image id in the label.",
    covers: (difference) =>
      (difference.field === "Config.Image" || isLabel(difference, "image")) && pinned.test(String(difference.ours)),
  },
  {
    where: "labels `fairlead.*`",
    reason: "They are how Fairlead knows its own containers again. Docker Compose has none of them.",
    covers: ({ field, theirs }) => /^(Config\.)?Labels\.fairlead\./.test(field) && theirs === undefined,
  },
  {
    where: "label `com.docker.compose.config-hash`",
    reason: "Each program hashes its own reading of the file, to know whether a container still fits it.",
    covers: (difference) => isLabel(difference, "config-hash"),
  },
  {
    where: "label `com.docker.compose.version`",
    reason: "It says whose labels they are. Fairlead writes a fixed version that tools know.",
    covers: (difference) => isLabel(difference, "version") && difference.ours !== undefined,
  },
  {
    where: "labels `com.docker.compose.project.working_dir`, `…config_files`, `…environment_file`",
    reason:
      "Fairlead leaves them out: it may run in a container of its own, or read from a git checkout, so that its paths mean nothing to a person on the host.",
    covers: (difference) =>
      isLabel(difference, "project.working_dir", "project.config_files", "project.environment_file") &&
      difference.ours === undefined,
  },
  {
    where: "label `com.docker.compose.depends_on`",
    reason:
      "2.40 keeps the order of services in it, for commands that are given no file. Fairlead always has the file.",
    covers: (difference) => isLabel(difference, "depends_on") && difference.ours === undefined,
  },
  {
    where: "`Name`",
    reason: "1.29 joins project, service and number by `_`; 2.40 and Fairlead by `-`.",
    covers: ({ peer, field, theirs, ours }) =>
      peer === "1.29" && field === "Name" && /^\/[\w.-]+_\d+$/.test(String(theirs)) && /-\d+$/.test(String(ours)),
  },
  {
    where: "`Config.AttachStdout`, `Config.AttachStderr`",
    reason: "2.40 notes that a terminal might want to attach. It has no effect on the container.",
    covers: ({ peer, field, theirs }) =>
      peer === "2.40" && (field === "Config.AttachStdout" || field === "Config.AttachStderr") && theirs === true,
  },
  {
    where: "`Config.StopTimeout`",
    reason: "Fairlead writes the default of 10 s out; Compose leaves it to the engine, whose default it is too.",
    covers: ({ field, theirs, ours }) => field === "Config.StopTimeout" && theirs === undefined && ours === 10,
  },
  {
    where: "`NetworkSettings.Networks.*.Aliases`",
    reason:
      "2.40 adds the container's name to the aliases. The engine answers to that name anyway, and Fairlead's containers change theirs.",
    covers: ({ peer, field, theirs, ours }, all) =>
      peer === "2.40" &&
      field.endsWith("/Aliases") &&
      JSON.stringify([...texts(ours), String(all.get("Name")).slice(1)].toSorted()) === JSON.stringify(theirs),
  },
  {
    where: "`NetworkSettings.Networks`",
    reason: "1.29 joins a container's further networks only when it is started; Fairlead and 2.40 before.",
    covers: ({ peer, field, theirs }, all) => {
      const network = /^(NetworkSettings\.Networks\..*)\//.exec(field)?.[1];
      const joined = [...all.keys()].some((key) => key.startsWith(`${network}/`));
      return peer === "1.29" && network !== undefined && theirs === undefined && !joined;
    },
  },
  {
    where: "`NetworkSettings.Networks.*.Links`, `…Aliases` of `links`",
    reason:
      "2.40 has the engine keep a name for one container's use, which stands for the other container of that moment. Fairlead's containers change: the alias is a name of the other service, for all on the network.",
    covers: ({ field, theirs, ours }, all) =>
      (field.endsWith("/Links") && theirs !== undefined && ours === undefined) ||
      (field.endsWith("/Aliases") &&
        texts(theirs).every((name) => name === String(all.get("Name")).slice(1) || texts(ours).includes(name))),
  },
  {
    where: "`HostConfig.PortBindings` beside `network_mode: host` or `none`",
    reason: "The engine takes them from 2.40 and does nothing with them; Fairlead leaves them out.",
    covers: ({ field, ours }, _, all) =>
      field.startsWith("HostConfig.PortBindings.") &&
      ours === undefined &&
      ["host", "none"].includes(String(all.get("HostConfig.NetworkMode"))),
  },
  {
    where: "`HostConfig.PortBindings` of `protocol: UDP`",
    reason: "2.40 hands the protocol over as it is written; Fairlead writes it small.",
    covers: ({ field, theirs, ours }, before, after) => {
      if (!field.startsWith("HostConfig.PortBindings.") || (theirs !== undefined && ours !== undefined)) return false;
      const bound = (fields: Fields) => [...fields].find(([key]) => key.toLowerCase() === field.toLowerCase())?.[1];
      return JSON.stringify(bound(before)) === JSON.stringify(bound(after));
    },
  },
  {
    where: "`HostConfig.NetworkMode` of `network_mode: default`",
    reason: "The engine's default is its bridge; Fairlead says so.",
    covers: ({ field, theirs, ours }) =>
      field === "HostConfig.NetworkMode" && theirs === "default" && ours === "bridge",
  },
  {
    where: "`HostConfig.NetworkMode` of `network_mode: service:…`",
    reason: "1.29 can name only a container that runs, and nothing runs in this comparison; Fairlead and 2.40 name it.",
    covers: ({ peer, field, theirs }, _, all) =>
      peer === "1.29" &&
      /^container:/.test(String(all.get("HostConfig.NetworkMode"))) &&
      (field === "HostConfig.NetworkMode"
        ? theirs === "default"
        : field.startsWith("NetworkSettings.Networks.bridge/")),
  },
  {
    where: "`NetworkSettings.Networks.*.IPAMConfig.LinkLocalIPs`",
    reason: "1.29 forgets `link_local_ips` for the network that a container joins at its creation.",
    covers: ({ peer, field, theirs }) =>
      peer === "1.29" && field.endsWith("/IPAMConfig.LinkLocalIPs") && theirs === undefined,
  },
  {
    where: "`NetworkSettings.Networks.*.MacAddress`",
    reason:
      "Fairlead asks for a `mac_address` in the network's settings too, where engines from API 1.44 look for it; Compose asks older ones only in `Config.MacAddress`, which is equal.",
    covers: ({ field, theirs, ours }, _, all) =>
      field.endsWith("/MacAddress") && theirs === "" && ours === all.get("Config.MacAddress"),
  },
  {
    where: "`HostConfig.IpcMode`, `HostConfig.PidMode` of `service:…`",
    reason: "The same: 1.29 can name only a container that runs.",
    covers: ({ peer, field, theirs, ours }) =>
      peer === "1.29" &&
      (field === "HostConfig.IpcMode" || field === "HostConfig.PidMode") &&
      (theirs === "private" || theirs === "shareable" || theirs === "") &&
      /^container:/.test(String(ours)),
  },
  {
    where: "`HostConfig.VolumesFrom`",
    reason:
      "1.29 writes the other container's id instead of its name, and `:rw` beside a service's. 2.40 loses the `:ro` of a container or a service, so that what should be read-only is not (`Mounts[].RW`).",
    covers: ({ peer, field, theirs, ours }, before, after) => {
      const [was, is] = [texts(before.get("HostConfig.VolumesFrom")), texts(after.get("HostConfig.VolumesFrom"))];
      if (peer === "1.29") {
        const modes = (from: readonly string[]) =>
          from
            .map((name) => name.replace(/^[^:]*(:rw$)?/, ""))
            .toSorted()
            .join();
        return field === "HostConfig.VolumesFrom" && modes(was) === modes(is);
      }
      const lost = is.some((from) => from.endsWith(":ro")) && !was.some((from) => from.endsWith(":ro"));
      return (
        lost &&
        (field === "HostConfig.VolumesFrom" || (/^Mounts\..*\.RW$/.test(field) && theirs === true && ours === false))
      );
    },
  },
  {
    where: "`HostConfig.Binds`, `HostConfig.Mounts`, `Config.Volumes`",
    reason:
      "The engine takes one wish in several forms. What each asks for, and what becomes of it (`Mounts`), is compared, and is equal but for the entries that follow.",
    covers: ({ field }) => ["HostConfig.Binds", "HostConfig.Mounts", "Config.Volumes"].includes(field),
  },
  {
    where: "mounts of `configs`",
    reason: "1.29 leaves `configs` out with a warning; Fairlead and 2.40 mount their files, read-only.",
    covers: ({ peer, field }, before, after) => {
      const [, target = ""] = /^(?:Mounts|Requested)\.(.*)\.\w+$/.exec(field) ?? [];
      const isThere = [...before.keys()].some((key) => key.startsWith(`Mounts.${target}.`));
      return peer === "1.29" && target !== "" && !isThere && after.get(`Requested.${target}.ReadOnly`) === true;
    },
  },
  {
    where: "`Mounts[].Mode`",
    reason: "It repeats the words in which a mount was asked for; `RW` and `Propagation` say what it is.",
    covers: ({ field }) => /^Mounts\..*\.Mode$/.test(field),
  },
  {
    where: "a missing host path of a long-form bind",
    reason:
      "The specification has it created unless `create_host_path` is false, and so does Fairlead. 1.29 never does; 2.40 cannot beside other options of the mount on engines before API 1.42.",
    covers: ({ field, theirs, ours }) =>
      /^Requested\..*\.CreateMountpoint$/.test(field) && theirs === undefined && ours === true,
  },
  {
    where: "`HostConfig.RestartPolicy.Name`",
    reason: "Fairlead writes `no` where the file asks for nothing; the engine takes an empty name for that too.",
    covers: ({ field, theirs, ours }) => field === "HostConfig.RestartPolicy.Name" && theirs === "" && ours === "no",
  },
  {
    where: "`HostConfig.NetworkMode`",
    reason:
      "1.29 joins the network first that is written first, 2.40 and Fairlead the one of the highest `priority`, then the first by name. All of them are joined.",
    covers: ({ peer, field, theirs, ours }, _, all) =>
      peer === "1.29" &&
      field === "HostConfig.NetworkMode" &&
      [theirs, ours].every((name) =>
        [...all.keys()].some((key) => key.startsWith(`NetworkSettings.Networks.${String(name)}/`)),
      ),
  },
  {
    where: "`Config.ExposedPorts`",
    reason:
      "2.40 hands `expose` over as it is written; Fairlead and 1.29 add the protocol, small, and write ranges out.",
    covers: ({ peer, field, theirs, ours }) =>
      peer === "2.40" &&
      field === "Config.ExposedPorts" &&
      JSON.stringify(writtenOut(texts(theirs))) === JSON.stringify(ours),
  },
  {
    where: "`HostConfig.CapAdd`, `HostConfig.CapDrop`",
    reason: "2.40 writes `NET_ADMIN` as `CAP_NET_ADMIN`; the engine understands both.",
    covers: ({ peer, field, theirs, ours }) =>
      peer === "2.40" &&
      (field === "HostConfig.CapAdd" || field === "HostConfig.CapDrop") &&
      JSON.stringify(theirs) === JSON.stringify(texts(ours).map(prefixed).toSorted()),
  },
  {
    where: "`HostConfig.DeviceRequests`",
    reason: "2.40 adds the capability `gpu` to those of `gpus`, also where it is among them already.",
    covers: ({ peer, field, theirs, ours }) =>
      peer === "2.40" &&
      field === "HostConfig.DeviceRequests" &&
      JSON.stringify(theirs).replace('"gpu","gpu"', '"gpu"') === JSON.stringify(ours),
  },
  {
    where: "`IPAM.Options` of a network",
    reason: "2.40 forgets the `options` of `ipam`; 1.29 and Fairlead hand them over.",
    covers: ({ peer, kind, field, theirs }) =>
      peer === "2.40" && kind === "networks" && field.startsWith("IPAM.Options.") && theirs === undefined,
  },
  {
    where: "`Attachable` of a network",
    reason: "1.29 says yes unless asked; it has a meaning in a Swarm only.",
    covers: ({ peer, kind, field, theirs, ours }) =>
      peer === "1.29" && kind === "networks" && field === "Attachable" && theirs === true && ours === false,
  },
];

/** A list that one side may lack. */
function texts(value: unknown): readonly string[] {
  return (value ?? []) as readonly string[];
}

function prefixed(capability: string): string {
  const name = capability.toUpperCase();
  return name === "ALL" || name.startsWith("CAP_") ? name : `CAP_${name}`;
}

/** `80` is `80/tcp`, and `90-91/udp` is `90/udp` and `91/udp`. */
function writtenOut(ports: readonly string[]): readonly string[] {
  const all = ports.flatMap((port) => {
    const [numbers = "", protocol = "tcp"] = port.split("/");
    const [first = 0, last = first] = numbers.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => `${first + index}/${protocol.toLowerCase()}`);
  });
  return all.toSorted();
}
