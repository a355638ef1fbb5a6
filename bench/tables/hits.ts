import { SignJWT } from 'jose';
import { bare, express, flask, installed, type Peer, stock } from '../servers/compared-servers.js';
import { sendHeartbeats } from '../support/closed-loop-load.js';
import { cpuMs } from '../support/cpu.js';
import { type Effort, judge, type Section } from '../support/report.js';
import { startService } from '../support/server.js';
import { median, ratios, summary, table } from '../support/statistics.js';

interface Subject extends Peer {
  readonly isSigned?: boolean;
}

const VISITORS = 10_000;
const PORT = 8110;
const WARM_UP_SECONDS = 4;
const SECRET = 'a-secret-that-only-this-measurement-knows';
const SIGNED = 'this service, signed heartbeats';
const service = (name: string, environment: Record<string, string> = {}): Subject => ({
  name,
  missing: () => undefined,
  start: (port) => startService(port, environment),
});
const SUBJECTS: readonly Subject[] = [
  service('this service'),
  bare,
  stock,
  service("this service on the framework's own path", { DIRECT_DISPATCH: 'off' }),
  express,
  flask,
  { ...service(SIGNED, { HIT_SECRET: SECRET }), isSigned: true },
];

const FOUND =
  "of this service's CPU 44 % is `writev`, the kernel's part, which a bare server has too, and 6 % Node's `domain`, which the framework loads and which then has a hand in every emitter of the process; the rest is spread over some forty functions. On a machine that others share, each server has its own luck: look at the spread";
const GOALS = [
  { subject: bare.name, goal: 'at least 0.85 of bare `node:http`', bound: { least: 0.85 } },
  { subject: stock.name, goal: 'at least 8 times the stock framework', bound: { least: 8 } },
  { subject: flask.name, goal: 'at least 10 times Flask', bound: { least: 10 } },
  { subject: SIGNED, goal: 'signed at least 0.8 of unsigned (1.25)', bound: { most: 1.25 } },
];

interface Rate {
  readonly perSecond: number;
  readonly cpuMicroseconds: number;
}

/** Heartbeats per second on one core: the service, the least Node can do, and what one might use instead. */
export async function benchHits({ rounds, seconds }: Effort): Promise<Section> {
  const subjects = installed(SUBJECTS);
  const plain = createBodies();
  const signed = await signBodies(plain);
  const measure = (subject: Subject, forSeconds: number) =>
    measureRate(subject, subject.isSigned ? signed : plain, forSeconds);
  const rates = subjects.map(() => [] as Rate[]);
  for (let round = 0; round < rounds; round++) {
    for (const [index, subject] of subjects.entries()) rates[index]!.push(await measure(subject, seconds));
  }
  const perSecond = rates.map((of) => of.map((rate) => rate.perSecond));
  const comparisons = perSecond.map((of) => ratios(perSecond[0]!, of));
  const rows = subjects.map(({ name }, index) => [
    name,
    summary(comparisons[index]!, 2),
    summary(perSecond[index]!),
    summary(
      rates[index]!.map(({ cpuMicroseconds }) => cpuMicroseconds),
      1,
    ),
  ]);
  const goals = GOALS.flatMap(({ subject, goal, bound }) => {
    const index = subjects.findIndex(({ name }) => name === subject);
    return index === -1 ? [] : judge(goal, median(comparisons[index]!), bound, 2, FOUND);
  });
  const head = ['server', 'this service : it', 'heartbeats/s', 'CPU µs each'];
  const text = `${table(head, rows)}

Each server on one core, the load on the other: ${VISITORS} visitors beat in turn over 64 connections, as fast as they are
answered. Medians of ${rounds} alternating runs of ${seconds} s, with the least and the most.`;
  return { title: 'Heartbeats per second on one core', text, goals };
}

async function measureRate({ name, start }: Subject, bodies: readonly string[], seconds: number): Promise<Rate> {
  const server = await start(PORT);
  try {
    // The first seconds pay for compiling, on the same core, and for verifying each signature once.
    await sendHeartbeats(server.url, bodies, WARM_UP_SECONDS);
    const before = cpuMs(server.process.pid!);
    const { requestsPerSecond, failed } = await sendHeartbeats(server.url, bodies, seconds);
    if (failed > 0) throw new Error(`${name}: ${failed} heartbeats failed`);
    const cpuMicroseconds = ((cpuMs(server.process.pid!) - before) * 1000) / (requestsPerSecond * seconds);
    return { perSecond: requestsPerSecond, cpuMicroseconds };
  } finally {
    await server.stop();
  }
}

function createBodies(): string[] {
  const lastActivity = Math.floor(Date.now() / 1000);
  return Array.from({ length: VISITORS }, (_, index) => {
    const uid = `visitor-${String(index).padStart(6, '0')}-0123456789abcdef`;
    return JSON.stringify({ uid, last_activity: lastActivity });
  });
}

function signBodies(bodies: readonly string[]): Promise<string[]> {
  const key = new TextEncoder().encode(SECRET);
  const sign = async (body: string) => {
    const { uid } = JSON.parse(body) as { uid: string };
    const token = await new SignJWT({ sub: uid }).setProtectedHeader({ alg: 'HS256' }).sign(key);
    return JSON.stringify({ ...JSON.parse(body), token });
  };
  return Promise.all(bodies.map(sign));
}
