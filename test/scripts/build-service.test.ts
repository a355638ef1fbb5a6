import { readdirSync, readFileSync } from 'node:fs';
import test from 'ava';

test("no file of the service imports a module of Node's, which would load what nobody needs at the start", (t) => {
  const { main } = JSON.parse(readFileSync('package.json', 'utf8')) as { main: string };
  const folder = main.replace(/[^/]*$/, '');
  const files = readdirSync(folder).filter((name) => name.endsWith('.mjs'));
  t.true(files.length > 0);
  for (const file of files) {
    t.false(/^import[^;]*["']node:/m.test(readFileSync(folder + file, 'utf8')), file);
  }
});
