import { createHmac } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import { startCli } from '../support/cli.js';
import { openStream, send } from '../support/client.js';
import { assertDocumented } from '../support/openapi/check.js';
import { document, findOperation, operations, type Response, resolve } from '../support/openapi/document.js';
import { pipeline } from '../support/pipeline.js';
import { OLD_SECRET, SECRET, sign } from '../support/tokens.js';

// Every answer that docs/openapi.yaml describes is provoked from the real service, but for the ones below, and `send`
// holds each against the description.
const ELSEWHERE = {
  internal: 'test/http/faults.test.ts breaks the service from within',
  request_timeout: 'is answered before the path is known; provoked once below',
  header_too_large: 'is answered before the path is known; provoked once below',
};

const HIT = '{"uid":"ada","session":"tab-1","room":"hall","idle_for":1.5,"info":{"name":"Ada"}}';
const LEAVE = '{"uid":"ada","session":"tab-1","room":"attic"}';
const TOKEN = '{"expires_in":3600}';
const FOREIGN = { origin: 'https://elsewhere.example' };

const BADGES = ['/v1/badge/count.svg', '/v1/badge/status.svg?uid=ada'];
const WATCHED = [
  '/v1/online',
  '/v1/totals',
  '/v1/history',
  '/v1/rooms',
  '/v1/service',
  '/v1/setup',
  '/v1/visitors?uids=ada,bob',
  '/v1/visitors/ada',
  ...BADGES,
];
const HANDOVER = '/v1/handover';
const VIEW = '/v1/view?totals&members=5&uids=ada&uids=bob';
const STREAMS = ['/sse/online', '/sse/changes', '/sse/totals'];
const OF_A_ROOM = [...STREAMS, '/v1/online', '/v1/totals', '/v1/history', '/v1/badge/count.svg'];
const HEALTH = ['/health', '/healthz', '/readyz'];
const FILES = [
  '/',
  '/dashboard.js',
  '/dashboard.css',
  '/client.js',
  '/client.mjs',
  '/client.d.mts',
  '/elements.js',
  '/elements.d.mts',
  '/openapi.json',
];

/** Bodies that the routes refuse, by error code. */
const BODIES = { body_empty: '', body_not_utf8: Buffer.from([0xff]), invalid_json: '{', not_an_object: '[]' };
const LEAVES = {
  ...BODIES,
  uid_missing: '{}',
  uid_wrong_type: '{"uid":true}',
  uid_empty: '{"uid":""}',
  uid_too_long: `{"uid":"${'x'.repeat(257)}"}`,
  uid_bad_character: '{"uid":"a\\nb"}',
  room_invalid: '{"uid":"a","room":""}',
  session_invalid: '{"uid":"a","session":""}',
};
const HITS = {
  ...LEAVES,
  last_activity_not_number: '{"uid":"a","last_activity":"soon"}',
  last_activity_negative: '{"uid":"a","last_activity":-1}',
  last_activity_in_milliseconds: '{"uid":"a","last_activity":1795522572000}',
  idle_for_invalid: '{"uid":"a","idle_for":-1}',
  info_invalid: '{"uid":"a","info":[]}',
  info_number_inexact: '{"uid":"a","info":{"id":1161380288898609914}}',
  invisible_invalid: '{"uid":"a","invisible":"yes"}',
  view_invalid: '{"uid":"a","view":[]}',
  view_totals_invalid: '{"uid":"a","view":{"totals":1}}',
  view_members_invalid: '{"uid":"a","view":{"members":0}}',
  view_uids_invalid: '{"uid":"a","view":{"uids":"a"}}',
  too_many_uids: `{"uid":"a","view":{"uids":[${'"a",'.repeat(100)}"a"]}}`,
  info_too_large: `{"uid":"a","info":{"n":"${'x'.repeat(1024)}"}}`,
};

