import { setTimeout as delay } from 'node:timers/promises';
import { type Finding, failed } from '../findings.js';
import { membersOf, type OpenStream } from '../open-stream.js';
import type { Target } from '../target.js';
import { refusalOf, unopened } from './streams.js';

/** Enough to reach each of two instances, but once in 128 times. */
const CONNECTIONS = 8;
const PAUSE_MS = 250;

/**
 * How many processes answer, and whether the service notices that streams are closed. The room is empty, so that events
 * are short.
 */
export async function checkConnections(
  target: Target,
  room: string,
  sharesPresence: boolean,
): Promise<{ instances: Finding; closes: Finding }> {
  const streams: OpenStream[] = [];
  for (const opened of await Promise.all(
    Array.from({ length: CONNECTIONS }, () => target.open(`/sse/changes?room=${room}`)),
  )) {
    if (!opened.ok) return both(unopened(opened.error, target));
    const refusal = refusalOf(opened.value, target);
    if (refusal !== undefined) return both(refusal);
    streams.push(opened.value);
  }
  const { eventMs } = target.patience;
  const snapshots = await Promise.all(streams.map((stream) => stream.find(({ id }) => id !== undefined, eventMs)));
  const processes = new Set(snapshots.map((event) => event?.id?.replace(/-\d+$/, '')));
  if (processes.has(undefined)) return both({ kind: 'events held', heldMs: eventMs });
  const count = processes.size;
  if (count > 1) {
    const kind = sharesPresence ? 'instances share' : 'instances apart';
    return { instances: { kind, count }, closes: { kind: 'not checked', reason: 'several instances' } };
  }
  return { instances: { kind: 'one instance', connections: CONNECTIONS }, closes: await checkCloses(target, streams) };
}

async function checkCloses(target: Target, streams: readonly OpenStream[]): Promise<Finding> {
  const before = await countStreams(target);
  if (typeof before !== 'number') return before;
  // With a limit per address, older ones have given way to newer ones.
  const open = streams.filter((stream) => stream.isOpen);
  const startMs = performance.now();
  for (const stream of open) stream.close();
  let ms = 0;
  while (ms < target.patience.closeMs) {
    const now = await countStreams(target);
    if (typeof now !== 'number') return now;
    ms = performance.now() - startMs;
    // Other watchers come and go meanwhile.
    if (now <= before - open.length / 2) return { kind: 'closes noticed', ms };
    await delay(PAUSE_MS);
  }
  await Promise.all(streams.map((stream) => target.leave(stream)));
  return { kind: 'closes hidden', ms };
}

/** How many streams are open, as the service counts them. */
async function countStreams(target: Target): Promise<number | Finding> {
  const answer = await target.ask('/v1/service', { asWatcher: true });
  if (!answer.ok) return failed(answer.error);
  const { open } = (membersOf(answer.value.text).streams ?? {}) as { open?: unknown };
  return typeof open === 'number' ? open : { kind: 'unexpected', status: answer.value.status };
}

const both = (finding: Finding) => ({ instances: finding, closes: finding });
