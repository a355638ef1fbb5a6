import { existsSync } from 'node:fs';
import { output } from '../support/machine.js';
import { functionCommand, type ServerProcess, startCommand, startService } from '../support/server.js';

/** A server that is measured. */
export interface MeasuredServer {
  readonly name: string;
  /** The system packages that must be installed before it can run; undefined when none is missing. Default: none. */
  readonly missing?: () => string | undefined;
  readonly start: (port: number, environment?: Record<string, string>) => Promise<ServerProcess>;
}

// Debian's own Python: another one on the PATH does not see the modules of Debian's packages.
const PYTHON = '/usr/bin/python3';
const GUNICORN = '/usr/bin/gunicorn';
const GUNICORN_OPTIONS = ['--chdir', 'bench/servers', '--log-level', 'critical', 'flask_presence:app'];

/** This service, as it is deployed. */
export const service: MeasuredServer = { name: 'this service', start: startService };

/** The least that Node can do. */
export const bare: MeasuredServer = {
  name: 'bare `node:http`',
  start: (port) => startCommand({ command: [process.execPath, 'bench/servers/bare.mjs'], port }),
};

/** A function that leaves HTTP to the Functions Framework. */
export const stock: MeasuredServer = {
  name: 'a function on the stock framework',
  start: (port) => startCommand({ command: functionCommand('stock', 'bench/servers/stock.mjs'), port }),
};

/** A presence server built from common packages. */
export const express: MeasuredServer = {
  name: 'Express + better-sse',
  start: (port, environment = {}) =>
    startCommand({ command: [process.execPath, 'bench/servers/express.mjs'], port, environment }),
};

/** A model of the app that the service replaces. */
export const flask: MeasuredServer = {
  name: 'Flask + gevent + gunicorn',
  missing: () =>
    existsSync(GUNICORN) && output(PYTHON, ['-c', 'import flask, gevent']) !== undefined
      ? undefined
      : 'python3-flask, python3-gevent and gunicorn',
  start: (port, environment = {}) =>
    startCommand({
      command: [PYTHON, GUNICORN, '-k', 'gevent', '-w', '1', '-b', `127.0.0.1:${port}`, ...GUNICORN_OPTIONS],
      port,
      environment: { PYTHONDONTWRITEBYTECODE: '1', ...environment },
    }),
};

/** The servers that can run here. Prints which are skipped, and which packages they need. */
export function installed<Server extends MeasuredServer>(servers: readonly Server[]): Server[] {
  return servers.filter(({ name, missing }) => {
    const packages = missing?.();
    if (packages !== undefined) console.log(`SKIPPED: ${name}. Install the Debian packages ${packages}.`);
    return packages === undefined;
  });
}