const TOKENS = {
  ...BODIES,
  made: TOKEN,
  of_rooms: '{"expires_in":3600,"rooms":["hall"],"view":"totals"}',
  expires_in_invalid: '{"expires_in":1}',
  rooms_invalid: '{"expires_in":3600,"rooms":[]}',
  token_view_invalid: '{"expires_in":3600,"view":"names"}',
};

test('the service gives every answer that the document describes, as it describes it', async (t) => {
  t.timeout(240_000);
  const seen = new Set<string>();
  await askOpenService(t, seen);
  await askLockedService(t, seen);
  await askFullService(t, seen);
  const wanted = operations.flatMap(({ operationId, responses }) =>
    Object.entries(responses).flatMap(([status, response]) =>
      codesOf(resolve<Response>(response))
        .filter((code) => !(code in ELSEWHERE))
        .map((code) => `${operationId} ${status} ${code}`.trim()),
    ),
  );
  t.deepEqual(
    wanted.filter((each) => !seen.has(each)),
    [],
  );
});

/** A service without secrets. */
async function askOpenService(t: ExecutionContext, seen: Set<string>): Promise<void> {
  const { url, port } = await startCli(t);
  const ask = asker(url, seen);
  const posts = {
    '/v1/hit': HIT,
    '/v1/leave': LEAVE,
    '/v1/sign-in': '{"token":"x"}',
    '/v1/sign-out': '',
    '/v1/unwatch': '{"stream":"x"}',
    '/v1/tokens': TOKEN,
  };
  for (const [path, body] of Object.entries(posts)) {
    await ask('POST', path, { body });
    await ask('POST', path, { body, headers: FOREIGN });
    await ask('OPTIONS', path, { headers: { 'access-control-request-method': 'POST' } });
    await ask('GET', path);
  }
  for (const path of ['/v1/hit', '/v1/leave', '/v1/sign-in', '/v1/unwatch']) {
    await ask('POST', path, { body: ' '.repeat(9000) });
    await ask('POST', path, { body: gzipSync('{}'), headers: { 'content-encoding': 'gzip' } });
  }
  for (const body of [TOKEN, '{}']) await ask('POST', '/v1/tokens', { body });
  for (const body of Object.values(HITS)) await ask('POST', '/v1/hit', { body });
  for (const body of Object.values(LEAVES)) await ask('POST', '/v1/leave', { body });
  for (const path of ['/v1/sign-in', '/v1/unwatch']) {
    for (const body of Object.values(BODIES)) await ask('POST', path, { body });
  }
  await ask('POST', '/v1/unwatch', { body: '{}' });
  await ask('POST', '/v1/hit', { body: '{"uid":"ada","view":{"totals":true,"members":5,"uids":["ada"]}}' });
  for (const path of [...WATCHED, VIEW, HANDOVER, ...HEALTH, ...FILES, '/nowhere', '/metrics']) {
    await ask('GET', path);
    await ask('HEAD', path);
    await ask('DELETE', path, { headers: FOREIGN });
    await ask('OPTIONS', path, { headers: FOREIGN });
    await ask('GET', path, { headers: FOREIGN });
  }
  for (const path of [...FILES, VIEW, ...BADGES]) await ask('GET', path, { headers: { 'if-none-match': '*' } });
  for (const path of STREAMS) {
    const stream = await openStream(t, url + path);
    await stream.next();
    note(seen, 'GET', path, 200);
    stream.close();
    await ask('GET', path, { headers: FOREIGN });
    await ask('HEAD', path);
  }
  for (const path of OF_A_ROOM) for (const room of ['%zz', '']) await ask('GET', `${path}?room=${room}`);
  const uids = ['%zz', 'x'.repeat(257), '%00', ''];
  for (const uid of uids) await ask('GET', `/v1/visitors/${uid}`);
  for (const query of ['', ...uids.map((uid) => `?uid=${uid}`)]) await ask('GET', `/v1/badge/status.svg${query}`);
  for (const uid of [...uids, 'a,', 'a,'.repeat(101)]) await ask('GET', `/v1/visitors?uids=${uid}`);
  for (const uid of [...uids, 'a&uids=a'.repeat(101)]) await ask('GET', `/v1/view?uids=${uid}`);
  for (const query of ['room=', 'totals=2', 'members=0']) await ask('GET', `/v1/view?${query}`);
  const paths = [...WATCHED, VIEW, HANDOVER, ...STREAMS, ...HEALTH, ...FILES, '/nowhere', '/metrics'];
  const lines = [
    ...Object.keys(posts).map((path) => `POST ${path}`),
    ...paths.map((path) => `GET ${path}`),
    'OPTIONS /v1/hit',
    'DELETE /v1/hit',
    'DELETE /v1/visitors/ada',
  ];
  for (const line of lines) await askRaw(port, seen, `${line} HTTP/1.1\r\n\r\n`);
}

