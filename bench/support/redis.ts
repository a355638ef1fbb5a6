import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { onCore } from './machine.js';

/** An empty Redis on core 1. */
export interface BenchRedis {
  readonly url: string;
  /** How many commands were called, without those of this bench. */
  commandCount(): number;
  usedBytes(): number;
  stop(): Promise<void>;
}

/** Starts a Redis that writes nothing to disk. */
export async function startRedis(port: number): Promise<BenchRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-redis-'));
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder];
  const [program, ...args] = [...onCore(1), 'redis-server', ...options];
  const child = spawn(program!, args, { stdio: 'ignore' });
  process.once('exit', () => child.kill('SIGKILL'));
  const ask = (...words: string[]) =>
    execFileSync('redis-cli', ['-p', String(port), ...words], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  for (let attempts = 0; ; attempts++) {
    try {
      ask('PING');
      break;
    } catch (error) {
      if (attempts > 100) throw error;
      await delay(50);
    }
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    commandCount: () => {
      const lines = ask('INFO', 'commandstats').matchAll(/^cmdstat_([\w|]+):calls=(\d+)/gm);
      const calls = Array.from(lines, ([, name, count]) => (/^(info|ping)/.test(name!) ? 0 : Number(count)));
      return calls.reduce((total, count) => total + count, 0);
    },
    usedBytes: () => Number(/^used_memory:(\d+)/m.exec(ask('INFO', 'memory'))?.[1]),
    stop: async () => {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
