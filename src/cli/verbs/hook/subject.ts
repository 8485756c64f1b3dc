import { parseImage } from "../../../compose/values/image.js";
import { quote } from "../../../tools/quote.js";
import { nearest } from "../../../tools/suggest.js";
import type { Config } from "../../../config/config.js";
import { asFairleadError, FairleadError } from "../../../errors.js";
import type { Subject } from "../../../http/delivery/guide.js";
import type { NamedReceiver } from "../../../http/receivers/receiver.js";
import { senderName } from "../../../http/receivers/rules.js";
import { given } from "../../../tools/present.js";
import { fetchServices, type Admin, type Service } from "../../shared/admin.js";

export interface Wish {
  readonly image?: string | undefined;
  /** With or without its project. */
  readonly service?: string | undefined;
  readonly repository?: string | undefined;
}

type Image = Subject["image"];
type Named = Pick<Subject, "image" | "service">;

/**
 * What a sample is about. What nobody has named is that of a declared service which the receiver listens to. Throws
 * FairleadError: there is no such service, or nobody who knows the services.
 */
export async function subjectOf(
  wish: Wish,
  receiver: NamedReceiver | undefined,
  { repositories }: Config,
  admin: Admin,
): Promise<Subject> {
  const [first] = repositories;
  const [topic] = receiver?.rules.topics ?? [];
  return {
    ...(await namedBy(wish, receiver, admin)),
    isPush: wish.repository !== undefined,
    repository: wish.repository ?? first?.source ?? "https://forge.example/acme/fleet.git",
    ...given({ topic }),
  };
}

async function namedBy(
  { image, service, repository }: Wish,
  receiver: NamedReceiver | undefined,
  admin: Admin,
): Promise<Named> {
  if (image !== undefined) {
    const known = service === undefined ? undefined : found(service, await declaredIfKnown(admin));
    return { image: imageIn(image), service: known === undefined ? (service ?? "project/service") : nameOf(known) };
  }
  if (service !== undefined) {
    const known = found(service, await declaredBy(admin));
    const own = imageOf(known);
    return { image: heardAs(own, receiver) ?? own, service: nameOf(known) };
  }
  if (repository !== undefined) {
    return {
      image: { registry: "docker.io", repository: "library/sample", tag: "latest" },
      service: "project/service",
    };
  }
  return fitting(await declaredBy(admin), receiver);
}

function fitting(declared: readonly Service[], receiver: NamedReceiver | undefined): Named {
  for (const one of declared) {
    const image = heardAs(imageOf(one), receiver);
    if (image !== undefined) return { image, service: nameOf(one) };
  }
  const remedy = "name an image with --image";
  if (declared.length === 0 || receiver === undefined) {
    throw new FairleadError("ConfigInvalid", "the controller declares no service that a sample could be about", {
      remedy,
    });
  }
  throw new FairleadError(
    "ConfigInvalid",
    `by its rules receiver ${receiver.name} listens to the image of no declared service`,
    { remedy: `change its rules in the settings, or ${remedy}` },
  );
}

function found(written: string, declared: readonly Service[]): Service;
function found(written: string, declared: readonly Service[] | undefined): Service | undefined;
function found(written: string, declared: readonly Service[] | undefined): Service | undefined {
  const known = declared?.find((one) => [one.service, nameOf(one)].includes(written));
  if (known !== undefined || declared === undefined) return known;
  const names = declared.map(nameOf);
  const meant = nearest(written, [...names, ...declared.map(({ service }) => service)]);
  throw new FairleadError(
    "ConfigInvalid",
    `--service: ${quote(written)} is no declared service${meant === undefined ? "" : ` (did you mean ${quote(meant)}?)`}`,
    { remedy: names.length === 0 ? "the controller declares none" : `there are ${names.join(", ")}` },
  );
}

/** Without what no file declares any more. */
async function declaredBy(admin: Admin): Promise<readonly Service[]> {
  const isGone = ({ conditions }: Service) =>
    conditions.length > 0 && conditions.every(({ reason }) => reason === "Orphaned" || reason === "Removing");
  return (await fetchServices(admin)).filter((one) => !isGone(one));
}

/** Undefined: no controller answers. */
async function declaredIfKnown(admin: Admin): Promise<readonly Service[] | undefined> {
  try {
    return await declaredBy(admin);
  } catch {
    return undefined;
  }
}

/** Undefined: this receiver does not listen to it, whatever it is called. */
function heardAs(image: Image, receiver: NamedReceiver | undefined): Image | undefined {
  if (receiver === undefined) return image;
  const { registry, repository } = senderName(image, receiver.rules) ?? {};
  return registry === undefined || repository === undefined ? undefined : { ...image, registry, repository };
}

function nameOf({ project, service }: Service): string {
  return `${project}/${service}`;
}

function imageOf({ image }: Service): Image {
  const { registry, repository, tag = "latest" } = parseImage(image);
  return { registry, repository, tag };
}

function imageIn(written: string): Image {
  try {
    const { registry, repository, tag = "latest" } = parseImage(written);
    return { registry, repository, tag };
  } catch (cause) {
    const { message, remedy } = asFairleadError(cause);
    throw new FairleadError("ConfigInvalid", `--image: ${message}`, { cause, ...given({ remedy }) });
  }
}
