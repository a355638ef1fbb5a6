/**
 * Measures the parts that share presence, in a process of its own, and prints the figures as JSON. Arguments: subject,
 * kind of heartbeat, visitors.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { PresenceSettings } from '../../src/config/settings.js';
import { Presence } from '../../src/presence/presence.js';
import { decodeBatch, encodeBatch } from '../../src/replication/operation-codec.js';
import type { HitOperation } from '../../src/replication/operations.js';
import { Outbox } from '../../src/replication/outbox.js';
import { Replica } from '../../src/replication/replica.js';
import { freshUids, PRESENCE_SETTINGS } from '../support/service-core.js';

/** `presence` is a single instance, `replica` one that receives all heartbeats, `own` one that takes all of them itself. */
export type Subject = 'presence' | 'replica' | 'own' | 'outbox';

/** `plain`: the uid alone. `page`: with a session, as the visitor script sends it. */
export type HeartbeatKind = 'plain' | 'page';

/** What a subject costs. */
export interface ReplicaCost {
  /** CPU of the process, garbage collection included, by part. */
  readonly microsecondsPerHeartbeat: Readonly<Record<string, number>>;
  /** The growth of V8's heap and of the memory that it refers to outside, after garbage collection. */
  readonly bytesPerVisitor: number;
}

const HEARTBEAT_MS = 30_000;
const STEPS_PER_ROUND = 60;
/** The log keeps two rounds, so the third one is like all that follow. */
const WARM_UP_ROUNDS = 4;
const MEASURED_ROUNDS = 2;
// A prime: visitors send heartbeats in another order than that of their arrival.
const STRIDE = 7919;
const SETTINGS: PresenceSettings = {
  ...PRESENCE_SETTINGS,
  onlineWindowMs: 60_000,
  activeWindowMs: 300_000,
  leaveSettleMs: 3000,
};

const [subject, kind, count] = process.argv.slice(2) as [Subject, HeartbeatKind, string];
const visitors = Number(count);
const presence = new Presence(SETTINGS);
const replica = new Replica({ presence, settings: SETTINGS, origin: 'me' });
const outbox = new Outbox(visitors);
const spentMicroseconds = new Map<string, number>();

/** Adds the CPU that the action takes to a part. */
function charge<T>(part: string, action: () => T): T {
  const before = process.cpuUsage();
  const result = action();
  const { user, system } = process.cpuUsage(before);
  spentMicroseconds.set(part, (spentMicroseconds.get(part) ?? 0) + user + system);
  return result;
}

/** New strings each time, as from requests. */
function heartbeats(first: number, size: number, atMs: number): HitOperation[] {
  const operations: HitOperation[] = [];
  for (let index = first; index < first + size; index++) {
    const visitor = (index * STRIDE) % visitors;
    operations.push({
      kind: 'hit',
      origin: 'other',
      number: index,
      atMs,
      uid: freshUids(visitor, visitor + 1)[0]!,
      session: kind === 'page' ? Buffer.from(`${visitor}`.padStart(16, 's')).toString('latin1') : undefined,
      room: undefined,
      activityMs: kind === 'page' ? atMs - 2000 : atMs,
      info: undefined,
      invisible: undefined,
      onlineSinceMs: atMs,
      carried: undefined,
    });
  }
  return operations;
}

function receive(operations: readonly HitOperation[], nowMs: number): void {
  const fields = charge('encode', () => encodeBatch({ origin: 'other', number: operations[0]!.number, operations }, 0));
  const parts = charge('decode', () => [...decodeBatch(fields, 0)!.parts]);
  charge('replica', () => {
    for (const part of parts) for (const operation of part) replica.merge(operation!, nowMs);
  });
}

const TAKE: Readonly<Record<Subject, (operations: readonly HitOperation[], nowMs: number) => void>> = {
  presence: (operations, nowMs) =>
    charge('presence', () => {
      for (const operation of operations) presence.hit(operation, nowMs);
    }),
  replica: receive,
  own: (operations, nowMs) =>
    charge('own', () => {
      for (const operation of operations) replica.hit(operation, nowMs);
    }),
  outbox: (operations) =>
    charge('outbox', () => {
      for (const operation of operations) outbox.add(operation);
    }),
};

function run(rounds: number, beganMs: number): number {
  const perStep = Math.ceil(visitors / STEPS_PER_ROUND);
  for (let step = 0; step < rounds * STEPS_PER_ROUND; step++) {
    const nowMs = beganMs + (step * HEARTBEAT_MS) / STEPS_PER_ROUND;
    TAKE[subject](heartbeats(step * perStep, perStep, nowMs), nowMs);
    presence.flush(nowMs);
    if (step % 10 === 0) charge(subject, () => replica.forget(nowMs));
  }
  return beganMs + rounds * HEARTBEAT_MS;
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
function usedBytes(): number {
  collectGarbage();
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const before = usedBytes();
const nowMs = run(WARM_UP_ROUNDS, 1_000_000);
spentMicroseconds.clear();
run(MEASURED_ROUNDS, nowMs);
const bytesPerVisitor = (usedBytes() - before) / visitors;
const total = MEASURED_ROUNDS * Math.ceil(visitors / STEPS_PER_ROUND) * STEPS_PER_ROUND;
const perHeartbeat = Array.from(spentMicroseconds, ([part, spent]) => [part, spent / total] as const);
console.log(
  JSON.stringify({
    microsecondsPerHeartbeat: Object.fromEntries(perHeartbeat),
    bytesPerVisitor,
  } satisfies ReplicaCost),
);
// Keeps everything that was measured alive.
if (presence.totals(nowMs).online + outbox.size === 0) throw new Error('Nobody is online.');
