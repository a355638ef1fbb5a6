import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import autocannon from 'autocannon';
import { hasProgram, onCore } from './machine.js';

/** What a load generator found. */
export interface Load {
  readonly requestsPerSecond: number;
  /** Requests that were not answered with 200. */
  readonly failed: number;
}

const CONNECTIONS = 64;
const run = promisify(execFile);

/** The load generator that is used, and how to get a better one where it is not the best. */
export const generatorLine = (): string =>
  hasProgram('wrk')
    ? 'load: wrk'
    : 'load: autocannon, which takes more CPU than it should; install the Debian package wrk';

/** Sends heartbeats as fast as they are answered, over 64 connections, from core 1. The bodies are sent in turn. */
export async function sendHeartbeats(url: string, bodies: readonly string[], seconds: number): Promise<Load> {
  return hasProgram('wrk') ? withWrk(url, bodies, seconds) : withAutocannon(url, bodies, seconds);
}

async function withWrk(url: string, bodies: readonly string[], seconds: number): Promise<Load> {
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

async function withAutocannon(url: string, bodies: readonly string[], seconds: number): Promise<Load> {
  const requests = bodies.slice(0, 1000).map((body) => ({ body }));
  const headers = { 'content-type': 'application/json' };
  const options = { url: `${url}/v1/hit`, method: 'POST' as const, headers, requests, connections: CONNECTIONS };
  const { requests: answered, non2xx, errors } = await autocannon({ ...options, duration: seconds });
  return { requestsPerSecond: answered.average, failed: non2xx + errors };
}
