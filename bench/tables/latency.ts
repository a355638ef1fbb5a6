import type { OpenLoopReport } from '../clients/open-loop-process.js';
import { bare, express, type MeasuredServer, service } from '../servers/compared-servers.js';
import { alternate } from '../support/alternate.js';
import { runOpenLoopLoad, startWatchers } from '../support/client-process.js';
import { sendHeartbeatsOnce } from '../support/heartbeats.js';
import { table } from '../support/markdown.js';
import type { Effort, Section } from '../support/report.js';
import { summary } from '../support/statistics.js';
import { versionsLine } from '../support/versions.js';

interface Subject extends MeasuredServer {
  readonly paths: readonly string[];
}

const PORT = 8170;
const VISITORS = 100_000;
const PER_SECOND = 5000;
const TICK_SECONDS = 2;
const WATCHERS_PER_STREAM = 5;
const WARM_UP_SECONDS = 2;
// Each heartbeat needs a visitor that is still idle.
const MAX_SECONDS = 16;
const HOUR_SECONDS = 3600;
const SETTINGS = { ONLINE_WINDOW_SECONDS: String(HOUR_SECONDS) };
const SUBJECTS: readonly Subject[] = [
  { ...bare, name: `${bare.name}, which has no tick`, paths: [] },
  { ...service, name: 'this service, both streams watched', paths: ['/sse/online', '/sse/changes'] },
  { ...express, name: `${express.name}, \`/sse/online\` watched`, paths: ['/sse/online'] },
];

/** How long a heartbeat waits for its answer while large ticks block the event loop. */
export async function benchLatency({ rounds, seconds }: Effort): Promise<Section> {
  const runSeconds = Math.min(MAX_SECONDS, 2 * Math.ceil(seconds));
  const reports = await alternate(rounds, SUBJECTS, (subject) => measure(subject, runSeconds));
  const rows = SUBJECTS.map(({ name }, index) => {
    const of = (pick: (report: OpenLoopReport) => number, digits: number) => summary(reports[index]!.map(pick), digits);
    return [name, of(({ p50Ms }) => p50Ms, 2), of(({ p99Ms }) => p99Ms, 1), of(({ maxMs }) => maxMs, 0)];
  });
  const text = `${table(['server', 'p50, ms', 'p99, ms', 'maximum, ms'], rows)}

${PER_SECOND} heartbeats per second over 64 connections for ${runSeconds} s, sent whether or not earlier ones are answered. ${VISITORS} visitors
are online and idle. Each heartbeat makes one of them active, so that each tick (${TICK_SECONDS} s) sends ${TICK_SECONDS * PER_SECOND} changes to
${WATCHERS_PER_STREAM} watchers of each stream. Load generator and watchers share the other core. The figures include their own delays; the
first row shows how long these are. Rounds: ${rounds}.

${versionsLine('express', 'better-sse')}.`;
  return { title: 'Latency of heartbeats at a fixed rate', text, goals: [] };
}

async function measure({ name, start, paths }: Subject, seconds: number): Promise<OpenLoopReport> {
  const server = await start(PORT, SETTINGS);
  const watchers = startWatchers();
  try {
    await sendHeartbeatsOnce(PORT, VISITORS, Math.floor(Date.now() / 1000) - HOUR_SECONDS);
    for (const path of paths) await watchers.ask({ type: 'open', port: PORT, path, count: WATCHERS_PER_STREAM });
    const load = { port: PORT, perSecond: PER_SECOND };
    await runOpenLoopLoad({ ...load, seconds: WARM_UP_SECONDS, firstVisitor: 0 });
    const report = await runOpenLoopLoad({ ...load, seconds, firstVisitor: WARM_UP_SECONDS * PER_SECOND });
    if (report.failed > 0) throw new Error(`${name}: ${report.failed} heartbeats failed`);
    return report;
  } finally {
    await watchers.stop();
    await server.stop();
  }
}
