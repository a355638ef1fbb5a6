import { type Finding, failed, type NetworkProblem, notChecked } from '../findings.js';
import type { OpenStream, ReceivedEvent } from '../open-stream.js';
import type { Target } from '../target.js';

/** With the default interval of 2 s, the events decide, with a shorter one the time. */
const ENOUGH = { events: 4, ms: 2500 };
/** `ts` is in whole seconds, so events that are sent at once differ in age by up to a second. */
const MAX_SPREAD_MS = 1500;

/** Whether events arrive when they are made, and compressed. The totals are what most clients may watch. */
export async function checkStreams(target: Target): Promise<{ streams: Finding; gzip: Finding }> {
  const opened = await target.open('/sse/totals');
  if (!opened.ok) return { streams: unopened(opened.error, target), gzip: notChecked('no answer') };
  const stream = opened.value;
  try {
    const refusal = refusalOf(stream, target);
    if (refusal !== undefined) return { streams: refusal, gzip: refusal };
    const [streams, gzip] = await Promise.all([watch(stream, target), compression(stream, target)]);
    return { streams, gzip };
  } finally {
    stream.close();
  }
}

/** Why a stream could not be opened. The address answers, so a head that does not come is held back. */
export const unopened = (problem: NetworkProblem, { patience }: Target): Finding =>
  problem === 'timeout' ? { kind: 'events held', heldMs: patience.answerMs } : failed(problem);

/** Why a stream cannot be watched, if it cannot. */
export function refusalOf({ status, isEventStream }: OpenStream, target: Target): Finding | undefined {
  if (status === 401 || status === 403) return notChecked(target.hasToken ? 'token refused' : 'no right to watch');
  return status === 200 && isEventStream ? undefined : { kind: 'unexpected', status };
}

async function watch(stream: OpenStream, { patience }: Target): Promise<Finding> {
  const first = await stream.find(() => true, patience.eventMs);
  if (first === undefined) return { kind: 'events held', heldMs: patience.eventMs };
  const isEnough = ({ afterMs }: ReceivedEvent) =>
    stream.events.length >= ENOUGH.events && afterMs - first.afterMs >= ENOUGH.ms;
  await stream.find(isEnough, patience.watchMs);
  const count = stream.events.length;
  if (count === 1) return { kind: 'events held', heldMs: patience.watchMs };
  const ages = stream.events.map(({ data, wallMs }) => wallMs - Number(data.ts) * 1000);
  const spreadMs = Math.max(...ages) - Math.min(...ages);
  if (spreadMs > MAX_SPREAD_MS) return { kind: 'events held', heldMs: spreadMs };
  return { kind: 'events flow', firstMs: first.afterMs, count };
}

async function compression(stream: OpenStream, target: Target): Promise<Finding> {
  if (stream.isCompressed) return { kind: 'gzip passed' };
  const script = await target.ask('/client.js', { headers: { 'accept-encoding': 'gzip' } });
  if (!script.ok) return failed(script.error);
  return { kind: 'gzip lost', filesToo: script.value.headers['content-encoding'] !== 'gzip' };
}
