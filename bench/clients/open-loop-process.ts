/**
 * Sends heartbeats at a fixed rate, whether or not earlier ones are answered (an open loop). A client that waits for
 * answers sends less while the server stalls, and so hides the stall. Runs in a process of its own.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { max, quantile } from 'simple-statistics';
import { atFixedRate } from '../support/fixed-rate.js';
import { heartbeatBody } from '../support/heartbeats.js';
import { HeartbeatSocket } from './heartbeat-socket.js';

/** The load to send. */
export interface OpenLoopRequest {
  readonly port: number;
  readonly perSecond: number;
  readonly seconds: number;
  /** The index of the first visitor; each visitor sends one heartbeat. */
  readonly firstVisitor: number;
}

/** The answers to the load. */
export interface OpenLoopReport {
  /** Heartbeats without an answer, or with another answer than 200. */
  readonly failed: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

const CONNECTIONS = 64;
const LAST_ANSWERS_MS = 5000;

process.on('message', async ({ port, perSecond, seconds, firstVisitor }: OpenLoopRequest) => {
  const tookMs: number[] = [];
  let refused = 0;
  const sockets = Array.from({ length: CONNECTIONS }, () => {
    return new HeartbeatSocket(port, (ms, isOk) => {
      tookMs.push(ms);
      if (!isOk) refused++;
    });
  });
  const lastActivity = Math.floor(Date.now() / 1000);
  const total = perSecond * seconds;
  await atFixedRate(perSecond, total, (index) =>
    sockets[index % CONNECTIONS]!.send(heartbeatBody(firstVisitor + index, lastActivity)),
  );
  const deadlineMs = performance.now() + LAST_ANSWERS_MS;
  while (tookMs.length < total && performance.now() < deadlineMs) await delay(1);
  for (const socket of sockets) socket.close();
  const [p50Ms, p99Ms] = quantile(tookMs, [0.5, 0.99]) as [number, number];
  const report: OpenLoopReport = { failed: refused + total - tookMs.length, p50Ms, p99Ms, maxMs: max(tookMs) };
  process.send!(report);
});
process.on('disconnect', () => process.exit(0));
