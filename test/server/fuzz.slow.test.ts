import test from 'ava';
import fc from 'fast-check';
import { errorCodes } from '../../src/protocol/errors.js';
import { pipeline, type RawAnswer } from '../support/pipeline.js';
import { startTarget } from '../support/target.js';

const BATCH = 200;
const HIT_INPUTS = 80_000;
const ADDRESS_INPUTS = 25_000;

const HOSTILE = [
  '',
  '\0',
  '\n',
  '\ud800',
  '__proto__',
  'constructor',
  '💥'.repeat(257),
  'x'.repeat(257),
  '-0',
  '1e999',
  'NaN',
];
const value = fc.oneof(
  fc.constantFrom<unknown>(...HOSTILE, null, true, -1, 0, 1e11, 1e11 + 1, 2 ** 53, 1.5, [], {}),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.double(),
  fc.jsonValue(),
);
const member = fc.constantFrom(
  'uid',
  'last_activity',
  'idle_for',
  'room',
  'session',
  'info',
  'view',
  'token',
  '__proto__',
  'x',
);
const view = fc.record(
  {
    room: fc.oneof(fc.constantFrom('a', null), value),
    totals: fc.oneof(fc.boolean(), value),
    members: fc.oneof(fc.integer({ min: 0, max: 52 }), value),
    uids: fc.oneof(fc.array(fc.constantFrom('a', 'b', 7), { maxLength: 102, size: 'max' }), fc.array(value), value),
  },
  { requiredKeys: [] },
);
const likely = fc
  .tuple(
    fc.constantFrom<unknown>('a', 'b', 7),
    fc.option(view, { nil: undefined, freq: 2 }),
    fc.dictionary(member, value, { maxKeys: 3 }),
  )
  .map(([uid, view, members]) => JSON.stringify({ uid, view, ...members }));
const mutated = fc
  .tuple(likely, fc.nat(), fc.nat(255), fc.constantFrom('replace', 'cut', 'double', 'insert'))
  .map(([text, at, byte, how]) => {
    const bytes = Buffer.from(text);
    const place = at % (bytes.length + 1);
    if (how === 'cut') return bytes.subarray(0, place);
    if (how === 'double') return Buffer.concat([bytes, bytes.subarray(place)]);
    const rest = bytes.subarray(how === 'replace' ? place + 1 : place);
    return Buffer.concat([bytes.subarray(0, place), Buffer.from([byte]), rest]);
  });
