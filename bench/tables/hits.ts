import { SignJWT } from 'jose';
import { median } from 'simple-statistics';
import { bare, express, flask, installed, type MeasuredServer, service, stock } from '../servers/compared-servers.js';
import { alternate } from '../support/alternate.js';
import { loadGenerator } from '../support/closed-loop-load.js';
import { measureHeartbeats } from '../support/heartbeat-rate.js';
import { heartbeatBody, uidOf } from '../support/heartbeats.js';
import { table } from '../support/markdown.js';
import { type Effort, judge, type Section } from '../support/report.js';
import { startService } from '../support/server.js';
import { ratios, summary } from '../support/statistics.js';
import { versionsLine } from '../support/versions.js';

interface Subject extends MeasuredServer {
  readonly isSigned?: boolean;
}

const VISITORS = 10_000;
const PORT = 8110;
const PACKAGES = [
  '@google-cloud/functions-framework',
  'express',
  'better-sse',
  'python3-flask',
  'python3-gevent',
  'gunicorn',
  'wrk',
];
const SECRET = 'a-secret-that-only-this-measurement-knows';
const withSettings = (name: string, settings: Record<string, string>): Subject => ({
  name,
  start: (port) => startService(port, settings),
});
const signedService = withSettings('this service, signed heartbeats', { HIT_SECRET: SECRET });
const SUBJECTS: readonly Subject[] = [
  service,
  bare,
  stock,
  withSettings('this service without direct dispatch', { DIRECT_DISPATCH: 'off' }),
  express,
  flask,
  { ...signedService, isSigned: true },
];

const REASON =
  "44 % of the CPU is `writev` in the kernel, which the bare server needs too; 6 % is Node's `domain` module, which the framework loads and which wraps every emitter of the process; the rest is spread over some forty functions. On a shared machine the order of the servers can change: compare the ranges";
const GOALS = [
  { subject: bare.name, goal: 'at least 0.85 of bare `node:http`', bounds: { atLeast: 0.85 } },
  { subject: stock.name, goal: 'at least 8 times the stock framework', bounds: { atLeast: 8 } },
  { subject: flask.name, goal: 'at least 10 times Flask', bounds: { atLeast: 10 } },
  {
    subject: signedService.name,
    goal: 'signed at least 0.8 of unsigned (ratio at most 1.25)',
    bounds: { atMost: 1.25 },
  },
];

/** Heartbeats per second on one core: this service, the lower bound in Node, and other ways to build it. */
export async function benchHits({ rounds, seconds }: Effort): Promise<Section> {
  const generator = loadGenerator();
  const subjects = installed(SUBJECTS);
  const lastActivity = Math.floor(Date.now() / 1000);
  const plain = Array.from({ length: VISITORS }, (_, index) => heartbeatBody(index, lastActivity));
  const signed = await signedBodies(lastActivity);
  const rates = await alternate(rounds, subjects, (subject) =>
    measureHeartbeats(() => subject.start(PORT), subject.isSigned ? signed : plain, seconds),
  );
  const perSecond = rates.map((of) => of.map((rate) => rate.perSecond));
  const cpu = rates.map((of) => of.map((rate) => rate.cpuMicroseconds));
  const comparisons = perSecond.map((of) => ratios(perSecond[0]!, of));
  const rows = subjects.map(({ name }, index) => [
    name,
    summary(comparisons[index]!, 2),
    summary(perSecond[index]!),
    summary(cpu[index]!, 1),
  ]);
  const goals = GOALS.flatMap(({ subject, goal, bounds }) => {
    const index = subjects.findIndex(({ name }) => name === subject);
    return index === -1 ? [] : judge(goal, median(comparisons[index]!), bounds, { reason: REASON });
  });
  const head = ['server', 'this service ÷ server', 'heartbeats/s', 'CPU per heartbeat, µs'];
  const text = `${table(head, rows)}

Each server runs on one core, the load generator (${generator}) on the other. ${VISITORS} visitors send heartbeats in turn over 64
connections, as fast as they are answered. Rounds: ${rounds}, ${seconds} s each.

${versionsLine(...PACKAGES)}.`;
  return { title: 'Heartbeats per second on one core', text, goals };
}

function signedBodies(lastActivity: number): Promise<string[]> {
  const key = new TextEncoder().encode(SECRET);
  const sign = async (uid: string) => {
    const token = await new SignJWT({ sub: uid }).setProtectedHeader({ alg: 'HS256' }).sign(key);
    return JSON.stringify({ uid, last_activity: lastActivity, token });
  };
  return Promise.all(Array.from({ length: VISITORS }, (_, index) => sign(uidOf(index))));
}
