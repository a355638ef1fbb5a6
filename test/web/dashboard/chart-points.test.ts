import test from 'ava';
import { ChartPoints } from '../../../src/web/dashboard/chart-points.js';

const totals = (ts: number, online: number) => ({ ts, online_total: online, active_total: online, idle_total: 0 });

function pointsOf(...ts: number[]): ChartPoints {
  const points = new ChartPoints();
  const counts = ts.map(() => 1);
  const times = { interval: 10, since: 0, complete_from: 0 };
  points.restore({ ...times, ts, online_total: counts, active_total: counts, idle_total: [] });
  return points;
}

test('the span of the axis is what is known, from five minutes to an hour', (t) => {
  t.deepEqual(pointsOf().span(90_000), [89_700, 90_000]);
  t.deepEqual(pointsOf(90_000).span(0), [89_700, 90_000]);
  t.deepEqual(pointsOf(89_640, 90_000).span(0), [89_640, 90_000]);
  t.deepEqual(pointsOf(80_000, 90_000).span(0), [86_400, 90_000]);
});

test('totals replace the last point until it is an interval old, and what is older than an hour is dropped', (t) => {
  const points = pointsOf(1000);
  for (const [ts, online] of [
    [1004, 2],
    [1006, 3],
    [1010, 4],
    [1012, 5],
    [1011, 9],
  ] as const)
    points.push(totals(ts, online));
  t.deepEqual(points.columns[0], [1000, 1010, 1012]);
  t.deepEqual(points.columns[1], [1, 4, 5]);
  points.push(totals(4611, 6));
  t.deepEqual(points.columns[0], [4611]);
});

test('a history that is older than the latest totals is continued by them, unless they are of another room', (t) => {
  const history = {
    interval: 10,
    since: 0,
    complete_from: 0,
    ts: [1000],
    online_total: [1],
    active_total: [1],
    idle_total: [],
  };
  const points = new ChartPoints();
  points.push(totals(1005, 7));
  points.restore(history);
  t.deepEqual(points.columns[1], [1, 7]);
  points.forgetLatest();
  points.restore(history);
  t.deepEqual(points.columns[1], [1]);
});

test('the point that is nearest to a time is found, also outside of what is known', (t) => {
  const points = pointsOf(100, 110, 120);
  t.deepEqual(
    [0, 104, 106, 999].map((ts) => points.nearest(ts)),
    [0, 0, 1, 2],
  );
  t.is(pointsOf().nearest(5), -1);
});
