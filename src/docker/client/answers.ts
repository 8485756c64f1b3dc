import { z } from "zod";

/**
 * The least that an answer has to be to count as one: a proxy's page, an empty body or half an object says nothing about the
 * host. Fields come and go between versions of the engine; those that are read have to be of their type where they are there.
 */
const text = z.string().nullish();
const texts = z.array(z.string()).nullish();
const words = z.record(z.string(), z.string()).nullish();
const names = z.record(z.string(), z.unknown()).nullish();
const number = z.number().nullish();
const flag = z.boolean().nullish();
const id = z.string().min(1);
const part = <T extends z.ZodRawShape>(shape: T) => z.looseObject(shape).nullish();

const endpoint = z.looseObject({
  ...{ EndpointID: text, IPAddress: text, GlobalIPv6Address: text },
  IPAMConfig: part({ IPv4Address: text, IPv6Address: text }),
});
const endpoints = z.record(z.string(), endpoint.nullable()).nullish();
const binding = z.looseObject({ HostIp: text, HostPort: text });
const bindings = z.record(z.string(), z.array(binding).nullable()).nullish();

export const anything = z.looseObject({});

export const listedContainers = z.array(
  z.looseObject({
    ...{ Id: id, Names: texts, Image: text, ImageID: text, Created: number, State: text, Status: text, Labels: words },
    Ports: z.array(z.looseObject({ IP: text, PublicPort: number, Type: text })).nullish(),
    NetworkSettings: part({ Networks: endpoints }),
  }),
);

export const inspectedContainer = z.looseObject({
  ...{ Id: id, Name: text, Image: text, Created: text, RestartCount: number },
  State: part({
    ...{ Status: text, OOMKilled: flag, ExitCode: number, Error: text, StartedAt: text, FinishedAt: text },
    Health: part({ Status: text, Log: z.array(z.looseObject({ Start: text, End: text, Output: text })).nullish() }),
  }),
  Config: part({ Hostname: text, Image: text, Labels: words, Healthcheck: part({ Test: texts }), Volumes: names }),
  HostConfig: part({
    ...{ NetworkMode: text, IpcMode: text, PidMode: text, VolumesFrom: texts, PortBindings: bindings },
    LogConfig: part({ Type: text }),
    RestartPolicy: part({ Name: text, MaximumRetryCount: number }),
    Binds: texts,
    Mounts: z.array(z.looseObject({ Target: text })).nullish(),
  }),
  Mounts: z.array(z.looseObject({ Type: text, Name: text, Source: text, Destination: text, RW: flag })).nullish(),
  NetworkSettings: part({ Networks: endpoints, Ports: bindings }),
});

export const listedNetworks = z.array(
  z.looseObject({
    ...{ Id: id, Name: id, Driver: text, Options: words, Internal: flag, Attachable: flag, Labels: words },
    IPAM: part({ Driver: text, Options: words, Config: z.array(z.looseObject({ Subnet: text })).nullish() }),
  }),
);

const volume = z.looseObject({ Name: id, Driver: text, Options: words, Labels: words });
export const createdVolume = volume;
export const listedVolumes = z.looseObject({ Volumes: z.array(volume).nullable() });
export const listedImages = z.array(z.looseObject({ Id: id, RepoTags: texts, RepoDigests: texts }));
export const created = z.looseObject({ Id: id, Warnings: texts });
export const execState = z.looseObject({ Running: flag, ExitCode: number });
