/**
 * `npm run soak`: thousands of visitors and hundreds of watchers for minutes, with a rolling restart halfway, or after five
 * minutes. An oracle records what the visitors send and checks every view of the watchers against it. Exits with 1 when a
 * visitor was missing from a view or wrongly in it, when an event was late, or when the old process did not exit with 0.
 * Reports how the memory that is left after garbage collection grows. An hour shows it within a fraction of a MiB.
 *
 *     npm run soak -- --minutes 10 --visitors 5000 --watchers 300
 */
import { setTimeout as delay } from 'node:timers/promises';
import { hasProgram, machineLine } from '../bench/support/machine.js';
import { readCommandLine } from '../bench/support/options.js';
import { startProbedService } from '../bench/support/probed-service.js';
import { slope } from '../bench/support/statistics.js';
import { measureEventLoopDelay } from './soak/event-loop-delay.js';
import { startFrozenWatchers } from './soak/frozen-watchers.js';
import { Oracle } from './soak/oracle.js';
import { startReconnectingWatchers } from './soak/reconnecting-watchers.js';
import { startSoakVisitors } from './soak/soak-visitors.js';

const PORTS = { before: 8131, after: 8132 };
const HEARTBEAT_MS = 30_000;
const TOLERANCE_MS = 3000;
const FROZEN_WATCHERS = 10;
const SAMPLE_MS = 20_000;
const MAX_RESTART_MS = 300_000;
/** In its first minutes, the new process fills up with visitors, with those who have gone, and with compiled code. */
const FILLING_MS = 180_000;
const MIN_SAMPLES = 6;
const MS_PER_MINUTE = 60_000;
const MS_PER_HOUR = 3_600_000;

/** Who has gone is forgotten soon, so that as many are remembered at each time. */
const SETTINGS = { LAST_SEEN_SECONDS: '60' };
const MIB = 1024 * 1024;

const { options } = readCommandLine('soak', { minutes: 10, visitors: 5000, watchers: 300 });
const { minutes, visitors, watchers } = options;
const restartMs = Math.min(minutes * 30_000, MAX_RESTART_MS);
const frozen = hasProgram('curl') ? FROZEN_WATCHERS : 0;
if (frozen === 0) console.log('SKIPPED: frozen watchers. Install the Debian package curl.');
console.log(`${machineLine()}; ${visitors} visitors, ${watchers} watchers, ${frozen} frozen watchers, ${minutes} min`);

const oracle = new Oracle();
let service = await startProbedService(PORTS.before, SETTINGS);
const url = () => service.url;
oracle.serviceStarted(performance.now() + HEARTBEAT_MS + TOLERANCE_MS);
const eventLoop = measureEventLoopDelay();
const stops = [
  startReconnectingWatchers(watchers, { url, oracle, eventLoop }),
  startFrozenWatchers(frozen, url),
  startSoakVisitors(visitors, url, oracle),
  eventLoop.stop,
];
await delay(restartMs);

const old = service;
service = await startProbedService(PORTS.after, SETTINGS);
oracle.serviceStarted(performance.now() + HEARTBEAT_MS + TOLERANCE_MS);
await old.stop();
const { exitCode } = old.process;
console.log(`A new process has replaced the old one, which exited with ${exitCode}.`);

const samples: [number, number][] = [];
const beganMs = performance.now();
while (performance.now() < beganMs + minutes * MS_PER_MINUTE - restartMs) {
  await delay(SAMPLE_MS);
  const nowMs = performance.now();
  if (nowMs > beganMs + FILLING_MS) samples.push([nowMs, (await service.memoryUse()).usedBytes / MIB]);
}
const { usedBytes, rssBytes } = await service.memoryUse();
for (const stop of stops) stop();
await service.stop();

const { missed, phantom, late, views } = oracle.findings;
const isLongEnough = samples.length >= MIN_SAMPLES;
const growth = isLongEnough ? `${(slope(samples) * MS_PER_HOUR).toFixed(2)} MiB/h` : 'not measured (run too short)';
console.log(`views compared: ${views}; missed: ${missed}; phantom: ${phantom}; late: ${late}`);
console.log(`longest time that the watchers' own process was busy: ${eventLoop.longestMs.toFixed(0)} ms`);
console.log(
  `memory at the end: ${(rssBytes / MIB).toFixed(0)} MiB, of which ${(usedBytes / MIB).toFixed(1)} MiB in use; growth: ${growth}`,
);
process.exit(missed + phantom + late === 0 && exitCode === 0 && views > 0 ? 0 : 1);
