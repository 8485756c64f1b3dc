import { goesOn, triedAgain, whenChanged } from "./words.js";
import type { WordsOf } from "./words.js";

const onceGone = "it goes on by itself once that is out of the way";

/** The engine, other controllers, and what others have on the host. */
export const hosts = {
  EngineUnavailable: {
    state: "Nothing is done for it now",
    next: "all services are looked at as soon as the engine answers",
    can: ["doctor"],
  },
  EngineRefused: { state: "The engine refuses what is to be done", ...triedAgain, can: ["doctor", "events"] },
  GateUnavailable: { state: "Its gate does not answer", ...triedAgain, can: ["events", "doctor"] },
  OwnLifeline: {
    state: "That would cut the line by which the controller reaches the engine",
    next: "it is done by a helper, or by a person",
    can: ["plan", "events"],
  },
  HandingOver: { state: "The controller hands over to its successor", next: goesOn, can: ["events"] },
  NotStandingBy: {
    state: "The controller that is to take over does not stand by",
    next: whenChanged,
    can: ["logs", "events"],
  },
  OtherController: {
    state: "Another controller answers for its containers",
    next: "it is taken over once that controller has gone",
    can: ["doctor"],
  },
  StrayContainer: {
    state: "A container of it is where none should be",
    next: onceGone,
    can: ["plan", "events"],
  },
  NameConflict: {
    state: "A container that others have made stands in its place",
    next: "it is left alone, and nothing is made beside it",
    can: ["plan", "adopt"],
  },
  PortConflict: { state: "Something else has its port", next: onceGone, can: ["plan", "events"] },
  AddressConflict: { state: "Something else has its address", next: onceGone, can: ["plan", "events"] },
  NetworkConflict: {
    state: "A network that it needs is not as the file has it, and is not ours to change",
    next: onceGone,
    can: ["plan"],
  },
  NetworkInUse: { state: "A network is still in use", next: onceGone, can: ["plan"] },
  NetworkChanging: { state: "A network is being made anew", next: goesOn, can: ["events"] },
} satisfies WordsOf;
