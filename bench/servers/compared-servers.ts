import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { functionCommand, type ServerProcess, startCommand } from '../support/server.js';

/** Something to compare with. */
export interface Peer {
  readonly name: string;
  /** What has to be installed before it can run; undefined when nothing is missing. */
  readonly missing: () => string | undefined;
  readonly start: (port: number, environment?: Record<string, string>) => Promise<ServerProcess>;
}

// Debian's own, as its packages are not seen by a Python that was installed beside it.
const PYTHON = '/usr/bin/python3';
const GUNICORN = '/usr/bin/gunicorn';
const nothing = () => undefined;

/** The least that Node can do. */
export const bare: Peer = {
  name: 'bare `node:http`',
  missing: nothing,
  start: (port) => startCommand({ command: [process.execPath, 'bench/servers/bare.mjs'], port }),
};

/** A function that leaves everything to the framework. */
export const stock: Peer = {
  name: 'a function on the stock framework',
  missing: nothing,
  start: (port) => startCommand({ command: functionCommand('stock', 'bench/servers/stock.mjs'), port }),
};

/** A presence server as one would write it with common packages. */
export const express: Peer = {
  name: 'Express + better-sse',
  missing: nothing,
  start: (port, environment = {}) =>
    startCommand({ command: [process.execPath, 'bench/servers/express.mjs'], port, environment }),
};

/** A stand-in for the app that the service replaces. */
export const flask: Peer = {
  name: 'Flask + gevent + gunicorn',
  missing: () =>
    existsSync(GUNICORN) && runs(PYTHON, ['-c', 'import flask, gevent'])
      ? undefined
      : 'the Debian packages python3-flask, python3-gevent and gunicorn',
  start: (port, environment = {}) =>
    startCommand({
      command: [PYTHON, GUNICORN, '-k', 'gevent', '-w', '1', '-b', `127.0.0.1:${port}`, ...GUNICORN_OPTIONS],
      port,
      environment: { PYTHONDONTWRITEBYTECODE: '1', ...environment },
    }),
};
const GUNICORN_OPTIONS = ['--chdir', 'bench/servers', '--log-level', 'critical', 'flask_presence:app'];

/** Those of the peers that can run; says which cannot, and what to do about it. */
export function installed<T extends Peer>(peers: readonly T[]): T[] {
  return peers.filter((peer) => {
    const missing = peer.missing();
    if (missing !== undefined) console.log(`Skipped ${peer.name}: install ${missing}.`);
    return missing === undefined;
  });
}

function runs(program: string, args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