/** A service that wants a token for everything, and has metrics. */
async function askLockedService(t: ExecutionContext, seen: Set<string>): Promise<void> {
  const environment = { HIT_SECRET: OLD_SECRET, WATCH_SECRET: SECRET, METRICS: 'token', METRICS_TOKEN: SECRET };
  const { url } = await startCli(t, environment);
  const ask = asker(url, seen);
  const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
  const expired = { sub: 'ada', exp: 1 };
  for (const [path, body] of [
    ['/v1/hit', HIT],
    ['/v1/leave', LEAVE],
  ] as const) {
    await ask('POST', path, { body });
    await ask('POST', path, { body, ...bearer('wrong') });
    for (const claims of [expired, { sub: 'bob' }, { sub: 'ada', rooms: ['cellar'] }, { sub: 'ada' }]) {
      await ask('POST', path, { body, ...bearer(await sign(claims, OLD_SECRET)) });
    }
  }
  for (const token of ['', 'wrong', await sign(expired), SECRET]) {
    await ask('POST', '/v1/sign-in', { body: JSON.stringify({ token }) });
  }
  for (const path of [...WATCHED, ...STREAMS]) {
    await ask('GET', path);
    await ask('GET', path, bearer('wrong'));
    await ask('GET', path, bearer(await sign(expired)));
    await ask('HEAD', path, bearer(SECRET));
  }
  for (const path of [...OF_A_ROOM, '/v1/service', '/v1/setup'])
    await ask('GET', path, bearer(await sign({ room: 'hall' })));
  for (const path of [...WATCHED, ...STREAMS]) {
    await ask('GET', `${path}${path.includes('?') ? '&' : '?'}token=${SECRET}`);
    await ask('GET', path, bearer(await sign({ view: 'none' })));
  }
  for (const token of ['wrong', await sign(expired), await sign({ room: 'hall' })])
    await ask('GET', VIEW, bearer(token));
  await ask('GET', `${VIEW}&token=${SECRET}`);
  for (const body of Object.values(TOKENS)) await ask('POST', '/v1/tokens', { body, ...bearer(SECRET) });
  await ask('POST', '/v1/tokens', { body: ' '.repeat(9000), ...bearer(SECRET) });
  const compressed = { authorization: `Bearer ${SECRET}`, 'content-encoding': 'gzip' };
  await ask('POST', '/v1/tokens', { body: gzipSync('{}'), headers: compressed });
  for (const token of ['wrong', await sign(expired), await sign({})])
    await ask('POST', '/v1/tokens', { body: TOKEN, ...bearer(token) });
  await ask('GET', VIEW);
  for (const [name, authorization] of [
    ['ada', ''],
    ['ada', 'Bearer wrong'],
    ['ada', `Bearer ${SECRET}`],
    ['%zz', `Bearer ${SECRET}`],
    ['x'.repeat(257), `Bearer ${SECRET}`],
    ['%00', `Bearer ${SECRET}`],
    ['', `Bearer ${SECRET}`],
  ] as const) {
    await ask('DELETE', `/v1/visitors/${name}`, { headers: authorization === '' ? {} : { authorization } });
  }
  const handoverKey = createHmac('sha256', SECRET).update('presence handover').digest('hex');
  await ask('GET', HANDOVER);
  await ask('GET', HANDOVER, bearer(SECRET));
  for (const lifetime of [-60, 60]) {
    await ask('GET', HANDOVER, bearer(await sign({ exp: Math.floor(Date.now() / 1000) + lifetime }, handoverKey)));
  }
  await ask('GET', '/metrics');
  await ask('GET', '/metrics', bearer('wrong'));
  await ask('GET', '/metrics', bearer(SECRET));
  await ask('GET', '/metrics', { headers: FOREIGN });
}

