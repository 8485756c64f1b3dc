import { FairleadError } from "../../errors.js";
import { printable } from "../../tools/printable.js";

/** The oldest API whose calls we make (Docker 20.10), and the newest that this code was tried on. */
const oldest = "1.41";
const newest = "1.51";

/** The part of GET /version that counts. */
export interface VersionReport {
  readonly ApiVersion?: string;
  readonly MinAPIVersion?: string;
  readonly Version?: string;
  readonly Components?: readonly { readonly Name?: string; readonly Version?: string }[] | null;
}

/** The version of Podman, where it is that which answers in Docker's way. */
export function podmanIn({ Components }: VersionReport): string | undefined {
  const engine = Components?.find(({ Name }) => Name === "Podman Engine");
  return engine === undefined ? undefined : printable(engine.Version ?? "of unknown version", 40);
}

/** The API version both sides speak. Throws FairleadError `EngineTooOld`, also where the engine has left us behind. */
export function negotiate(report: VersionReport): string {
  const offered = report.ApiVersion ?? "";
  if (!/^\d+\.\d+$/.test(offered)) {
    throw new FairleadError("EngineRefused", "what answers at the engine's address is not a Docker Engine", {
      remedy: "check DOCKER_HOST",
    });
  }
  const engine = `Docker Engine ${(report.Version ?? "of unknown version").slice(0, 40)}`;
  if (isOlder(offered, oldest)) {
    throw new FairleadError("EngineTooOld", `${engine} speaks API ${offered}; at least ${oldest} is needed`, {
      remedy: "update Docker to 20.10 or newer",
    });
  }
  const demanded = report.MinAPIVersion ?? "";
  if (/^\d+\.\d+$/.test(demanded) && isOlder(newest, demanded)) {
    throw new FairleadError("EngineTooOld", `${engine} demands API ${demanded}; this program speaks up to ${newest}`, {
      remedy: "update Fairlead, or set DOCKER_MIN_API_VERSION for the engine",
    });
  }
  return isOlder(offered, newest) ? offered : newest;
}

/** The engine's words for a path version that it no longer, or does not yet, speak. */
export function isVersionRefusal(status: number, message: string): boolean {
  return status === 400 && /client version \S+ is too (old|new)/.test(message);
}

/** `1.9` is older than `1.41`. */
export function isOlder(left: string, right: string): boolean {
  const [leftMajor = 0, leftMinor = 0] = left.split(".").map(Number);
  const [rightMajor = 0, rightMinor = 0] = right.split(".").map(Number);
  return leftMajor === rightMajor ? leftMinor < rightMinor : leftMajor < rightMajor;
}