const body: fc.Arbitrary<Buffer> = fc.oneof(
  { weight: 3, arbitrary: likely.map((text) => Buffer.from(text)) },
  { weight: 3, arbitrary: mutated },
  { weight: 1, arbitrary: fc.json().map((text) => Buffer.from(text)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
);

test('a valid heartbeat or leave is accepted and an invalid one refused, whatever its bytes', async (t) => {
  t.timeout(240_000);
  // Made before the start: it takes seconds, in which the bystander, who lives in this process, could send no heartbeat.
  const inputs = fc.sample(body, HIT_INPUTS);
  const target = await startTarget(t);
  let taken = 0;
  for (const batch of batches(inputs)) {
    const requests = batch.map((bytes, index) => {
      const path = index % 4 === 0 ? '/v1/leave' : '/v1/hit';
      const head = `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: ${bytes.length}\r\n\r\n`;
      return { path, bytes: Buffer.concat([Buffer.from(head), bytes]) };
    });
    const answers = await pipeline(
      target.port,
      requests.map(({ bytes }) => bytes),
    );
    for (const [index, answer] of answers.entries()) {
      const right = isRight(batch[index]!, requests[index]!.path === '/v1/hit');
      if (right) taken++;
      if (answer.status === 200 && right && /^\{"ok":true(,"interval":1\.5,"view":\{.*\})?\}$/s.test(answer.body))
        continue;
      if (answer.status === 400 && !right && isKnownRefusal(answer)) continue;
      t.fail(`${JSON.stringify(batch[index]!.toString('latin1'))} got ${answer.status} ${answer.body}`);
    }
  }
  t.log(`${HIT_INPUTS} bodies, of which ${taken} were right`);
  t.true(taken > HIT_INPUTS / 20 && taken < HIT_INPUTS / 1.2);
  await target.assertUnharmed();
});

const paths = [
  '/v1/online',
  '/v1/totals',
  '/v1/history',
  '/v1/rooms',
  '/v1/visitors',
  '/v1/visitors/',
  '/v1/view',
  '/v1/hit',
  '/health',
  '/sse/nothing',
];
const target = fc
  .tuple(
    fc.constantFrom('GET', 'OPTIONS', 'POST', 'PUT', 'DELETE', 'PATCH'),
    fc.oneof(fc.constantFrom(...paths), fc.webPath()),
    fc.string({ unit: fc.constantFrom(...'abcd%0129?&=,;+/.:@~-_ÿ'), maxLength: 40 }),
    fc.constantFrom(
      '',
      'room',
      'uids',
      'token',
      'uids=%zz',
      'room=%00',
      'uids=a,b&room',
      'totals',
      'members',
      'totals&members=5&uids',
    ),
    fc.string({ unit: fc.constantFrom(...'abc-123"\'\t ;=,{}<>ÿ'), maxLength: 60 }),
    fc.constantFrom(
      'Origin',
      'Last-Event-ID',
      'Cookie',
      'Authorization',
      'Accept-Encoding',
      'X-Forwarded-For',
      'If-None-Match',
    ),
  )
  .map(([method, path, more, query, header, name]) =>
    Buffer.from(
      `${method} ${path}${more}?${query}=${more} HTTP/1.1\r\nHost: a\r\n${name}: ${header}\r\n\r\n`,
      'latin1',
    ),
  );

test('every request target and header gets one of the known answers', async (t) => {
  t.timeout(240_000);
  const inputs = fc.sample(target, ADDRESS_INPUTS);
  const service = await startTarget(t);
  const statuses = new Map<number, number>();
  for (const batch of batches(inputs)) {
    for (const answer of await pipeline(service.port, batch)) {
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      if ([200, 204].includes(answer.status)) continue;
      // 401 and 403: a visitor is erased with the secret of the operator only.
      if ([400, 401, 403, 404, 405].includes(answer.status) && isKnownRefusal(answer)) continue;
      t.fail(`${answer.status} ${answer.body}`);
    }
  }
  t.log(`answers by status: ${[...statuses].map(([status, count]) => `${status}: ${count}`).join(', ')}`);
  t.true(statuses.has(200) && statuses.has(400) && statuses.has(404) && statuses.has(405));
  await service.assertUnharmed();
});

function isKnownRefusal({ head, body: text }: RawAnswer): boolean {
  const json = JSON.parse(text) as Record<string, unknown>;
  const isKnown = json.ok === false && (errorCodes as readonly unknown[]).includes(json.error);
  return (
    isKnown &&
    json.error !== 'internal' &&
    /^access-control-allow-origin: \*$/im.test(head) &&
    !/\.js|node:|Error/.test(text)
  );
}

/** Whether the contract allows a body, decided without the service's own code. */
function isRight(bytes: Buffer, isHit: boolean): boolean {
  let json: Record<string, unknown>;
  try {
    json = parseMarkingInexact(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return false;
  }
  if (json === null || typeof json !== 'object' || Array.isArray(json)) return false;
  const isName = (name: unknown): boolean => {
    if (typeof name === 'number') return Math.abs(name) < 2 ** 53 && !String(name).includes('e');
    if (typeof name !== 'string') return false;
    const characters = [...name];
    return (
      characters.length >= 1 &&
      characters.length <= 256 &&
      characters.every((one) => !isControlOrHalf(one.codePointAt(0)!))
    );
  };
  const isAbsent = (given: unknown) => given === undefined || given === null;
  const own = (name: string) => (Object.hasOwn(json, name) ? json[name] : undefined);
  const isView = (given: unknown): boolean => {
    if (typeof given !== 'object' || Array.isArray(given) || given instanceof Inexact) return false;
    const { room, totals, members, uids } = given as Record<string, unknown>;
    const isCount = Number.isInteger(members) && Number(members) >= 1 && Number(members) <= 50;
    return (
      (isAbsent(room) || isName(room)) &&
      (isAbsent(totals) || typeof totals === 'boolean') &&
      (isAbsent(members) || isCount) &&
      (isAbsent(uids) || (Array.isArray(uids) && uids.length <= 100 && uids.every(isName)))
    );
  };
  if (!isName(own('uid'))) return false;
  if (!isAbsent(own('room')) && !isName(own('room'))) return false;
  if (!isAbsent(own('session')) && !isName(own('session'))) return false;
  if (!isHit) return true;
  for (const name of ['last_activity', 'idle_for']) {
    const given = own(name);
    if (isAbsent(given)) continue;
    const time = given instanceof Inexact ? Number(given.text) : given;
    const seconds = typeof time === 'string' && /^\s*-?[0-9]+(\.[0-9]+)?\s*$/.test(time) ? Number(time) : time;
    if (typeof seconds !== 'number' || !(seconds >= 0 && seconds <= 1e11)) return false;
  }
  if (!isAbsent(own('view')) && !isView(own('view'))) return false;
  const info = own('info');
  if (isAbsent(info)) return true;
  if (typeof info !== 'object' || Array.isArray(info) || info instanceof Inexact) return false;
  const isFlat = Object.values(info as object).every((one) => one === null || typeof one !== 'object');
  return isFlat && Buffer.byteLength(JSON.stringify(info)) <= 1024;
}

/** A number that a double cannot carry: names and infos may not have any, times may. */
class Inexact {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

function parseMarkingInexact(text: string): Record<string, unknown> {
  JSON.parse(text);
  const found: string[] = [];
  const marked = text.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (token) => {
    if (token.startsWith('"') || sameDecimal(token, String(Number(token)))) return token;
    return JSON.stringify(`inexact \u{10ffff}${found.push(token) - 1}`);
  });
  return JSON.parse(marked, (_, each) => {
    const [, index] = (typeof each === 'string' && /^inexact \u{10ffff}(\d+)$/u.exec(each)) || [];
    return index === undefined ? each : new Inexact(found[Number(index)]!);
  });
}

/** Compares two decimal numbers as fractions of whole numbers. */
function sameDecimal(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => {
    const [, digits = 'x', fraction = '', exponent = '0'] = /^(-?\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text) ?? [];
    return digits === 'x'
      ? undefined
      : { digits: BigInt(digits + fraction), power: Number(exponent) - fraction.length };
  });
  if (a === undefined || b === undefined) return false;
  if (a.digits === 0n || b.digits === 0n) return a.digits === b.digits;
  const least = Math.min(a.power, b.power);
  if (Math.max(a.power, b.power) - least > 5000) return false;
  return a.digits * 10n ** BigInt(a.power - least) === b.digits * 10n ** BigInt(b.power - least);
}

const isControlOrHalf = (code: number): boolean =>
  code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0xd800 && code < 0xe000);

function* batches(inputs: readonly Buffer[]): Generator<Buffer[]> {
  for (let from = 0; from < inputs.length; from += BATCH) yield inputs.slice(from, from + BATCH);
}
