import { readdirSync, readFileSync } from 'node:fs';
import test from 'ava';

test('no file that the start loads imports node:http, which would load an HTTP client as well', (t) => {
  const { main } = JSON.parse(readFileSync('package.json', 'utf8')) as { main: string };
  const folder = main.replace(/[^/]*$/, '');
  const files = readdirSync(folder).filter((name) => name === 'index.mjs' || name.startsWith('chunk-'));
  t.true(files.length > 0);
  for (const file of files) {
    t.false(/^import[^;]*["'](node:)?http["'];/m.test(readFileSync(folder + file, 'utf8')), file);
  }
});
