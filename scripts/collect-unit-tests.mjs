// Writes files that import all unit tests, for `npm run test:unit`. A process for each test file, as `ava` starts it,
// takes longer than the tests themselves: half a minute altogether, where two processes take a few seconds.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PROCESSES = 2;
/** Starts the service dozens of times. */
const EXCLUDED = 'contract/framework.test.ts';

const from = fileURLToPath(new URL('../test/', import.meta.url));
const to = fileURLToPath(new URL('../dist/test/', import.meta.url));

// A suffix, as in `sync.redis.test.ts`, names what a test needs beside Node: a browser, Redis, or time.
const isUnitTest = (path) => /^[^.]+\.test\.ts$/.test(path) && path.replaceAll('\\', '/') !== EXCLUDED;
const paths = readdirSync(from, { recursive: true }).filter(isUnitTest).sort();

rmSync(to, { recursive: true, force: true });
mkdirSync(to, { recursive: true });
for (let index = 0; index < PROCESSES; index++) {
  const share = paths.filter((_, position) => position % PROCESSES === index);
  const imports = share.map((path) => `import '../../test/${path.replaceAll('\\', '/').replace(/ts$/, 'js')}';\n`);
  writeFileSync(`${to}unit-${index}.test.ts`, imports.join(''));
}
