import { existsSync, readdirSync, readFileSync } from 'node:fs';
import test from 'ava';
import { parse } from 'yaml';
import { send } from '../support/client.js';
import {
  boundsOf,
  elementAttributes,
  errors,
  members,
  metrics,
  routes,
  scriptAttributes,
  settings,
} from '../support/documented.js';
import { codeSpans, documentAt, documents, tableRows } from '../support/documents.js';
import { startService } from '../support/service.js';

/** Variables of others that the documents name. */
const FOREIGN_VARIABLES = ['NODE_EXTRA_CA_CERTS', 'CHROMIUM_PATH', 'FIREFOX_PATH'];
/** Words of others, and members of requests and log lines, that the documents write like error codes. */
const OTHER_WORDS = ['last_activity', 'idle_for', 'expires_in', 'stack_trace'];

const spans = documents.flatMap((document) => codeSpans(document).map((span) => ({ path: document.path, span })));
const unquoted = (cell: string) => cell.replaceAll('`', '');

test('the table of errors has every code with its status, and no other', (t) => {
  const documented = tableRows(documentAt('docs/http-api.md'), 'Errors').flatMap(([status, codes]) =>
    unquoted(codes!)
      .split(', ')
      .map((code) => [code, Number(status)] as const),
  );
  t.deepEqual(documented.toSorted(), errors.toSorted());
});

test('the configuration has every variable with its default and its bounds, and no other', (t) => {
  const rows = tableRows(documentAt('docs/configuration.md'));
  const documented = rows.map(([variable, byDefault]) => [unquoted(variable!), unquoted(byDefault!)] as const);
  t.deepEqual(documented.toSorted(), settings.toSorted());
  for (const [variable, , values] of rows) {
    const bounds = boundsOf(unquoted(variable!));
    if (bounds !== undefined) t.is(values, bounds, variable);
  }
});

test('every variable that any document names exists', (t) => {
  const known = new Set([...settings.map(([variable]) => variable), ...FOREIGN_VARIABLES]);
  for (const { path, text } of documents) {
    for (const [variable] of text.matchAll(/(?<![\w$-])[A-Z]+(?:_[A-Z]+)+(?![\w-])/g)) {
      t.true(known.has(variable), `${path} names ${variable}`);
    }
  }
});

test('the table of metrics has every metric with its type, and no other', async (t) => {
  const documented = tableRows(documentAt('docs/operations.md'), 'Metrics').map(
    ([name, type]) => [unquoted(name!), type!] as const,
  );
  t.deepEqual(documented.toSorted(), (await metrics(t)).toSorted());
});

test('every metric, error code and member that any document names exists', async (t) => {
  const known = new Set([
    ...(await metrics(t)).flatMap(([name]) => [name, `${name}_bucket`, `${name}_sum`, `${name}_count`]),
    ...errors.map(([code]) => code),
    ...(await members(t)),
    ...OTHER_WORDS,
  ]);
  for (const { path, span } of spans) {
    const codes = Array.from(span.matchAll(/code=~?"([^"]+)"/g), ([, list]) => list!.split('|')).flat();
    const words = /^[a-z]+(_[a-z]+)+$/.test(span) ? [span] : [];
    const named = span.match(/\bpresence_\w+/g) ?? [];
    for (const word of [...codes, ...words, ...named]) t.true(known.has(word), `${path} names ${word}`);
  }
});

test('the table of routes has every route, and no other', async (t) => {
  const documented = tableRows(documentAt('docs/http-api.md'), 'Routes').flatMap(([cell]) =>
    unquoted(cell!).split(', '),
  );
  t.deepEqual(documented.toSorted(), (await routes(t)).toSorted());
});

test('every route that any document names exists', async (t) => {
  const served = await routes(t);
  const paths = served.map((route) => route.replace(/^\w+ /, ''));
  const isServed = (path: string) =>
    paths.some((each) => new RegExp(`^${each.replaceAll('.', '\\.').replace(':uid', '[^/]+')}$`).test(path));
  const inBlocks = documents.flatMap(({ blocks }) =>
    blocks.flatMap(({ path, text }) =>
      Array.from(text.matchAll(/(?:localhost:8080|SERVICE-ADDRESS|\$URL)(\/[\w./:-]*)/g), ([, found]) => ({
        path,
        route: found!,
      })),
    ),
  );
  const inProse = spans.flatMap(({ path, span }) => {
    const [, method, found] =
      /^(?:([A-Z]+) )?(?:https:\/\/SERVICE-ADDRESS)?(\/[\w./:[\]-]*)(?:\?.*)?(?: \{.*\})?$/.exec(span) ?? [];
    if (found === undefined) return [];
    return [{ path, route: method === undefined ? found : `${method} ${found}` }];
  });
  t.true(inBlocks.length > 5 && inProse.length > 20);
  for (const { path, route } of [...inBlocks, ...inProse]) {
    t.true(route.includes(' ') ? served.includes(route) : isServed(route), `${path} names ${route}`);
  }
});

test('the table of attributes has every attribute of the tag, and no other', (t) => {
  const { read, followed } = scriptAttributes();
  const document = documentAt('docs/visitor-script.md');
  t.deepEqual(
    tableRows(document, 'The tag')
      .map(([cell]) => unquoted(cell!))
      .toSorted(),
    read.toSorted(),
  );
  const [, sentence] = /The page may change (.+?)\s+at\s+any\s+time/s.exec(document.prose)!;
  t.deepEqual(sentence!.match(/data-[a-z-]+/g)!.toSorted(), followed.toSorted());
});

