import { goesOn, triedAgain, whenChanged } from "./words.js";
import type { WordsOf } from "./words.js";

const onceGone = "it goes on by itself once the obstacle is gone";

/** The engine, other controllers, and what others have on the host. */
export const hosts = {
  EngineUnavailable: {
    state: "Nothing is done for it now",
    next: "all services are looked at as soon as the engine answers",
    can: ["doctor"],
  },
  EngineRefused: { state: "The engine refuses the next step", ...triedAgain, can: ["doctor", "events"] },
  GateUnavailable: { state: "Its gate does not answer", ...triedAgain, can: ["events", "doctor"] },
  OwnLifeline: {
    state: "The next step would cut the controller's own connection to the engine",
    next: "it is done by a helper, or by a person",
    can: ["plan", "events"],
  },
  HandingOver: { state: "The controller hands over to its successor", next: goesOn, can: ["events"] },
  NotStandingBy: {
    state: "The controller that should take over is not standing by",
    next: whenChanged,
    can: ["logs", "events"],
  },
  OtherController: {
    state: "Another controller is in charge of its containers",
    next: "it is taken over once that controller is gone",
    can: ["doctor"],
  },
  StrayContainer: {
    state: "One of its containers is where none should be",
    next: onceGone,
    can: ["plan", "events"],
  },
  NameConflict: {
    state: "A container that others have made has its name",
    next: "that container is left alone, and no other one is created",
    can: ["plan", "adopt"],
  },
  PortConflict: { state: "Something else uses its port", next: onceGone, can: ["plan", "events"] },
  AddressConflict: { state: "Something else uses its address", next: onceGone, can: ["plan", "events"] },
  NetworkConflict: {
    state: "A network that it needs differs from the file, and Fairlead may not change it",
    next: onceGone,
    can: ["plan"],
  },
  NetworkInUse: { state: "A network is still in use", next: onceGone, can: ["plan"] },
  NetworkChanging: { state: "A network is being created again", next: goesOn, can: ["events"] },
} satisfies WordsOf;
