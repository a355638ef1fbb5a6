import test from 'ava';
import fc from 'fast-check';
import { decodeBatch, encodeBatch } from '../../src/replication/operation-codec.js';
import type { Operation } from '../../src/replication/operations.js';

const name = fc.string({ minLength: 1, maxLength: 12, unit: 'binary' });
const optional = fc.option(name, { nil: undefined });
const ms = fc.integer({ min: 0, max: 1e9 });
const stamp = { atMs: ms, uid: name, session: optional, room: optional };
const carried = fc.record({
  siteActivityMs: ms,
  roomActivityMs: ms,
  info: optional,
  infoAtMs: ms,
  invisibleAgeMs: fc.option(fc.integer({ min: 1, max: 1e9 }), { nil: undefined }),
});
const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ kind: fc.constant('leave' as const), origin: fc.constant('me'), number: fc.constant(0), ...stamp }),
  fc.record({
    kind: fc.constant('erase' as const),
    origin: fc.constant('me'),
    number: fc.constant(0),
    atMs: ms,
    uid: name,
  }),
  fc
    .record({
      kind: fc.constant('hit' as const),
      origin: fc.constant('me'),
      number: fc.constant(0),
      ...stamp,
      activityMs: ms,
      onlineSinceMs: ms,
      info: optional,
      invisible: fc.option(fc.boolean(), { nil: undefined }),
      carried: fc.option(carried, { nil: undefined }),
    })
    .map((hit) => ({ ...hit, carried: hit.carried && carriedAt(hit.atMs, hit.carried) })),
);

/** Without an info, its time means nothing and is not encoded. */
const carriedAt = (
  atMs: number,
  { invisibleAgeMs, ...rest }: typeof carried extends fc.Arbitrary<infer C> ? C : never,
) => ({
  ...rest,
  infoAtMs: rest.info === undefined ? atMs : rest.infoAtMs,
  invisibleAtMs: invisibleAgeMs === undefined ? undefined : atMs - invisibleAgeMs,
});

const decodeAll = (fields: Record<string, string>, offsetMs: number) =>
  [...decodeBatch(fields, offsetMs)!.parts].flat();

test('a decoded batch equals the encoded one, whatever the offset of the two clocks', (t) => {
  fc.assert(
    fc.property(fc.array(operation), fc.integer({ min: 0, max: 1e12 }), fc.nat(), (operations, offsetMs, number) => {
      const fields = encodeBatch({ origin: 'me', number, operations }, offsetMs);
      const decoded = decodeAll(fields, offsetMs);
      const expected = operations.map((each, index) => ({ ...each, number: number + index }));
      t.deepEqual(decoded, expected);
    }),
  );
});

test('a large batch is one entry, in parts of a thousand', (t) => {
  const operations = Array.from({ length: 2500 }, (_, number) => ({
    kind: 'leave' as const,
    origin: 'me',
    number,
    atMs: 0,
    uid: `visitor-${number}`,
    session: undefined,
    room: undefined,
  }));
  const fields = encodeBatch({ origin: 'me', number: 0, operations }, 0);
  t.deepEqual(
    [...decodeBatch(fields, 0)!.parts].map((part) => part.length),
    [1000, 1000, 500],
  );
});

test('a plain heartbeat takes a few bytes beside its uid', (t) => {
  const hit: Operation = {
    kind: 'hit',
    origin: 'me',
    number: 0,
    atMs: 5000,
    uid: 'ada',
    activityMs: 5000,
    onlineSinceMs: 5000,
    carried: undefined,
  };
  t.is(encodeBatch({ origin: 'me', number: 0, operations: [hit] }, 0).p0, '[[0,0,"ada"]]');
});

test('an entry of another version or format is no batch, and a malformed operation in a batch is undefined', (t) => {
  t.is(decodeBatch({}, 0), undefined);
  t.is(decodeBatch({ v: '2', from: 'me', n: '0', at: '0' }, 0), undefined);
  t.is(decodeBatch({ v: '1', from: 'me', n: 'x', at: '0' }, 0), undefined);
  const head = { v: '1', from: 'me', n: '0', at: '0' };
  t.deepEqual(decodeAll({ ...head, p0: 'not JSON' }, 0), [undefined]);
  t.deepEqual(decodeAll({ ...head, p0: '{}' }, 0), [undefined]);
  const rows = [
    null,
    7,
    [],
    [0],
    [0, 'x', 'ada'],
    [9, 0, 'ada'],
    [0, 0, 'ada', '7'],
    [0, 0, 'ada', 0, 7],
    [0, 0, 'ada', 0, null, null, 0, 7],
  ];
  t.deepEqual(
    decodeAll({ ...head, p0: JSON.stringify(rows) }, 0),
    rows.map(() => undefined),
  );
  t.deepEqual(decodeAll({ ...head, p0: '[[0,0,"ada",0,null,null,0,null,[1]]]' }, 0), [undefined]);
});

test('no JSON in a part makes the decoder throw', (t) => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const head = { v: '1', from: 'me', n: '0', at: '0' };
      t.notThrows(() => decodeAll({ ...head, p0: text }, 0));
    }),
  );
});