/** A service whose limits are low. */
async function askFullService(t: ExecutionContext, seen: Set<string>): Promise<void> {
  const limits = { MAX_VISITORS: '2', MAX_ROOMS: '1', HITS_PER_UID_PER_MINUTE: '2' };
  const { url, port } = await startCli(t, { ...limits, MAX_STREAMS: '1', REQUEST_TIMEOUT_SECONDS: '0.5' });
  const ask = asker(url, seen);
  await ask('POST', '/v1/hit', { body: '{"uid":"a","room":"hall"}' });
  await ask('POST', '/v1/hit', { body: '{"uid":"a"}' });
  await ask('POST', '/v1/leave', { body: '{"uid":"a"}' });
  await ask('POST', '/v1/hit', { body: '{"uid":"b","room":"attic"}' });
  await ask('POST', '/v1/hit', { body: '{"uid":"c"}' });
  await ask('POST', '/v1/hit', { body: '{"uid":"d"}' });
  // The second stream ends the first one, and the others end at once: each stream is whole.
  for (let count = 0; count < 2; count++) await openStream(t, `${url}/sse/online`);
  for (const path of STREAMS) await ask('GET', path);
  await askRaw(port, seen, 'POST /v1/hit HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n');
  await askRaw(port, seen, `GET /health HTTP/1.1\r\nHost: a\r\nX-Long: ${'x'.repeat(70_000)}\r\n\r\n`);
  t.true(seen.has('hit 408 request_timeout') && seen.has('getHealth 431 header_too_large'));
}

type Options = Parameters<typeof send>[1];

/** Sends requests, which are held against the document, and notes what answered. */
function asker(url: string, seen: Set<string>) {
  return async (method: string, target: string, options: Options = {}) => {
    const { status, text } = await send(url + target, { method, ...options });
    note(seen, method, target, status, text);
  };
}

/** Sends bytes that `send` cannot. The request line is well-formed. */
async function askRaw(port: number, seen: Set<string>, bytes: string): Promise<void> {
  const [method = '', target = ''] = bytes.split(' ');
  const [answer] = await pipeline(port, [Buffer.from(bytes)]);
  const { status, head, body } = answer!;
  const headers: Record<string, string> = {};
  for (const line of head.split('\r\n').slice(1)) {
    const [, name = '', value = ''] = /^([^:]+): (.*)$/.exec(line)!;
    headers[name.toLowerCase()] = value;
  }
  assertDocumented({ method, target, status, headers, text: body });
  note(seen, method, target, status, body);
}

function note(seen: Set<string>, method: string, target: string, status: number, text = ''): void {
  const code = status < 400 || text === '' ? '' : (JSON.parse(text) as { error: string }).error;
  seen.add(`${findOperation(method, target).operation.operationId} ${status} ${code}`.trim());
}

/** The error codes of a response; one empty text for a response that is no error. */
function codesOf({ content }: Response): string[] {
  const { examples = {} } = content?.['application/json'] ?? {};
  const codes = Object.keys(examples).filter((name) => name in document.components.examples);
  return codes.length === 0 ? [''] : codes;
}
