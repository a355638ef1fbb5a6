import { setTimeout as delay } from 'node:timers/promises';
import { type Finding, failed, notChecked } from '../findings.js';
import { membersOf, type ReceivedEvent } from '../open-stream.js';
import type { Target } from '../target.js';
import { refusalOf, unopened } from './streams.js';

const TRIES = 7;
/** Longer than changes are gathered by default. */
const PAUSE_MS = 150;
/** Beyond what the network takes. */
const SLOW_MS = 500;

interface Try {
  readonly changeMs: number;
  readonly answerMs: number;
}

/** How long it takes from a heartbeat to the event on a stream, with a visitor of the doctor's own, who leaves again. */
export async function checkLatency(target: Target, uid: string): Promise<Finding> {
  const opened = await target.open(`/sse/changes?room=${uid}`);
  if (!opened.ok) return unopened(opened.error, target);
  const stream = opened.value;
  const refusal = refusalOf(stream, target);
  if (refusal !== undefined) return refusal;
  const { answerMs, eventMs } = target.patience;
  const snapshot = await stream.find(({ event }) => event === 'snapshot', eventMs);
  if (snapshot === undefined) return { kind: 'events held', heldMs: eventMs };
  const tries: Try[] = [];
  try {
    for (let number = 0; number <= TRIES; number++) {
      const startMs = performance.now();
      const seen = stream.find(showsTry(uid, number), answerMs).then(() => performance.now() - startMs);
      const answer = await target.ask('/v1/hit', { body: { uid, room: uid, info: { number } } });
      if (!answer.ok) return failed(answer.error);
      const { status, text, ms } = answer.value;
      if (status === 429 && tries.length > 0) break;
      if (status === 429) return notChecked('limited');
      if (status === 401) return notChecked('visitor tokens');
      if (status !== 200 || membersOf(text).ok !== true) return { kind: 'unexpected', status };
      const changeMs = await seen;
      if (stream.events.find(showsTry(uid, number)) === undefined) return { kind: 'changes lost' };
      // The first one comes into the room, which costs more, and opens the connection.
      if (number > 0) tries.push({ changeMs, answerMs: ms });
      await delay(PAUSE_MS);
    }
  } finally {
    await Promise.all([target.ask('/v1/leave', { body: { uid } }), target.leave(stream)]);
  }
  const changeMs = median(tries.map((each) => each.changeMs));
  const ownMs = median(tries.map((each) => each.answerMs));
  return { kind: 'changes arrive', changeMs, answerMs: ownMs, isSlow: changeMs - ownMs > SLOW_MS };
}

/** Recognizes the event that a heartbeat causes, by the number in the visitor's info. */
function showsTry(uid: string, number: number): (event: ReceivedEvent) => boolean {
  const isIt = (visitor: { uid?: unknown; info?: { number?: unknown } }) =>
    visitor.uid === uid && visitor.info?.number === number;
  return ({ data }) => [data.joined, data.updated].some((list) => Array.isArray(list) && list.some(isIt));
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