test('the document of the elements has every attribute that they follow, and no other', (t) => {
  const documented = tableRows(documentAt('docs/elements.md'), 'Attributes').flatMap(([cell]) =>
    unquoted(cell!).split(', '),
  );
  const ofTags = ['data-interval', 'data-token'];
  t.deepEqual(documented.toSorted(), [...elementAttributes(), ...ofTags].toSorted());
});

test('every attribute that any document names exists', (t) => {
  const { read } = scriptAttributes();
  for (const { path, text } of documents) {
    for (const [attribute] of text.matchAll(/(?<![\w-])data-[a-z]+(?:-[a-z]+)*/g)) {
      t.true(read.includes(attribute), `${path} names ${attribute}`);
    }
  }
});

test('every npm script that any document names exists', (t) => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  for (const { path, text } of documents) {
    for (const [, name] of text.matchAll(/\bnpm run ([\w:-]+)/g)) {
      t.true(name! in scripts, `${path} names npm run ${name}`);
    }
  }
});

test('every file and folder of the project that any document names exists', (t) => {
  const roots = 'src|scripts|tools|bench|test|docs|\\.ci|\\.githooks|\\.github';
  for (const { path, span } of spans) {
    if (new RegExp(`^(?:${roots})/[\\w./-]*$`).test(span)) t.true(existsSync(span), `${path} names ${span}`);
  }
});

test('the architecture describes every folder of the source', (t) => {
  const rows = tableRows(documentAt('docs/architecture.md'), 'Layers').map(([cell]) => unquoted(cell!));
  const entries = readdirSync('src', { withFileTypes: true }).map(
    (entry) => `src/${entry.name}${entry.isDirectory() ? '/' : ''}`,
  );
  t.deepEqual(rows.toSorted(), entries.toSorted());
});

test('the scripts for pages are as small as the documents state', async (t) => {
  const { url } = await startService(t);
  for (const { path, prose } of documents) {
    const [, kilobytes] = /less than\s+([\d.]+)\s+KB\s+compressed/.exec(prose) ?? [];
    if (kilobytes === undefined) continue;
    for (const file of path === 'docs/elements.md' ? ['/elements.js'] : ['/client.js', '/client.mjs']) {
      const { headers } = await send(url + file, { method: 'HEAD', headers: { 'accept-encoding': 'gzip' } });
      t.true(Number(headers['content-length']) < 1000 * Number(kilobytes), `${path}: ${file}`);
    }
  }
});

test('the README deploys with the flags of cloudbuild.yaml, and each of them is explained', (t) => {
  const build = parse(readFileSync('cloudbuild.yaml', 'utf8')) as {
    substitutions: Record<string, string>;
    steps: { id: string; args: string[] }[];
  };
  const args = build.steps.find(({ id }) => id === 'deploy')!.args.filter((arg) => arg.startsWith('--'));
  const values: Record<string, string> = { ...build.substitutions, _REGION: '$REGION', _CORS_ALLOW_ORIGIN: '$ORIGIN' };
  const wanted = args
    .map((arg) =>
      arg
        .replace(/\$\{(\w+)\}/g, (_, name: string) => values[name] ?? '')
        .replace('$PROJECT_ID', '$PROJECT')
        .replace('$PROJECT_NUMBER', '$NUMBER'),
    )
    .map((arg) => arg.replace('@REDIS_URL=', ''))
    .filter((arg) => !/^--(image|quiet)/.test(arg));
  const block = documentAt('README.md').blocks.find(({ text }) => text.includes('gcloud run deploy'))!;
  const [, flags] = /flags=\(\n([\s\S]*?)\n\)/.exec(block.text)!;
  t.deepEqual(flags!.replaceAll('"', '').split(/\s+/).filter(Boolean).toSorted(), wanted.toSorted());
  const explained = tableRows(documentAt('docs/deploy.md'), 'What each flag protects').map(
    ([cell]) => /--[\w-]+/.exec(cell!)![0],
  );
  const names = wanted.map((arg) => arg.replace(/=.*/, '')).filter((name) => name !== '--region');
  t.deepEqual(explained.toSorted(), names.toSorted());
});

test('the README has at most 150 lines, and leads to every document', (t) => {
  const { text } = documentAt('README.md');
  t.true(text.trimEnd().split('\n').length <= 150);
  for (const name of readdirSync('docs').filter((each) => each.endsWith('.md')))
    t.true(text.includes(`(docs/${name})`), name);
});

test('CI runs the gate on every version of Node that the README promises', (t) => {
  const { jobs } = parse(readFileSync('.github/workflows/ci.yml', 'utf8')) as {
    jobs: { test: { strategy: { matrix: { node: number[] } }; steps: { run?: string }[] } };
  };
  const [, promised] = /With Node ([\d, or]+):/.exec(documentAt('README.md').prose)!;
  t.deepEqual(jobs.test.strategy.matrix.node, promised!.match(/\d+/g)!.map(Number));
  t.true(jobs.test.steps.some(({ run }) => run === 'bash .ci/run'));
});
