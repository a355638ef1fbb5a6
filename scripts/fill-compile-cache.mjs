// Fills V8's compile cache for the service in the current folder: starts it as the image does, has it answer, and ends it,
// which is when Node writes the cache to the folder that is named. The cache counts only for the same version of Node, the
// same paths, the same user and a CPU with the same features; for others, Node compiles as it would without it.
//
//     node scripts/fill-compile-cache.mjs FOLDER
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const COMMAND = ['node_modules/@google-cloud/functions-framework/build/src/main.js', '--target=presence'];
const TIMEOUT_MS = 60_000;
const folder = process.argv[2];
if (folder === undefined) throw new Error('Usage: node scripts/fill-compile-cache.mjs FOLDER');

async function freePort() {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

const port = await freePort();
const env = { ...process.env, PORT: String(port), NODE_COMPILE_CACHE: folder };
const child = spawn(process.execPath, COMMAND, { env, stdio: 'inherit' });
const exited = once(child, 'exit');
const deadlineMs = performance.now() + TIMEOUT_MS;
const answer = (path, init) => fetch(`http://127.0.0.1:${port}${path}`, init).catch(() => undefined);
while (!(await answer('/readyz'))?.ok) {
  if (child.exitCode !== null || performance.now() > deadlineMs) throw new Error('The service does not start.');
  await delay(50);
}
// What answers the first visitor is then compiled, too.
await answer('/v1/hit', { method: 'POST', body: '{"uid":"cache"}' });
child.kill('SIGTERM');
await exited;

const files = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
// Node lets only the owner read them, who in the image is root and not the user of the process.
for (const file of files) await chmod(join(file.parentPath, file.name), file.isDirectory() ? 0o755 : 0o644);
if (files.length === 0) process.stderr.write(`Node ${process.version} writes no compile cache: starts take longer.\n`);
