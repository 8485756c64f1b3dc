/** What stands for a container where a cluster runs it: its tries, and how its nodes do. */
export interface ObservedTasks {
  readonly wanted: number;
  readonly running: number;
  /** Those that are to run, and those that have failed, by their slots and the newest first. */
  readonly each?: readonly ObservedTask[];
  /** Of those that wait for a node: how many, and why none takes them, in the cluster's words. */
  readonly unplaced?: { readonly count: number; readonly because: string };
  /** What is the matter with nodes of the cluster, one sentence each. */
  readonly nodes?: readonly string[];
}

/** One try of a cluster to run a container of a service. */
export interface ObservedTask {
  readonly id: string;
  /** Absent: it is the only one of its node. */
  readonly slot?: number;
  /** The node's name; absent: none has been found. */
  readonly node?: string;
  /** The cluster's words. */
  readonly state: string;
  readonly error?: string;
  /** When it entered that state. Epoch ms. */
  readonly since: number;
}
