import test from 'ava';
import fc from 'fast-check';
import { OnlineVisitors } from '../../../src/web/dashboard/online-visitors.js';
import { BY_NAME } from '../../../src/web/dashboard/order.js';

const TOTALS = { ts: 0, online_total: 0, active_total: 0, idle_total: 0 };
const ALL = { text: '', status: '' } as const;

test('changes are applied to the snapshot, the latest event is described, and visitors are sorted by name', (t) => {
  const visitors = new OnlineVisitors();
  visitors.restore({
    ...TOTALS,
    visitors: [
      { uid: '2', status: 'active', info: { name: 'Bob' } },
      { uid: '1', status: 'idle' },
    ],
  });
  t.deepEqual(
    visitors.select(ALL, BY_NAME).map(({ uid }) => uid),
    ['1', '2'],
  );
  t.is(
    visitors.apply({ ...TOTALS, joined: [{ uid: '3', status: 'active', info: { name: 'ada' } }] }),
    '\u2068ada\u2069 came',
  );
  t.is(
    visitors.apply({ ...TOTALS, left: ['2'], active: ['1'], updated: [{ uid: '3', info: { name: 'Zoe' } }] }),
    '\u20681\u2069 is active again, and 1 more',
  );
  t.deepEqual(
    visitors.select({ text: '', status: 'active' }, BY_NAME).map(({ uid }) => uid),
    ['1', '3'],
  );
  t.deepEqual(
    visitors.select({ text: 'ZO', status: '' }, BY_NAME).map(({ uid }) => uid),
    ['3'],
  );
  t.is(visitors.apply({ ...TOTALS }), undefined);
});

test('Find ignores case, diacritics and how they are composed, in names and uids', (t) => {
  const finds = (text: string, name: string, uid = '1') => {
    const visitors = new OnlineVisitors();
    visitors.restore({ visitors: [{ uid, status: 'active', info: { name } }] });
    return visitors.select({ text, status: '' }, BY_NAME).map((entry) => entry.uid);
  };
  const [composed, decomposed] = ['Jos\u00e9', 'Jose\u0301'];
  t.deepEqual(finds(composed, decomposed), ['1']);
  t.deepEqual(finds(decomposed, composed), ['1']);
  t.deepEqual(finds('JOSE', composed), ['1']);
  t.deepEqual(finds('istanbul', '\u0130stanbul'), ['1']);
  t.deepEqual(finds('\u0130STANBUL', 'istanbul'), ['1']);
  t.deepEqual(finds('strasse', 'Stra\u00dfe'), ['1']);
  t.deepEqual(finds('\u03bf\u03b4\u03bf\u03c3', '\u039f\u03b4\u03cc\u03c2 1'), ['1']);
  t.deepEqual(finds('ada', '\uff21\uff44\uff41'), ['1']);
  t.deepEqual(finds('jose', 'Ada', composed), [composed], 'the uid stays as it was sent');
  t.deepEqual(finds('1', 'Ada'), ['1']);
  t.deepEqual(finds('ada1', 'Ada'), [], 'a part of the name, or of the uid');
  t.deepEqual(finds('\u0915\u0940', '\u0915\u093e'), [], 'vowel signs make other words');
});

test('after any sequence of joins, leaves and renames the list is complete and sorted', (t) => {
  const uid = fc.nat({ max: 20 }).map(String);
  const name = fc.constantFrom('ada', 'Ada', 'bob', 'Zoë', '');
  const joined = fc.array(fc.record({ uid, status: fc.constant('active' as const), info: fc.record({ name }) }));
  const updated = fc.array(fc.record({ uid, info: fc.record({ name }) }));
  fc.assert(
    fc.property(fc.array(fc.record({ joined, updated, left: fc.array(uid) })), (changes) => {
      const visitors = new OnlineVisitors();
      const names = new Map<string, string>();
      for (const change of changes) {
        visitors.apply({ ...TOTALS, ...change });
        for (const uid of change.left) names.delete(uid);
        for (const { uid, info } of change.updated) if (names.has(uid)) names.set(uid, info.name);
        for (const { uid, info } of change.joined) names.set(uid, info.name);
      }
      const key = (uid: string) => [(names.get(uid) || uid).toLowerCase(), uid].join('\0');
      const sorted = [...names.keys()].sort((a, b) => (key(a) < key(b) ? -1 : 1));
      t.deepEqual(
        visitors.select(ALL, BY_NAME).map(({ uid }) => uid),
        sorted,
      );
      t.is(visitors.size, sorted.length);
    }),
  );
});
