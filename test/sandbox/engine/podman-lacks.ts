/** Ends of the names of the contract's tests that Podman 4.3 cannot pass; docs/podman.md says what that means. */
export const podmanLacks: readonly string[] = [
  // An image in the OCI format has no health check for it, and without systemd it runs none.
  "is created with its identity, not started, without a restart policy",
  "is starting, then healthy since an instant that stays",
  "that has not passed yet says when it was last checked, or began",
  "is unhealthy after the check has failed often enough",
  "health ends with the container",
  "is asked as the file says, over the image",
  "tells of health, and of foreign containers which they are and whether that may unblock ours",
  // There is no call for it.
  "takes a restart policy, twice",
  "bring a container back, and are counted",
  "count a restart as it begins to wait for it",
  "can be run, renamed and removed once it is claimed, and what becomes of it is seen",
  // None is ever made there: its restart policy could not be taken from it again.
  "a helper is made of a container, of what that has mounted and joined, and belongs to no service",
  "a helper comes back whenever it is killed, until its restart policy says otherwise",
  "a helper is refused under a name that is taken",
  // It starts the one that is shared of, where Docker refuses.
  "are shared with a container by its id, which is observed, and only while that one runs",
  "says of whom: ipc",
  "says of whom: pid",
  "ends with the owner of its PID namespace, and can be started when that runs again",
  // It knows the networks of a container by name only, and shows none as attachable.
  "are shown as they were declared, and tell what has changed",
  "are removed by id, once nothing runs on them",
  "that bear the name of one that is gone are joined before the next start",
  // It chooses at the creation, and shows what it has chosen as if that had been asked for.
  "is told of no port that the engine has chosen: nobody needs that very one",
  // It does not tell an address that was asked for from one that it has given.
  "is told of each: its fixed addresses",
  // It joins in half: from then on it refuses to list any container, until that one is stopped.
  "is not had by one that runs and could not join for it: it joins as soon as that is free",
  // A size of a volume takes a quota of the file system.
  "of a volume are shown too",
  // Its own words, or none.
  "fails for good on an instruction that is none, and leaves no name",
  "is read from its beginning, from a time on, or its end only",
  "is followed until the container ends; from where that left off it goes on with the next run",
  "ends with its exit code and its last line",
  "runs as whom, where and with what it is told",
  "that outlives its time goes on, and until it has ended nothing else is started",
  "tells an end that somebody else asked for from one by itself and from our own",
  "is known to be asked for by the file, or by the image alone",
  "says of whom: volumes",
  // What it hands out it says to be root's; a mounted file that was replaced it does not see.
  "are written with folder, owner and mode, and over what is there",
  "is told as it is now, also where the container has the one that was there before",
  "is compared with what would be created for a spec, whatever the restart policy",
];
