import test from 'ava';
import { readConfig } from '../../src/config/read-config.js';
import { spawnCli } from '../support/cli.js';
import { configOf } from '../support/service.js';

test('without variables the documented defaults apply', (t) => {
  const { presence, streams, http, directDispatch } = configOf();
  t.is(presence.onlineWindowMs, 60_000);
  t.is(presence.activeWindowMs, 300_000);
  t.is(presence.maxVisitors, 200_000);
  t.is(streams.tickIntervalMs, 2000);
  t.is(streams.maxStreams, 800);
  t.is(streams.maxAgeMs, 900_000);
  t.is(http.maxBodyBytes, 8192);
  t.true(http.keepAliveMs > 600_000);
  t.deepEqual(http.allowOrigins, ['https://solar-system-82998.bubbleapps.io']);
  t.true(directDispatch);
});

test('an empty variable counts as unset', (t) => {
  t.deepEqual(configOf({ MAX_VISITORS: '', CORS_ALLOW_ORIGIN: ' ' }), configOf());
});

test('CORS_ALLOW_ORIGIN is a list of origins, or * for any', (t) => {
  t.deepEqual(configOf({ CORS_ALLOW_ORIGIN: 'https://a.example, http://localhost:3000' }).http.allowOrigins, [
    'https://a.example',
    'http://localhost:3000',
  ]);
  t.is(configOf({ CORS_ALLOW_ORIGIN: '*' }).http.allowOrigins, '*');
});

for (const [variable, value] of [
  ['PORT', 'http'],
  ['PORT', '65536'],
  ['SITE_NAME', 'x'.repeat(61)],
  ['SITE_NAME', 'two\nlines'],
  ['MAX_VISITORS', '-1'],
  ['MAX_VISITORS', 'many'],
  ['MAX_VISITORS', '1.5'],
  ['MAX_VISITORS', '1e3'],
  ['MAX_STREAMS', '0'],
  ['ONLINE_WINDOW_SECONDS', '59'],
  ['ONLINE_WINDOW_SECONDS', 'NaN'],
  ['HEARTBEAT_SECONDS', '31'],
  ['TICK_INTERVAL_SECONDS', '0'],
  ['STREAM_GZIP', 'maybe'],
  ['LOG_LEVEL', 'loud'],
  ['HIT_SECRET', 'too short'],
  ['WATCH_SECRET', `${'x'.repeat(40)},short`],
  ['PUBLIC_VIEW', 'names'],
  ['METRICS', 'on'],
  ['METRICS_TOKEN', 'short'],
  ['TRUSTED_HOPS', '-1'],
  ['CORS_ALLOW_ORIGIN', 'https://a.example/'],
  ['CORS_ALLOW_ORIGIN', 'a.example'],
  ['CORS_ALLOW_ORIGIN', 'https://a.example,*'],
  ['CORS_ALLOW_ORIGIN', 'https://*.a.example'],
  ['CORS_ALLOW_ORIGIN', ','],
  ['REDIS_URL', '10.0.0.3:6379'],
  ['REDIS_URL', 'http://10.0.0.3'],
  ['PEER_URL', 'presence.example.com'],
  ['PEER_URL', 'redis://presence.example.com'],
  ['PEER_URL', 'https://presence.example.com/?a=b'],
  ['HANDOVER_SECRET', 'too short'],
  ['REDIS_KEY', 'two words'],
  ['REDIS_REQUIRED', 'maybe'],
  ['WEBHOOK_URL', 'http://example.com/hook'],
  ['WEBHOOK_URL', 'example.com'],
  ['WEBHOOK_URL', 'https://user:password@example.com/'],
  ['WEBHOOK_SECRET', 'a-secret-of-thirty-two-characters-or-more'],
  ['WEBHOOK_SECRET', 'whsec_c2hvcnQ='],
  ['WEBHOOK_SECRET', 'whsec_not base64 at all, but long enough for a key'],
  ['WEBHOOK_BATCH_SECONDS', '61'],
  ['WEBHOOK_EVENTS', 'visitor.joined,visitor.gone'],
] as const) {
  test(`${variable}=${value} is refused with a message about the variable`, (t) => {
    const result = readConfig({ [variable]: value });
    t.false(result.ok);
    if (result.ok) return;
    t.is(result.error.length, 1);
    t.regex(
      result.error[0]!.variable,
      variable === 'HEARTBEAT_SECONDS' ? /^ONLINE_WINDOW_SECONDS$/ : new RegExp(variable),
    );
    t.regex(result.error[0]!.message, /^must /);
  });
}

