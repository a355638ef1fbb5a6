import { once } from 'node:events';
import { request } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type Crowd, settingsFor, startCrowd } from '../support/accelerated-visitors.js';
import { cpuMs } from '../support/cpu.js';
import { type Effort, judge, type Section } from '../support/report.js';
import { startService } from '../support/server.js';
import { median, ratios, summary, table } from '../support/statistics.js';

const CROWD: Crowd = { visitors: 1000, comingAndGoing: 0.05, changingStatus: 0.1, speed: 10 };
const WATCHERS = 100;
const MS_PER_HOUR = 3_600_000;
const KINDS = [
  { name: '`/sse/online`, plain', path: '/sse/online', headers: {} },
  { name: '`/sse/online`, gzip', path: '/sse/online', headers: { 'accept-encoding': 'gzip' } },
  { name: '`/sse/changes`, plain', path: '/sse/changes', headers: {} },
  { name: '`/sse/changes`, gzip', path: '/sse/changes', headers: { 'accept-encoding': 'gzip' } },
] as const;

interface Cost {
  readonly kibPerHour: number;
  readonly cpuMsPerHour: number;
}

/** What a watcher costs, in bytes and server CPU, over an hour of a site with a steady coming and going. */
export async function benchStreams({ rounds, seconds }: Effort): Promise<Section> {
  const costs = KINDS.map(() => [] as Cost[]);
  for (let round = 0; round < rounds; round++) {
    for (const [index, kind] of KINDS.entries()) costs[index]!.push(await measure(kind, seconds));
  }
  const bytes = costs.map((of) => of.map(({ kibPerHour }) => kibPerHour));
  const shares = bytes.map((of) => ratios(of, bytes[0]!));
  const cpu = costs.map((of) => of.map(({ cpuMsPerHour }) => cpuMsPerHour));
  const rows = KINDS.map(({ name }, index) => [
    name,
    summary(shares[index]!, 4),
    (median(bytes[index]!) / 1024).toFixed(2),
    summary(ratios(cpu[index]!, cpu[0]!), 2),
    summary(cpu[index]!),
  ]);
  const head = ['a watcher for an hour', 'bytes : plain', 'MiB', 'CPU : plain', 'CPU ms'];
  const text = `${table(head, rows)}

${CROWD.visitors} visitors; each minute 5 % come, 5 % go, 10 % change status; ${WATCHERS} watchers; time runs ${CROWD.speed} times as fast.
Medians of ${rounds} alternating runs of ${2 * seconds} s, with the least and the most.`;
  const goals = [
    judge('changes at most 1/30 (0.0333) of the bytes of plain', median(shares[2]!), { most: 1 / 30 }, 4),
    judge('gzip at most 0.6 of the bytes of plain', median(shares[1]!), { most: 0.6 }),
  ];
  return { title: 'What a watcher costs over an hour', text, goals };
}

async function measure(kind: (typeof KINDS)[number], seconds: number): Promise<Cost> {
  const server = await startService(8114, settingsFor(CROWD));
  const stopCrowd = startCrowd(server.url, CROWD);
  const sockets: Socket[] = [];
  try {
    const pid = server.process.pid!;
    const measureMs = seconds * 2000;
    const cpuOver = async (ms: number) => {
      const before = cpuMs(pid);
      await delay(ms);
      return cpuMs(pid) - before;
    };
    await delay(3000);
    const idleCpuMs = (await cpuOver(measureMs / 2)) * 2;
    for (let index = 0; index < WATCHERS; index++) sockets.push(await watch(server.url + kind.path, kind.headers));
    // The first event is the whole list whatever the kind; a stream of 15 minutes has one in 450.
    await delay(500);
    const read = () => sockets.reduce((sum, { bytesRead }) => sum + bytesRead, 0);
    const readBefore = read();
    const busyCpuMs = await cpuOver(measureMs);
    const hours = (measureMs * CROWD.speed) / MS_PER_HOUR;
    return {
      kibPerHour: (read() - readBefore) / 1024 / WATCHERS / hours,
      cpuMsPerHour: (busyCpuMs - idleCpuMs) / WATCHERS / hours,
    };
  } finally {
    stopCrowd();
    for (const socket of sockets) socket.destroy();
    await server.stop();
  }
}

async function watch(url: string, headers: Record<string, string>): Promise<Socket> {
  const outgoing = request(url, { headers, agent: false });
  outgoing.on('error', () => {});
  outgoing.end();
  const [response] = await once(outgoing, 'response');
  response.on('error', () => {}).resume();
  return response.socket;
}
