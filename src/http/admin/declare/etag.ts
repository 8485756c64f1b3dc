/*
 * The tags of answers live here: what an earlier look saw, in so few characters that a caller can send it along.
 */

import { createHash } from "node:crypto";
import type { Request } from "express";
import type { ServiceStatus } from "../../../plan/model/condition.js";
import { plainJson } from "../../web/plain-json.js";
import { Refusal } from "../../web/refusal.js";

/** What of a service a person decides by. How it fares at the moment is no part of it: that changes all the time. */
const decisive = ["image", "sync", "desired", "spec", "active", "revision", "pinned", "rollout"] as const;
type Decisive = (typeof decisive)[number];

function decisiveOf(status: ServiceStatus): Readonly<Record<Decisive, string | undefined>> {
  const { image, sync, desiredDigest, desiredSpec, activeDigest, revision, pinned, lastRollout } = status;
  const { id, outcome = "under way" } = lastRollout ?? {};
  return {
    ...{ image, sync, desired: desiredDigest, spec: desiredSpec, active: activeDigest },
    revision: revision?.toString(),
    pinned: pinned === undefined ? undefined : `revision ${pinned.revision} (${pinned.digest})`,
    rollout: id === undefined ? undefined : `${id}: ${outcome}`,
  };
}

const partLength = 6;
const contentLength = 22;

function hash(text: string, length: number): string {
  return createHash("sha256").update(text).digest("base64url").slice(0, length);
}

/** A strong one: of these very bytes. */
export function contentTag(text: string): string {
  return `"${hash(text, contentLength)}"`;
}

/**
 * A strong one too, of these very bytes. Before that, part for part, it says what a person would decide by, so that an order
 * can compare that alone and say what of it has changed.
 */
export function serviceTag(status: ServiceStatus, text: string): string {
  return `"${partsOf(status).join("")}.${hash(text, contentLength)}"`;
}

function partsOf(status: ServiceStatus): readonly string[] {
  const is = decisiveOf(status);
  return decisive.map((name) => hash(is[name] ?? "", partLength));
}

/**
 * The caller has it already, by its `If-None-Match`. Not Express's own word for that: `fetch` sends `Cache-Control: no-cache`
 * with such a header, and Express then compares nothing.
 */
export function isKnown(req: Request, tag: string): boolean {
  const known = req.get("if-none-match")?.trim() ?? "";
  return known === "*" || known.split(",").some((one) => one.trim().replace(/^W\//, "") === tag);
}

/**
 * Throws Refusal 412 where the caller has decided by what is not so any more, and 400 for what is no list of tags. A weak tag
 * is never good enough, by RFC 9110.
 */
export function assertUnmoved(req: Request, status: ServiceStatus): void {
  const given = req.get("if-match")?.trim();
  if (given === undefined || given === "*") return;
  const tags = tagsIn(given);
  const changes = tags.map((tag) => changedSince(tag, status));
  if (changes.some((changed) => changed.length === 0)) return;
  const changed = changes.at(-1) ?? [];
  const is = decisiveOf(status);
  const name = `${status.project}/${status.service}`;
  const told = changed.map((what) => `${what} is ${is[what] ?? "nothing"}`).join(", ");
  throw new Refusal(412, `${name} has moved on: ${told}`, "look at it again, and decide by that", {
    headers: { ETag: serviceTag(status, plainJson(status)) },
    more: { changed: changed.map((what) => ({ what, is: is[what] })) },
  });
}

const tagForm = /^(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/;

function tagsIn(header: string): readonly string[] {
  const tags = header.split(",").map((one) => one.trim());
  if (tags.length > 16 || !tags.every((tag) => tagForm.test(tag))) {
    throw new Refusal(400, "If-Match must be * or a list of tags", "send the ETag of GET on the service as it is");
  }
  return tags;
}

/** All of it, where the tag is none that we give for a service. */
function changedSince(tag: string, status: ServiceStatus): readonly Decisive[] {
  const [parts = ""] = tag.startsWith("W/") ? [] : tag.slice(1, -1).split(".");
  if (parts.length !== partLength * decisive.length) return decisive;
  const now = partsOf(status);
  return decisive.filter((_, at) => now[at] !== parts.slice(at * partLength, (at + 1) * partLength));
}