test('an invalid variable stops the start with one line that names it', async (t) => {
  const { exited, output } = spawnCli({ ONLINE_WINDOW_SECONDS: '40' });
  t.is(await exited, 1);
  t.is(output().split('\n').length, 1);
  const line = JSON.parse(output());
  t.is(line.severity, 'CRITICAL');
  t.regex(line.message, /^Cannot start: ONLINE_WINDOW_SECONDS must be at least two heartbeats/);
});

for (const value of ['on', 'off']) {
  test(`PUBLIC_TOTALS=${value} is refused with a message that names the variable in its place`, (t) => {
    const result = readConfig({ PUBLIC_TOTALS: value });
    t.deepEqual(!result.ok && result.error.map(({ variable }) => variable), ['PUBLIC_TOTALS']);
    if (!result.ok) t.regex(result.error[0]!.message, /PUBLIC_VIEW=totals/);
  });
}

test('the message about an invalid secret does not contain it', (t) => {
  const result = readConfig({ HIT_SECRET: 'hush' });
  t.false(JSON.stringify(result).includes('hush'));
});

test('METRICS=token requires METRICS_TOKEN', (t) => {
  const result = readConfig({ METRICS: 'token' });
  t.false(result.ok);
  if (!result.ok) t.is(result.error[0]!.variable, 'METRICS_TOKEN');
});

test('REDIS_REQUIRED without REDIS_URL is refused', (t) => {
  const result = readConfig({ REDIS_REQUIRED: 'on' });
  t.deepEqual(!result.ok && result.error.map(({ variable }) => variable), ['REDIS_URL']);
});

test('the message about an invalid REDIS_URL does not contain it, because it may hold a password', (t) => {
  const result = readConfig({ REDIS_URL: 'http://:very-secret@10.0.0.3' });
  t.notRegex(JSON.stringify(result), /very-secret/);
});

test('a line break at the end of REDIS_PASSWORD is removed', (t) => {
  const result = readConfig({ REDIS_URL: 'redis://10.0.0.3', REDIS_PASSWORD: ' very secret \n' });
  t.is(result.ok && result.value.redis?.password, ' very secret ');
});

test('the same secret for visitors and watchers is refused, because each visitor could then watch', (t) => {
  const [one, other] = ['a'.repeat(32), 'b'.repeat(32)];
  const result = readConfig({ HIT_SECRET: `${one},${other}`, WATCH_SECRET: one });
  t.deepEqual(!result.ok && result.error.map(({ variable }) => variable), ['WATCH_SECRET']);
  t.false(JSON.stringify(result).includes(one));
  t.true(readConfig({ HIT_SECRET: one, WATCH_SECRET: other }).ok);
});

const WEBHOOK_SECRET = `whsec_${Buffer.alloc(24).toString('base64')}`;

test('WEBHOOK_URL requires WEBHOOK_SECRET', (t) => {
  const result = readConfig({ WEBHOOK_URL: 'https://example.com/hook' });
  t.deepEqual(!result.ok && result.error.map(({ variable }) => variable), ['WEBHOOK_SECRET']);
});

for (const url of [
  'https://example.com/hook?key=1',
  'http://localhost:3000/',
  'http://127.8.0.1/',
  'http://[::1]:3000/',
]) {
  test(`WEBHOOK_URL=${url} is allowed`, (t) => {
    t.is(configOf({ WEBHOOK_URL: url, WEBHOOK_SECRET }).webhooks?.url, url);
  });
}

test('the messages about WEBHOOK_URL and WEBHOOK_SECRET contain neither', (t) => {
  const result = readConfig({ WEBHOOK_URL: 'ftp://example.com/hush', WEBHOOK_SECRET: 'whsec_hush' });
  t.false(result.ok);
  t.notRegex(JSON.stringify(result), /hush/);
});

test('WEBHOOK_EVENTS may name some types, and WEBHOOK_ROOMS adds those of rooms', (t) => {
  const typesOf = (more: object) =>
    [...configOf({ WEBHOOK_URL: 'https://example.com', WEBHOOK_SECRET, ...more }).webhooks!.types].join();
  t.is(typesOf({ WEBHOOK_EVENTS: 'visitor.left, visitor.joined' }), 'visitor.left,visitor.joined');
  t.regex(typesOf({}), /^presence\.snapshot,visitor\.joined/);
  t.notRegex(typesOf({}), /room/);
  t.regex(typesOf({ WEBHOOK_ROOMS: 'on' }), /visitor\.left.*room\.joined/);
  t.is(typesOf({ WEBHOOK_ROOMS: 'on', WEBHOOK_EVENTS: 'room.vacated' }), 'room.vacated');
});

test('events of rooms are refused while WEBHOOK_ROOMS is off', (t) => {
  const result = readConfig({ WEBHOOK_EVENTS: 'visitor.left,room.left' });
  t.deepEqual(!result.ok && result.error.map(({ variable }) => variable), ['WEBHOOK_EVENTS']);
});
