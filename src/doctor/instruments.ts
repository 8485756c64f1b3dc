/** What the engine says of itself. */
export interface EngineReport {
  /** Its address, for messages. */
  readonly address: string;
  /** `Docker Engine 26.1.5`. */
  readonly product: string;
  readonly api: string;
  /** How far this process's clock is ahead of its, as far as can be told. */
  readonly aheadMs: number;
  /** Where it keeps images, on its own host. */
  readonly folder: string;
  readonly images: number;
  /** It is on this host, so that its folders may be seen from here. */
  readonly isLocal: boolean;
  /** What it warns of itself. */
  readonly warnings: readonly string[];
}

/** Of the file system that a path is on. Bytes, and files that can still be made. */
export interface Space {
  readonly free: number;
  readonly total: number;
  readonly freeFiles: number;
  readonly totalFiles: number;
}

export interface RegistryReport {
  /** As image references name it. */
  readonly name: string;
  /** The host that is asked: the registry's own, or its mirror. */
  readonly host: string;
  /** Whose login is sent. Absent: none. */
  readonly account?: string;
  /** How many images of it are wanted. */
  readonly images: number;
  /** Throws the registry's FairleadError. Answers the pulls that are left, where the registry says so. */
  ask(): Promise<{ readonly remaining?: number }>;
}

export interface RepositoryReport {
  readonly source: string;
  readonly ref: string;
  readonly isReached: boolean;
  readonly message: string;
}

export interface FilesReport {
  readonly projects: number;
  readonly services: number;
  /** Each as one line, with its remedy. */
  readonly problems: readonly string[];
}

export interface ControllerReport {
  readonly address: string;
  readonly version: string;
  /** What it says of its journal and of its engine, where that is not as it should be. */
  readonly notices: readonly string[];
}

export interface JournalReport {
  /** There is a journal. */
  readonly exists: boolean;
  /** What cannot be read of it. */
  readonly damage: readonly string[];
  /** How many files hold what could not be read before. */
  readonly putAside: number;
  /** The folder of those. */
  readonly asideFolder: string;
}

/** Of a certificate that somebody is to believe. */
export interface CertificateReport {
  /** `of the hooks (/etc/fairlead/tls/cert.pem)`. */
  readonly what: string;
  /** Epoch ms. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** How it is renewed. */
  readonly remedy: string;
}

/** A controller that has written its name on the engine. */
export interface LeaseReport {
  readonly lease: string;
  /** For people. */
  readonly holder: string;
  /** Its data directory is this one. Undefined: it does not say. */
  readonly isOfThisDirectory?: boolean | undefined;
  /** It is certain that it does not live any more. */
  readonly isGone: boolean;
}

export interface DeliveryReport {
  /** Where it was sent, without what is secret of it. */
  readonly url: string;
  readonly arrived: boolean;
  /** What came back in its place. */
  readonly message?: string;
}

/** What the checks see by. Each may be asked several times, and looks once; each may throw FairleadError, or take for ever. */
export interface Instruments {
  readonly now: () => number;
  /** The data directory, and what has named it. */
  readonly data: { readonly path: string; readonly place: string };
  readonly version: string;
  /** Of several controllers on one engine, which this is. */
  readonly lease: string;
  /** Absent: nobody has said under which address the internet reaches the hooks. */
  readonly externalUrl: string | undefined;
  readonly engine: () => Promise<EngineReport>;
  /** The engine's socket: whether this user may use it. Undefined: it is reached over a network. */
  readonly socket: () => Promise<{ readonly path: string; readonly code: string | undefined } | undefined>;
  /** Undefined: there is no such path here. */
  readonly space: (path: string) => Promise<Space | undefined>;
  /** Why there can be no data directory there. Undefined: there can. */
  readonly dataFault: () => Promise<{ readonly message: string; readonly remedy: string } | undefined>;
  readonly journal: () => Promise<JournalReport>;
  readonly files: () => Promise<FilesReport>;
  readonly registries: () => Promise<readonly RegistryReport[]>;
  readonly repositories: () => Promise<readonly RepositoryReport[]>;
  /** The names that have to be found: none that a proxy finds. */
  readonly hosts: () => Promise<readonly string[]>;
  readonly resolve: (host: string) => Promise<unknown>;
  readonly controller: () => Promise<ControllerReport>;
  /** Has the running controller send itself a delivery. Undefined: it does not know its own address. */
  readonly deliver: () => Promise<DeliveryReport | undefined>;
  readonly certificates: () => Promise<readonly CertificateReport[]>;
  readonly leases: () => Promise<readonly LeaseReport[]>;
}
