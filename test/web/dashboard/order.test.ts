import test from 'ava';
import type { VisitorAnswer } from '../../../src/protocol/messages.js';
import { OnlineVisitors } from '../../../src/web/dashboard/online-visitors.js';
import { orderText, parseOrder } from '../../../src/web/dashboard/order.js';

const ALL = { text: '', status: '' } as const;
const TOTALS = { ts: 0, online_total: 0, active_total: 0, idle_total: 0 };

const details = (uid: string, since: number, activity: number, ...rooms: string[]): VisitorAnswer => ({
  uid,
  status: 'active',
  last_seen: activity,
  last_activity: activity,
  online_since: since,
  online_seconds: 0,
  idle_at: 0,
  offline_at: 0,
  sessions: 1,
  rooms,
  info: null,
});

/** Ada and Bob are looked up, and Cleo is not yet. */
function threeVisitors() {
  const visitors = new OnlineVisitors();
  visitors.restore({
    visitors: [
      { uid: '1', status: 'idle', info: { name: 'Ada' } },
      { uid: '2', status: 'active', info: { name: 'Bob' } },
      { uid: '3', status: 'active', info: { name: 'Cleo' } },
    ],
  });
  visitors.setDetails([details('1', 50, 900, 'Hall'), details('2', 100, 800, 'attic', 'zoo')], 0);
  const sorted = (order: string) =>
    visitors
      .select(ALL, parseOrder(order))
      .map(({ uid }) => uid)
      .join('');
  return { visitors, sorted };
}

test('visitors are sorted by each column in both directions, and those of whom it is unknown are last', (t) => {
  const { sorted } = threeVisitors();
  const orders = {
    name: '123',
    '-name': '321',
    status: '231',
    '-status': '123',
    since: '123',
    '-since': '213',
    activity: '213',
    '-activity': '123',
    room: '213',
    '-room': '123',
  };
  for (const [order, uids] of Object.entries(orders)) t.is(sorted(order), uids, order);
});

test('a visitor moves in the list when the status changes or other details are looked up', (t) => {
  const { visitors, sorted } = threeVisitors();
  t.is(sorted('status'), '231');
  visitors.apply({ ...TOTALS, active: ['1'], idle: ['2'] });
  t.is(sorted('status'), '132');
  t.is(sorted('-since'), '213');
  visitors.setDetails([details('3', 200, 900)], 0);
  t.is(sorted('-since'), '321');
  visitors.apply({ ...TOTALS, left: ['2'] });
  t.is(sorted('-since'), '31');
});

test('Find looks at rooms, once they are known', (t) => {
  const { visitors } = threeVisitors();
  const found = (text: string) => visitors.select({ text, status: '' }, parseOrder('')).map(({ uid }) => uid);
  t.deepEqual(found('zoo'), ['2']);
  visitors.setDetails([details('2', 100, 800, 'attic'), details('3', 0, 0, 'Zoo')], 0);
  t.deepEqual(found('zoo'), ['3']);
});

test('visitors who are still there after another snapshot keep their details', (t) => {
  const { visitors, sorted } = threeVisitors();
  visitors.restore({ visitors: ['2', '4', '1'].map((uid) => ({ uid, status: 'active' as const })) });
  t.is(sorted('-since'), '214');
  t.is(visitors.detailsAge.unknown, 1);
});

test('an order is read from the text that it is written as, and anything else is the order of the names', (t) => {
  for (const text of ['name', '-name', 'status', 'since', '-activity', 'room']) t.is(orderText(parseOrder(text)), text);
  for (const text of ['', '-', 'age', '--name', '-toString']) t.is(orderText(parseOrder(text)), 'name');
});
