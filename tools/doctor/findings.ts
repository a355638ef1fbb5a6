/** What the doctor looks at, in the order of its table. */
export const CHECKS = [
  'address',
  'health',
  'streams',
  'gzip',
  'latency',
  'closes',
  'instances',
  'rollouts',
  'origins',
  'clock',
] as const;
export type Check = (typeof CHECKS)[number];

/** Why a request had no answer. */
export type NetworkProblem = 'unknown host' | 'refused' | 'certificate' | 'timeout' | 'cut off';

/** Why something could not be looked at, although nothing is known to be wrong. */
export type Unchecked =
  | 'no answer'
  | 'no right to watch'
  | 'token refused'
  | 'visitor tokens'
  | 'limited'
  | 'no origin'
  | 'several instances';

/** What the doctor found out: all that it can say. */
export type Finding =
  | { readonly kind: 'answers'; readonly ms: number }
  /** The address answers, but not as this service does. */
  | { readonly kind: 'stranger'; readonly status: number }
  | { readonly kind: 'ready' }
  | { readonly kind: 'healthz shadowed'; readonly byGoogle: boolean }
  | { readonly kind: 'not ready'; readonly status: number }
  | { readonly kind: 'events flow'; readonly firstMs: number; readonly count: number }
  /** Events arrived later than they were made, or not at all. */
  | { readonly kind: 'events held'; readonly heldMs: number }
  | { readonly kind: 'gzip passed' }
  | { readonly kind: 'gzip lost'; readonly filesToo: boolean }
  /** `changeMs` is from the heartbeat to the event, `answerMs` from the heartbeat to its answer. Both are medians. */
  | { readonly kind: 'changes arrive'; readonly changeMs: number; readonly answerMs: number; readonly isSlow: boolean }
  | { readonly kind: 'changes lost' }
  | { readonly kind: 'closes noticed'; readonly ms: number }
  | { readonly kind: 'closes hidden'; readonly ms: number }
  | { readonly kind: 'one instance'; readonly connections: number }
  | { readonly kind: 'instances share'; readonly count: number }
  | { readonly kind: 'instances apart'; readonly count: number }
  /** The state of the process can be read by the one that replaces it. `peer` is unknown without the right to watch. */
  | { readonly kind: 'handover open'; readonly peer: 'set' | 'unset' | 'unknown'; readonly isGuarded: boolean }
  | { readonly kind: 'handover blocked'; readonly status: number }
  | { readonly kind: 'handover by Redis' }
  | { readonly kind: 'origin allowed'; readonly origin: string }
  | { readonly kind: 'origin refused'; readonly origin: string; readonly status: number }
  | { readonly kind: 'any origin allowed' }
  | { readonly kind: 'origin removed' }
  | { readonly kind: 'clocks agree' }
  | { readonly kind: 'clocks differ'; readonly seconds: number }
  | { readonly kind: 'not checked'; readonly reason: Unchecked }
  | { readonly kind: 'failed'; readonly problem: NetworkProblem }
  /** An answer that the service would not give by itself. */
  | { readonly kind: 'unexpected'; readonly status: number };

export type Findings = Readonly<Record<Check, Finding>>;

/** The finding that a check could not be made. */
export const notChecked = (reason: Unchecked): Finding => ({ kind: 'not checked', reason });

/** The finding that a request had no answer. */
export const failed = (problem: NetworkProblem): Finding => ({ kind: 'failed', problem });
