/**
 * Sends heartbeats at a steady pace, whether they are answered or not, so that a server that stands still does not slow
 * the load down and look better for it. Started as a process of its own.
 */
import { bodyOf } from '../support/heartbeats.js';
import { quantile } from '../support/statistics.js';
import { BeatSocket } from './heartbeat-socket.js';

/** What the process is told. */
export interface SteadyOrder {
  readonly port: number;
  readonly perSecond: number;
  readonly seconds: number;
  /** The first visitor that beats; each beats once. */
  readonly firstVisitor: number;
}

/** What it found. */
export interface SteadyReport {
  readonly answered: number;
  readonly failed: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

const CONNECTIONS = 64;
const LAST_ANSWERS_MS = 5000;

process.on('message', (order: SteadyOrder) => {
  const tookMs: number[] = [];
  let failed = 0;
  const sockets = Array.from({ length: CONNECTIONS }, () => {
    return new BeatSocket(order.port, (ms, isOk) => {
      tookMs.push(ms);
      if (!isOk) failed++;
    });
  });
  const lastActivity = Math.floor(Date.now() / 1000);
  const total = order.perSecond * order.seconds;
  const beganMs = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = Math.min(total, ((performance.now() - beganMs) * order.perSecond) / 1000);
    for (; sent < due; sent++) sockets[sent % CONNECTIONS]!.send(bodyOf(order.firstVisitor + sent, lastActivity));
    const isOver = performance.now() - beganMs > order.seconds * 1000 + LAST_ANSWERS_MS;
    if (tookMs.length < total && !isOver) return;
    clearInterval(timer);
    for (const socket of sockets) socket.close();
    const [p50Ms, p99Ms, maxMs] = [0.5, 0.99, 1].map((share) => quantile(tookMs, share)) as [number, number, number];
    const report: SteadyReport = {
      answered: tookMs.length,
      failed: failed + total - tookMs.length,
      p50Ms,
      p99Ms,
      maxMs,
    };
    process.send!(report);
  }, 1);
});
process.on('disconnect', () => process.exit(0));
