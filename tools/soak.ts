/**
 * `npm run soak`: thousands of visitors and hundreds of watchers for minutes, with a rolling restart in the middle. What
 * every watcher sees is compared with an oracle that knows who was sent; nothing may be missed and nobody made up.
 *
 *     npm run soak -- --minutes 10 --visitors 5000 --watchers 300
 */
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { machineLine } from '../bench/support/machine.js';
import { startService } from '../bench/support/server.js';
import { watchOwnDelay } from './soak/event-loop-delay.js';
import { Oracle } from './soak/oracle.js';
import { startWatchers } from './soak/reconnecting-watchers.js';
import { startVisitors } from './soak/soak-visitors.js';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    visitors: { type: 'string', default: '5000' },
    watchers: { type: 'string', default: '300' },
  },
});
const [minutes, visitors, watchers] = [Number(values.minutes), Number(values.visitors), Number(values.watchers)];
if (!(minutes >= 1) || !(visitors >= 1) || !(watchers >= 1)) {
  console.error('Usage: npm run soak -- [--minutes N] [--visitors N] [--watchers N]');
  process.exit(1);
}

const HEARTBEAT_MS = 30_000;
const SAMPLE_MS = 5000;
const FROZEN = 10;
const rssMiB = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

/** Growth per hour, by least squares. */
function slopePerHour(samples: readonly (readonly [ms: number, value: number])[]): number {
  const mean = (of: (sample: readonly [number, number]) => number) =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  const [meanMs, meanValue] = [mean(([ms]) => ms), mean(([, value]) => value)];
  const covariance = mean(([ms, value]) => (ms - meanMs) * (value - meanValue));
  return (covariance / mean(([ms]) => (ms - meanMs) ** 2)) * 3_600_000;
}

console.log(
  `${machineLine()}; ${visitors} visitors, ${watchers} watchers, ${FROZEN} of them frozen now and then, ${minutes} min`,
);
const oracle = new Oracle();
let service = await startService(8121);
const url = () => service.url;
oracle.expectFilling(performance.now() + HEARTBEAT_MS + 3000);
const stopVisitors = startVisitors(visitors, url, oracle);
const delayHere = watchOwnDelay();
const stopWatchers = startWatchers(watchers, FROZEN, url, oracle, delayHere);
await delay((minutes * 60_000) / 2);

console.log('A new process takes over.');
const old = service;
const next = await startService(8122);
service = next;
oracle.expectFilling(performance.now() + HEARTBEAT_MS + 3000);
await old.stop();
console.log(`The old one exited with ${old.process.exitCode}.`);

const samples: [number, number][] = [];
const endMs = performance.now() + (minutes * 60_000) / 2;
while (performance.now() < endMs) {
  await delay(SAMPLE_MS);
  // The first minute fills the list.
  if (endMs - performance.now() < (minutes * 60_000) / 2 - 60_000)
    samples.push([performance.now(), rssMiB(service.process.pid!)]);
}
stopWatchers();
stopVisitors();
delayHere.stop();
const { missed, phantom, late, views } = oracle.findings;
const last = samples.at(-1)?.[1] ?? rssMiB(service.process.pid!);
await service.stop();
console.log(`views compared: ${views}; missed: ${missed}; phantom: ${phantom}; late: ${late}`);
console.log(`longest time that the watchers' own process was busy: ${delayHere.longestMs.toFixed(0)} ms`);
console.log(
  `memory at the end: ${last.toFixed(0)} MiB; growth: ${samples.length * SAMPLE_MS >= 120_000 ? `${slopePerHour(samples).toFixed(1)} MiB/h` : 'too short to tell'}`,
);
process.exit(missed + phantom + late === 0 && old.process.exitCode === 0 && views > 0 ? 0 : 1);
