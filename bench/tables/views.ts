import { median } from 'simple-statistics';
import { alternate } from '../support/alternate.js';
import { loadGenerator } from '../support/closed-loop-load.js';
import { measureHeartbeats } from '../support/heartbeat-rate.js';
import { heartbeatBody, uidOf } from '../support/heartbeats.js';
import { table } from '../support/markdown.js';
import { type Effort, judge, type Section } from '../support/report.js';
import { startService } from '../support/server.js';
import { ratios, summary } from '../support/statistics.js';
import { versionsLine } from '../support/versions.js';

const VISITORS = 10_000;
const ROOMS = 100;
const PORT = 8130;

interface Subject {
  readonly name: string;
  readonly bodyOf: (index: number, lastActivity: number) => string;
}

const SUBJECTS: readonly Subject[] = [
  { name: 'without a room', bodyOf: heartbeatBody },
  { name: 'in one of 100 rooms', bodyOf: (index, lastActivity) => roomBody(index, lastActivity, {}) },
  {
    name: 'in one of 100 rooms, asking for its totals and 5 members',
    bodyOf: (index, lastActivity) => roomBody(index, lastActivity, { view: { totals: true, members: 5 } }),
  },
];

/** What it costs to answer a heartbeat with what its page shows of presence. */
export async function benchViews({ rounds, seconds }: Effort): Promise<Section> {
  const lastActivity = Math.floor(Date.now() / 1000);
  const rates = await alternate(rounds, SUBJECTS, ({ bodyOf }) => {
    const bodies = Array.from({ length: VISITORS }, (_, index) => bodyOf(index, lastActivity));
    return measureHeartbeats(() => startService(PORT), bodies, seconds);
  });
  const cpu = rates.map((of) => of.map((rate) => rate.cpuMicroseconds));
  const comparisons = cpu.map((of) => ratios(of, cpu[0]!));
  const rows = SUBJECTS.map(({ name }, index) => [
    name,
    summary(comparisons[index]!, 2),
    summary(cpu[index]!, 1),
    summary(rates[index]!.map(({ perSecond }) => perSecond)),
  ]);
  const head = ['heartbeat', 'CPU ÷ first row', 'CPU per heartbeat, µs', 'heartbeats/s'];
  const text = `${table(head, rows)}

${VISITORS} visitors send heartbeats in turn over 64 connections, as fast as they are answered. The service runs on one core,
the load generator (${loadGenerator()}) on the other. All visitors stay active. Rounds: ${rounds}, ${seconds} s each.

${versionsLine('wrk')}.`;
  const goals = [
    judge('a heartbeat with a view at most 1.5 times a plain one without a room', median(comparisons[2]!), {
      atMost: 1.5,
    }),
  ];
  return { title: 'CPU of a heartbeat with a view', text, goals };
}

function roomBody(index: number, lastActivity: number, members: object): string {
  return JSON.stringify({
    uid: uidOf(index),
    last_activity: lastActivity,
    room: `room-${index % ROOMS}`,
    ...members,
  });
}
