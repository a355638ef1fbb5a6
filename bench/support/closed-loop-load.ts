import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import autocannon from 'autocannon';
import { hasProgram, onCore } from './machine.js';

/** The answers to a load. */
export interface Load {
  readonly requestsPerSecond: number;
  /** Requests without an answer, or with another answer than 200. */
  readonly failed: number;
}

const CONNECTIONS = 64;
const AUTOCANNON_BODIES = 1000;
const run = promisify(execFile);

/** The name of the load generator: wrk, or autocannon where wrk is missing. */
export function loadGenerator(): string {
  if (hasProgram('wrk')) return 'wrk';
  console.log('SKIPPED: wrk. Install the Debian package wrk; autocannon takes its place and uses more CPU.');
  return 'autocannon';
}

/**
 * Sends heartbeats from core 1, as fast as they are answered (a closed loop), over 64 connections. The bodies are sent in
 * turn.
 */
export const runClosedLoopLoad = (url: string, bodies: readonly string[], seconds: number): Promise<Load> =>
  hasProgram('wrk') ? runWrk(url, bodies, seconds) : runAutocannon(url, bodies, seconds);

async function runWrk(url: string, bodies: readonly string[], seconds: number): Promise<Load> {
  const script = new URL('closed-loop-load.lua', import.meta.url).pathname;
  const folder = mkdtempSync(join(tmpdir(), 'heartbeats-'));
  try {
    const file = join(folder, 'bodies');
    writeFileSync(file, `${bodies.join('\n')}\n`);
    const [command, ...args] = [...onCore(1), 'wrk', '-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, '-s', script, url];
    const { stdout } = await run(command!, args, { env: { ...process.env, HEARTBEATS: file } });
    const number = (pattern: RegExp) => Number(pattern.exec(stdout)?.[1] ?? 0);
    return {
      requestsPerSecond: number(/Requests\/sec:\s+([\d.]+)/),
      failed: number(/Non-2xx or 3xx responses:\s+(\d+)/) + number(/Socket errors:.*read (\d+)/),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function runAutocannon(url: string, bodies: readonly string[], seconds: number): Promise<Load> {
  const requests = bodies.slice(0, AUTOCANNON_BODIES).map((body) => ({ body }));
  const headers = { 'content-type': 'application/json' };
  const options = { url: `${url}/v1/hit`, method: 'POST' as const, headers, requests, connections: CONNECTIONS };
  const { requests: answered, non2xx, errors } = await autocannon({ ...options, duration: seconds });
  return { requestsPerSecond: answered.average, failed: non2xx + errors };
}
