import test from 'ava';
import { Arrivals } from '../../src/metrics/arrivals.js';
import { usedBytes } from '../support/memory.js';
import { keepingLog } from '../support/service.js';
import { FakeTime } from '../support/time.js';

const HOUR_MS = 3_600_000;
const MY_APP = { origin: 'https://my-app.example' };

function create() {
  const time = new FakeTime();
  const { log, logged } = keepingLog();
  return { time, logged, arrivals: new Arrivals({ clock: time, log }) };
}

test('scripts, heartbeats and refusals are counted by origin, the latest first', (t) => {
  const { arrivals, time } = create();
  const began = Math.floor(time.seconds());
  arrivals.countScript({ referer: 'https://my-app.example/page' });
  for (let count = 0; count < 3; count++) arrivals.countHeartbeat(MY_APP);
  time.pass(5000);
  arrivals.countHeartbeat({});
  arrivals.countRefusal(MY_APP, 'uid_empty');
  arrivals.countRefusal(MY_APP, 'invalid_json', Buffer.from('{uid:1}'));
  t.is(arrivals.since, began);
  t.deepEqual(arrivals.scripts, [{ ...MY_APP, count: 1, last: began }]);
  t.deepEqual(arrivals.heartbeats, [
    { origin: null, count: 1, last: began + 5 },
    { ...MY_APP, count: 3, last: began },
  ]);
  t.like(arrivals.refusals, [
    { ...MY_APP, count: 1, last: began + 5, error: 'invalid_json', text: '{uid:1}' },
    { ...MY_APP, count: 1, last: began + 5, error: 'uid_empty' },
  ]);
});

test('each origin and code is logged once an hour, without the text', (t) => {
  const { arrivals, time, logged } = create();
  const refuse = () => arrivals.countRefusal(MY_APP, 'invalid_json', Buffer.from('{uid:1}'));
  for (let count = 0; count < 5; count++) refuse();
  arrivals.countRefusal(MY_APP, 'uid_empty');
  t.deepEqual(
    logged.map(({ level, fields }) => ({ level, ...fields })),
    [
      { level: 'warn', ...MY_APP, code: 'invalid_json', count: 1 },
      { level: 'warn', ...MY_APP, code: 'uid_empty', count: 1 },
    ],
  );
  time.pass(HOUR_MS - 1);
  refuse();
  t.is(logged.length, 2);
  time.pass(1);
  refuse();
  t.deepEqual(logged.at(-1)!.fields, { ...MY_APP, code: 'invalid_json', count: 7 });
});

test('a hundred thousand different origins take bounded memory and few lines in the log', (t) => {
  const { arrivals, logged } = create();
  const flood = (from: number, to: number) => {
    for (let index = from; index < to; index++) {
      const headers = { origin: `https://${'x'.repeat(200)}-${index}.example` };
      arrivals.countScript(headers);
      arrivals.countHeartbeat(headers);
      arrivals.countRefusal(headers, 'origin_not_allowed');
    }
  };
  flood(0, 1000);
  const before = usedBytes();
  flood(1000, 100_000);
  const grown = usedBytes() - before;
  t.true(grown < 200_000, `${grown} bytes`);
  t.deepEqual(
    [arrivals.scripts, arrivals.heartbeats, arrivals.refusals].map(({ length }) => length),
    [50, 50, 100],
  );
  t.is(arrivals.refusals[0]!.origin?.slice(-14), '-99999.example');
  t.is(logged.length, 51);
});

test('after an hour with too many kinds, kinds are logged again', (t) => {
  const { arrivals, time, logged } = create();
  for (let index = 0; index < 60; index++) arrivals.countRefusal({ origin: `https://${index}.example` }, 'uid_empty');
  t.regex(logged.at(-1)!.message, /not logged within this hour/);
  time.pass(HOUR_MS);
  arrivals.countRefusal(MY_APP, 'uid_empty');
  t.deepEqual(logged.at(-1)!.fields, { ...MY_APP, code: 'uid_empty', count: 1 });
});
