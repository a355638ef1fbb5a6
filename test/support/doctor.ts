import type { ExecutionContext } from 'ava';
import { examine } from '../../tools/doctor/examine.js';
import { CHECKS, type Findings } from '../../tools/doctor/findings.js';
import { Target } from '../../tools/doctor/target.js';
import { type CliService, startCli } from './cli.js';
import { SECRET } from './tokens.js';

/** Shorter than the doctor's own: nothing is far away. */
const PATIENCE = { answerMs: 3000, eventMs: 2000, watchMs: 3000, closeMs: 2000, totalMs: 20_000 };
export const ORIGIN = 'https://www.example.com';

/** A service as the documents deploy it, with events five times a second. */
export const startDeployed = (t: ExecutionContext, environment: Record<string, string> = {}): Promise<CliService> =>
  startCli(t, {
    CORS_ALLOW_ORIGIN: ORIGIN,
    TICK_INTERVAL_SECONDS: '0.2',
    WATCH_SECRET: SECRET,
    PUBLIC_VIEW: 'totals',
    PEER_URL: 'http://127.0.0.1:1',
    ...environment,
  });

export interface Examination {
  /** Default: the watch secret. */
  readonly token?: string | undefined;
  /** Default: that of the deployed service. */
  readonly origin?: string | undefined;
  readonly uid?: string;
  readonly aheadMs?: number;
  readonly eventMs?: number;
  readonly totalMs?: number;
}

/** What the doctor finds at an address. */
export function examined(url: string, options: Examination = {}): Promise<Findings> {
  const { token, origin, uid = 'the-doctor', aheadMs = 0, ...patience } = { token: SECRET, origin: ORIGIN, ...options };
  const target = new Target(new URL(url), token, { ...PATIENCE, ...patience });
  return examine(target, { origin, uid, wallMs: () => Date.now() + aheadMs });
}

/** The kinds of all findings, by check. */
export const kindsOf = (findings: Findings): Record<string, string> =>
  Object.fromEntries(CHECKS.map((check) => [check, findings[check].kind]));

/** What is found where nothing is wrong. */
export const HEALTHY = {
  address: 'answers',
  health: 'ready',
  streams: 'events flow',
  gzip: 'gzip passed',
  latency: 'changes arrive',
  closes: 'closes noticed',
  instances: 'one instance',
  rollouts: 'handover open',
  origins: 'origin allowed',
  clock: 'clocks agree',
};
