import { z } from "zod";

/** The least that a manager's answers have to be to count as such, as for the engine's own (`client/answers.ts`). */
const text = z.string().nullish();
const number = z.number().nullish();
const flag = z.boolean().nullish();
const words = z.record(z.string(), z.string()).nullish();
const id = z.string().regex(/^[a-z0-9]{1,64}$/);
const part = <T extends z.ZodRawShape>(shape: T) => z.looseObject(shape).nullish();

const head = { ID: id, Version: z.looseObject({ Index: z.number() }), CreatedAt: text, UpdatedAt: text };

export const listedNodes = z.array(
  z.looseObject({
    ...head,
    Spec: z.looseObject({ Labels: words, Role: z.string(), Availability: z.string() }),
    Description: part({ Hostname: text, Platform: part({ Architecture: text, OS: text }) }),
    Status: part({ State: text }),
    ManagerStatus: part({ Leader: flag, Reachability: text }),
  }),
);

const reference = z.looseObject({ Target: z.string() });
const taskSpec = z.looseObject({
  ContainerSpec: part({ Image: text, Labels: words }),
  Networks: z.array(reference).nullish(),
});
const serviceSpec = z.looseObject({ Name: z.string().min(1), Labels: words, TaskTemplate: taskSpec });

export const listedServices = z.array(
  z.looseObject({
    ...head,
    Spec: serviceSpec,
    PreviousSpec: serviceSpec.nullish(),
    UpdateStatus: part({ State: text, StartedAt: text, CompletedAt: text, Message: text }),
  }),
);

export const listedTasks = z.array(
  z.looseObject({
    ...head,
    ServiceID: text,
    Slot: number,
    NodeID: text,
    DesiredState: z.string(),
    Spec: taskSpec,
    Status: z.looseObject({
      ...{ State: z.string(), Timestamp: text, Message: text, Err: text },
      ContainerStatus: part({ ContainerID: text, ExitCode: number }),
      PortStatus: part({
        Ports: z.array(z.looseObject({ Protocol: text, TargetPort: number, PublishedPort: number })).nullish(),
      }),
    }),
  }),
);

const content = z.looseObject({ ...head, Spec: z.looseObject({ Name: z.string().min(1), Labels: words, Data: text }) });
export const listedContents = z.array(content);
export const inspectedContent = content;

const network = z.looseObject({
  ...{ Id: z.string().min(1), Name: z.string().min(1), Driver: text, Scope: text, Options: words, Labels: words },
  ...{ Internal: flag, Attachable: flag },
});
export const seenNetworks = z.array(network);
export const seenNetwork = network;

export const createdObject = z.looseObject({ ID: id });
export const createdNetwork = z.looseObject({ Id: z.string().min(1) });

export type ListedNode = z.infer<typeof listedNodes>[number];
export type ListedService = z.infer<typeof listedServices>[number];
export type ListedSpec = z.infer<typeof serviceSpec>;
export type ListedTask = z.infer<typeof listedTasks>[number];
export type ListedContent = z.infer<typeof content>;
export type SeenNetwork = z.infer<typeof network>;
