/**
 * `npm run soak`: thousands of visitors and hundreds of watchers for minutes, with a rolling restart halfway. An oracle
 * records what the visitors send and checks every view of the watchers against it. Exits with 1 when a visitor was missing
 * from a view or wrongly in it, when an event was late, or when the old process did not exit with 0.
 *
 *     npm run soak -- --minutes 10 --visitors 5000 --watchers 300
 */
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { hasProgram, machineLine } from '../bench/support/machine.js';
import { readCommandLine } from '../bench/support/options.js';
import { startService } from '../bench/support/server.js';
import { slope } from '../bench/support/statistics.js';
import { measureEventLoopDelay } from './soak/event-loop-delay.js';
import { startFrozenWatchers } from './soak/frozen-watchers.js';
import { Oracle } from './soak/oracle.js';
import { startReconnectingWatchers } from './soak/reconnecting-watchers.js';
import { startSoakVisitors } from './soak/soak-visitors.js';

const PORTS = { before: 8121, after: 8122 };
const HEARTBEAT_MS = 30_000;
const TOLERANCE_MS = 3000;
const FROZEN_WATCHERS = 10;
const SAMPLE_MS = 5000;
/** In its first minute, the new process fills up with visitors. */
const FILLING_MS = 60_000;
const MIN_SLOPE_MS = 120_000;
const MS_PER_HOUR = 3_600_000;

const rssMiB = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

const { options } = readCommandLine('soak', { minutes: 10, visitors: 5000, watchers: 300 });
const { minutes, visitors, watchers } = options;
const halfMs = minutes * 30_000;
const frozen = hasProgram('curl') ? FROZEN_WATCHERS : 0;
if (frozen === 0) console.log('SKIPPED: frozen watchers. Install the Debian package curl.');
console.log(`${machineLine()}; ${visitors} visitors, ${watchers} watchers, ${frozen} frozen watchers, ${minutes} min`);

const oracle = new Oracle();
let service = await startService(PORTS.before);
const url = () => service.url;
oracle.serviceStarted(performance.now() + HEARTBEAT_MS + TOLERANCE_MS);
const eventLoop = measureEventLoopDelay();
const stops = [
  startReconnectingWatchers(watchers, { url, oracle, eventLoop }),
  startFrozenWatchers(frozen, url),
  startSoakVisitors(visitors, url, oracle),
  eventLoop.stop,
];
await delay(halfMs);

const old = service;
service = await startService(PORTS.after);
oracle.serviceStarted(performance.now() + HEARTBEAT_MS + TOLERANCE_MS);
await old.stop();
const { exitCode } = old.process;
console.log(`A new process has replaced the old one, which exited with ${exitCode}.`);

const samples: [number, number][] = [];
const beganMs = performance.now();
while (performance.now() < beganMs + halfMs) {
  await delay(SAMPLE_MS);
  const nowMs = performance.now();
  if (nowMs > beganMs + FILLING_MS) samples.push([nowMs, rssMiB(service.process.pid!)]);
}
for (const stop of stops) stop();
const endMiB = rssMiB(service.process.pid!);
await service.stop();

const { missed, phantom, late, views } = oracle.findings;
const isLongEnough = samples.length * SAMPLE_MS >= MIN_SLOPE_MS;
const growth = isLongEnough ? `${(slope(samples) * MS_PER_HOUR).toFixed(1)} MiB/h` : 'not measured (run too short)';
console.log(`views compared: ${views}; missed: ${missed}; phantom: ${phantom}; late: ${late}`);
console.log(`longest time that the watchers' own process was busy: ${eventLoop.longestMs.toFixed(0)} ms`);
console.log(`memory at the end: ${endMiB.toFixed(0)} MiB; growth: ${growth}`);
process.exit(missed + phantom + late === 0 && exitCode === 0 && views > 0 ? 0 : 1);
