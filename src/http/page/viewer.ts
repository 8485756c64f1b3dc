import { serviceKey } from "../../compose/model/service.js";
import type { Surface } from "../../control/surface/surface.js";
import type { Notifications } from "../../notify/model/standing.js";
import { allEvents, FactsReader } from "./facts.js";
import type { View } from "./html/view.js";
import { activityView } from "./views/activity.js";
import type { Known } from "./views/pieces/known.js";
import { notificationsView } from "./views/notifications.js";
import { serviceView } from "./views/service.js";
import { servicesView } from "./views/services.js";
import { sourcesView } from "./views/sources.js";
import { waitingView } from "./views/waiting.js";

export interface Shown {
  readonly surface: Surface;
  readonly notifications: Notifications;
}

/** Shows one address as it is at that moment. Undefined: there is nothing there any more. */
export type Show = () => Promise<View | undefined>;

/** Undefined: there is no view that changes at this address. */
export function viewerAt(shown: Shown, place: string, mayAct: boolean): Show | undefined {
  const { surface } = shown;
  const { pathname, searchParams } = new URL(place, "http://here.invalid");
  const known = () => knownOf(shown, mayAct);
  switch (pathname) {
    case "/": {
      const [filter, standing, sort] = ["q", "state", "sort"].map((name) => searchParams.get(name) ?? "");
      const wish = { filter: filter ?? "", standing: standing ?? "", sort: sort ?? "" };
      return () => Promise.resolve(servicesView(known(), wish));
    }
    case "/waiting":
      return () => Promise.resolve(waitingView(known()));
    case "/sources":
      return () => Promise.resolve(sourcesView(known(), surface.repositories()));
    case "/notifications":
      return () => Promise.resolve(notificationsView(known()));
    case "/activity":
      return async () => activityView(known(), await allEvents(surface));
  }
  const [, project, service] = /^\/services\/([^/]+)\/([^/]+)$/.exec(pathname) ?? [];
  if (project === undefined || service === undefined) return undefined;
  const facts = new FactsReader(surface, serviceKey(decoded(project), decoded(service)));
  return async () => {
    const found = await facts.read();
    return found === undefined ? undefined : serviceView(known(), found);
  };
}

export function knownOf({ surface, notifications }: Shown, mayAct: boolean): Known {
  return {
    services: surface.services(),
    problems: surface.problems(),
    journal: surface.journal(),
    engine: surface.engine(),
    deliveries: surface.deliveries(),
    notifications: notifications.standing(),
    isReady: surface.ready(),
    mayAct,
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
