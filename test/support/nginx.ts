import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { isListening } from './listening.js';
import { freePort } from './redis.js';
import { until } from './until.js';

/** Debian has it where only root looks. */
const PATH = `${process.env.PATH}:/usr/sbin`;

/** Whether nginx can be started. */
export const hasNginx = (() => {
  try {
    execFileSync('sh', ['-c', 'command -v nginx'], { stdio: 'ignore', env: { PATH } });
    return true;
  } catch {
    return false;
  }
})();

/** Starts an nginx in front of a service, with further directives for what it passes on. Ended after the test. */
export async function startNginx(t: ExecutionContext, service: string, directives: readonly string[]): Promise<string> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'nginx-'));
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const lines = [
    'daemon off; master_process off;',
    `pid ${join(folder, 'pid')};`,
    'events { worker_connections 256; }',
    'http {',
    ...temporary.map((name) => `${name}_temp_path ${join(folder, name)};`),
    'access_log off;',
    `server { listen 127.0.0.1:${port}; location / {`,
    'proxy_http_version 1.1; proxy_set_header Host $http_host; proxy_set_header Connection "";',
    ...directives.map((directive) => `${directive};`),
    `proxy_pass ${service};`,
    '} } }',
  ];
  writeFileSync(join(folder, 'nginx.conf'), lines.join('\n'));
  // nginx opens its default error log before it reads the configuration; `-e stderr` prevents that.
  const args = ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr'];
  const child = spawn('nginx', args, { stdio: 'ignore', env: { PATH } });
  const exited = once(child, 'exit');
  t.teardown(async () => {
    child.kill('SIGKILL');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  });
  await until(() => isListening(port), 'nginx to listen');
  return `http://127.0.0.1:${port}`;
}
