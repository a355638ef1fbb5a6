import { once } from 'node:events';
import { request } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { median } from 'simple-statistics';
import { acceleratedSettings, type Behaviour, startAcceleratedVisitors } from '../support/accelerated-visitors.js';
import { alternate } from '../support/alternate.js';
import { cpuMs } from '../support/cpu.js';
import { table } from '../support/markdown.js';
import { type Effort, judge, type Section } from '../support/report.js';
import { startService } from '../support/server.js';
import { ratios, summary } from '../support/statistics.js';

const BEHAVIOUR: Behaviour = { visitors: 1000, replacedShare: 0.05, statusChangeShare: 0.1, speed: 10 };
const PORT = 8114;
const WATCHERS = 100;
const WARM_UP_MS = 3000;
const INITIAL_FRAME_MS = 500;
const MS_PER_HOUR = 3_600_000;
const SUBJECTS = [
  { name: '`/sse/online`, plain', path: '/sse/online', headers: {} },
  { name: '`/sse/online`, gzip', path: '/sse/online', headers: { 'accept-encoding': 'gzip' } },
  { name: '`/sse/changes`, plain', path: '/sse/changes', headers: {} },
  { name: '`/sse/changes`, gzip', path: '/sse/changes', headers: { 'accept-encoding': 'gzip' } },
] as const;

interface Cost {
  readonly kibPerHour: number;
  readonly cpuMsPerHour: number;
}

/** The cost of a watcher, in bytes and server CPU, per hour on a site with a constant rate of changes. */
export async function benchStreams({ rounds, seconds }: Effort): Promise<Section> {
  const costs = await alternate(rounds, SUBJECTS, (subject) => measure(subject, seconds));
  const kib = costs.map((of) => of.map(({ kibPerHour }) => kibPerHour));
  const shares = kib.map((of) => ratios(of, kib[0]!));
  const cpu = costs.map((of) => of.map(({ cpuMsPerHour }) => cpuMsPerHour));
  const rows = SUBJECTS.map(({ name }, index) => [
    name,
    summary(shares[index]!, 4),
    (median(kib[index]!) / 1024).toFixed(2),
    summary(ratios(cpu[index]!, cpu[0]!), 2),
    summary(cpu[index]!),
  ]);
  const head = ['stream', 'bytes ÷ first row', 'MiB', 'CPU ÷ first row', 'CPU, ms'];
  const { visitors, replacedShare, statusChangeShare, speed } = BEHAVIOUR;
  const text = `${table(head, rows)}

Per watcher and hour. ${visitors} visitors; each minute ${percent(replacedShare)} join, ${percent(replacedShare)} leave and ${percent(statusChangeShare)} change status; ${WATCHERS} watchers.
The simulation runs ${speed} times as fast as real time. Rounds: ${rounds}, ${2 * seconds} s each.`;
  const goals = [
    judge('`/sse/changes` at most 1/30 (0.0333) of the bytes', median(shares[2]!), { atMost: 1 / 30 }, { digits: 4 }),
    judge('gzip at most 0.6 of the bytes', median(shares[1]!), { atMost: 0.6 }),
  ];
  return { title: 'Cost of a watcher per hour', text, goals };
}

async function measure({ path, headers }: (typeof SUBJECTS)[number], seconds: number): Promise<Cost> {
  const server = await startService(PORT, acceleratedSettings(BEHAVIOUR));
  const stopVisitors = startAcceleratedVisitors(server.url, BEHAVIOUR);
  const sockets: Socket[] = [];
  try {
    const pid = server.process.pid!;
    const measureMs = seconds * 2000;
    const cpuOver = async (ms: number) => {
      const beforeMs = cpuMs(pid);
      await delay(ms);
      return cpuMs(pid) - beforeMs;
    };
    await delay(WARM_UP_MS);
    const unwatchedCpuMs = (await cpuOver(measureMs / 2)) * 2;
    for (let index = 0; index < WATCHERS; index++) sockets.push(await openStream(server.url + path, headers));
    // Leaves out the initial frame, the whole list on every stream: it is one of 450 events of a stream of 15 minutes.
    await delay(INITIAL_FRAME_MS);
    const bytesRead = () => sockets.reduce((sum, socket) => sum + socket.bytesRead, 0);
    const bytesBefore = bytesRead();
    const watchedCpuMs = await cpuOver(measureMs);
    const hours = (measureMs * BEHAVIOUR.speed) / MS_PER_HOUR;
    return {
      kibPerHour: (bytesRead() - bytesBefore) / 1024 / WATCHERS / hours,
      cpuMsPerHour: (watchedCpuMs - unwatchedCpuMs) / WATCHERS / hours,
    };
  } finally {
    stopVisitors();
    for (const socket of sockets) socket.destroy();
    await server.stop();
  }
}

async function openStream(url: string, headers: Record<string, string>): Promise<Socket> {
  const outgoing = request(url, { headers, agent: false });
  outgoing.on('error', () => {});
  outgoing.end();
  const [response] = await once(outgoing, 'response');
  response.on('error', () => {}).resume();
  return response.socket;
}

const percent = (share: number): string => `${share * 100} %`;
