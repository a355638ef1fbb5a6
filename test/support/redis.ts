import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { isListening } from './listening.js';
import { until } from './until.js';

/** Whether Debian's redis-server, or another, can be started. */
export const hasRedis = (() => {
  try {
    execFileSync('sh', ['-c', 'command -v redis-server'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/** A real Redis, empty at first. */
export interface Redis {
  readonly url: string;
  readonly port: number;
  /** Sends a signal; SIGKILL loses all data. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Starts again, empty, on the same port. */
  start(): Promise<void>;
  /** Sends a command with redis-cli. */
  ask(...words: string[]): string;
}

/** Starts a Redis on a port of its own. Ended after the test. */
export async function startRedis(t: ExecutionContext, more: readonly string[] = []): Promise<Redis> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'redis-'));
  let child: ChildProcess | undefined;
  const start = async () => {
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder, ...more];
    child = spawn('redis-server', args, { stdio: 'ignore' });
    await until(() => isListening(port), 'Redis to listen');
  };
  t.teardown(async () => {
    const closed = child?.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
    child?.kill('SIGKILL');
    await closed;
    rmSync(folder, { recursive: true, force: true });
  });
  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    start,
    kill: async (signal) => {
      const exited = signal === 'SIGKILL' ? once(child!, 'exit') : undefined;
      child!.kill(signal);
      await exited;
    },
    ask: (...words) => execFileSync('redis-cli', ['-p', String(port), ...words], { encoding: 'utf8' }).trim(),
  };
}

/** A TCP proxy that can be cut and restored. Closed after the test. */
export async function startLine(t: ExecutionContext, toPort: number) {
  const open = new Set<Socket>();
  let isCut = false;
  let accepted = 0;
  const server = createServer((near) => {
    accepted++;
    if (isCut) return near.destroy();
    const far = connect(toPort, '127.0.0.1');
    near.pipe(far).pipe(near);
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', () => near.destroy());
      socket.on('close', () => {
        open.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    return near;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    cut: () => {
      isCut = true;
      for (const socket of open) socket.destroy();
    },
    mend: () => {
      isCut = false;
    },
    /** Cuts the open connections. New ones work. */
    drop: () => {
      for (const socket of open) socket.destroy();
    },
    /** How many connections were accepted. */
    accepted: () => accepted,
  };
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
