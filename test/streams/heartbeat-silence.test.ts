import test from 'ava';
import { HeartbeatSilence } from '../../src/streams/heartbeat-silence.js';

const INTERVAL_MS = 30_000;
const CHECK_MS = INTERVAL_MS / 20;

/**
 * Pages that send heartbeats at their phases, a few milliseconds early or late, until a moment.
 *
 * @returns when the silence was reported, in milliseconds after that moment; negative for false alarms
 */
function reports(phasesMs: readonly number[], stopMs: number, untilMs: number, intervalMs = INTERVAL_MS): number[] {
  const silence = new HeartbeatSilence(INTERVAL_MS, 0);
  const found: number[] = [];
  const beats = phasesMs
    .flatMap((phaseMs) =>
      Array.from(
        { length: Math.ceil(stopMs / intervalMs) },
        (_, count) => phaseMs + count * intervalMs + (count % 7) * 40,
      ),
    )
    .filter((ms) => ms <= stopMs)
    .sort((a, b) => a - b);
  for (let ms = 0; ms <= untilMs; ms += 10) {
    while (beats.length > 0 && beats[0]! <= ms) silence.add(beats.shift()!);
    if (ms % CHECK_MS === 0 && silence.check(ms)) found.push(ms - stopMs);
  }
  return found;
}

const STOP_MS = 600_000;
const spread = (count: number) => Array.from({ length: count }, (_, index) => (index * INTERVAL_MS) / count);

for (const count of [1, 2, 3, 5, 40, 1000]) {
  test(`heartbeats of ${count} pages that stop are reported once, before a visitor expires`, (t) => {
    const found = reports(spread(count), STOP_MS, STOP_MS + 10 * INTERVAL_MS);
    t.is(found.length, 1);
    t.true(found[0]! > 0, 'no false alarm');
    // The visitor who expires first has sent its last heartbeat up to an interval before the end.
    t.true(found[0]! < (count === 1 ? 2 : 1) * INTERVAL_MS);
  });
}

test('the more pages there are, the sooner it is reported', (t) => {
  const [few, many] = [reports(spread(5), STOP_MS, STOP_MS + 60_000), reports(spread(40), STOP_MS, STOP_MS + 60_000)];
  t.true(many[0]! < few[0]!);
  t.true(many[0]! < INTERVAL_MS / 2);
});

test('pages that all send at the same moment are not taken for silent in between', (t) => {
  t.deepEqual(reports(Array(40).fill(500), STOP_MS, STOP_MS), []);
  t.deepEqual(reports([0, 29_000], STOP_MS, STOP_MS), []);
  t.deepEqual(reports([0, 1000, 2000], STOP_MS, STOP_MS), []);
});

test('pages that send less often than asked cause few false alarms', (t) => {
  t.true(reports(Array(40).fill(500), STOP_MS, STOP_MS, 40_000).length <= 2);
});

test('a heartbeat ends a silence, and the next one is reported too', (t) => {
  const silence = new HeartbeatSilence(INTERVAL_MS, 0);
  silence.add(0);
  const checkUntil = (fromMs: number, toMs: number) => {
    let count = 0;
    for (let ms = fromMs; ms <= toMs; ms += CHECK_MS) count += Number(silence.check(ms));
    return count;
  };
  t.is(checkUntil(0, 300_000), 1);
  silence.add(300_000);
  t.is(checkUntil(300_000, 600_000), 1);
});

test('a time in which the process did not run is no silence', (t) => {
  const silence = new HeartbeatSilence(INTERVAL_MS, 0);
  for (let ms = 0; ms < 60_000; ms += 100) silence.add(ms);
  silence.check(60_000);
  t.false(silence.check(100_000));
});
