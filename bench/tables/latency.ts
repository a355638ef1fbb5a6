import type { SteadyReport } from '../clients/open-loop-process.js';
import { bare, express, type Peer } from '../servers/compared-servers.js';
import { beatOnce } from '../support/heartbeats.js';
import { beatSteadily } from '../support/open-loop-load.js';
import type { Effort, Section } from '../support/report.js';
import { startService } from '../support/server.js';
import { summary, table } from '../support/statistics.js';
import { Watchers } from '../support/watchers.js';

interface Subject extends Peer {
  readonly paths: readonly string[];
}

const PORT = 8170;
const VISITORS = 100_000;
const PER_SECOND = 5000;
const WATCHERS_OF_EACH = 5;
const MOST_SECONDS = 16;
const HOUR_SECONDS = 3600;
const ENVIRONMENT = { ONLINE_WINDOW_SECONDS: String(HOUR_SECONDS) };
const service: Peer = { name: 'this service', missing: () => undefined, start: startService };
const SUBJECTS: readonly Subject[] = [
  { ...bare, name: `${bare.name}, which has no tick`, paths: [] },
  { ...service, name: 'this service, both streams watched', paths: ['/sse/online', '/sse/changes'] },
  { ...express, name: `${express.name}, \`/sse/online\` watched`, paths: ['/sse/online'] },
];

/** How long a heartbeat waits for its answer while a big tick gets in its way. */
export async function benchLatency({ rounds, seconds }: Effort): Promise<Section> {
  const forSeconds = Math.min(MOST_SECONDS, 2 * Math.ceil(seconds));
  const reports = SUBJECTS.map(() => [] as SteadyReport[]);
  for (let round = 0; round < rounds; round++) {
    for (const [index, subject] of SUBJECTS.entries()) reports[index]!.push(await measure(subject, forSeconds));
  }
  const rows = SUBJECTS.map(({ name }, index) => {
    const of = (pick: (report: SteadyReport) => number, digits: number) => summary(reports[index]!.map(pick), digits);
    return [name, of(({ p50Ms }) => p50Ms, 2), of(({ p99Ms }) => p99Ms, 1), of(({ maxMs }) => maxMs, 0)];
  });
  const text = `${table(['server', 'p50 ms', 'p99 ms', 'longest ms'], rows)}

${PER_SECOND} heartbeats per second over 64 connections for ${forSeconds} s, sent whether or not those before are answered. ${VISITORS} visitors are
online and idle; each heartbeat turns one of them active, so that every 2 s a tick tells of ${2 * PER_SECOND} changes. ${WATCHERS_OF_EACH} watchers of each
stream. Load and watchers share the other core, whose own delays are in the figures; the first row tells how long they are.
Medians of ${rounds} alternating runs, with the least and the most.`;
  return { title: 'Latency of heartbeats under a steady load', text, goals: [] };
}

async function measure({ name, start, paths }: Subject, seconds: number): Promise<SteadyReport> {
  const server = await start(PORT, ENVIRONMENT);
  const watchers = new Watchers();
  try {
    await beatOnce(PORT, VISITORS, Math.floor(Date.now() / 1000) - HOUR_SECONDS);
    for (const path of paths) await watchers.tell({ do: 'open', port: PORT, path, count: WATCHERS_OF_EACH });
    // What goes before is for the compiler.
    await beatSteadily({ port: PORT, perSecond: PER_SECOND, seconds: 2, firstVisitor: 0 });
    const firstVisitor = 2 * PER_SECOND;
    const report = await beatSteadily({ port: PORT, perSecond: PER_SECOND, seconds, firstVisitor });
    if (report.failed > 0) throw new Error(`${name}: ${report.failed} heartbeats failed`);
    return report;
  } finally {
    await watchers.stop();
    await server.stop();
  }
}
