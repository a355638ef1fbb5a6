/** Measures the pure parts in a process of its own and prints the results as JSON. Arguments: visitors and repeats. */
import { Presence } from '../../src/presence/presence.js';
import { eventText } from '../../src/protocol/sse.js';
import { changeTail, onlineTail, stamped } from '../../src/streams/event-json.js';
import { Frame } from '../../src/streams/frame.js';
import { freshUids, PRESENCE_SETTINGS, ServiceCore, timed } from '../support/service-core.js';

/** The times of one part, one per repeat. */
export interface PartTimes {
  readonly name: string;
  readonly microseconds: readonly number[];
}

function measureParts(visitors: number, repeats: number): PartTimes[] {
  const some = Math.ceil(visitors / 100);
  const measure = (name: string, action: () => number): PartTimes => {
    for (let warmUp = 0; warmUp < repeats; warmUp++) action();
    return { name, microseconds: Array.from({ length: repeats }, action) };
  };
  const core = new ServiceCore();
  core.takeHeartbeats(freshUids(0, visitors));
  core.openStreams('changes', 1);
  return [
    measure('heartbeat of an online visitor', () => {
      const uids = freshUids(0, some);
      return timed(() => core.takeHeartbeats(uids)) / some;
    }),
    measure('heartbeat of a new visitor', () => {
      const [uids, empty] = [freshUids(0, some), new ServiceCore()];
      return timed(() => empty.takeHeartbeats(uids)) / some;
    }),
    measure('quiet tick', () => core.timedTick()),
    measure(`frame of all ${visitors} visitors: serialize and encode`, createEncoding(visitors)),
    measure(`diff of ${some} visitors: flush and serialize, per visitor`, createFlush(visitors, some)),
  ];
}

function createEncoding(visitors: number): () => number {
  const active = freshUids(0, visitors);
  return () =>
    timed(() => {
      new Frame(eventText(stamped(0, onlineTail({ active, idle: [] }))));
    });
}

function createFlush(visitors: number, changed: number): () => number {
  const presence = new Presence(PRESENCE_SETTINGS);
  const nowMs = 1_000_000;
  for (const uid of freshUids(0, visitors)) presence.hit({ uid, activityMs: nowMs }, nowMs);
  presence.flush(nowMs);
  const uids = freshUids(visitors, visitors + changed);
  let areOnline = false;
  return () => {
    for (const uid of uids) {
      if (areOnline) presence.leave({ uid }, nowMs);
      else presence.hit({ uid, activityMs: nowMs }, nowMs);
    }
    areOnline = !areOnline;
    return timed(() => presence.flush(nowMs).map(changeTail)) / changed;
  };
}

const [visitors, repeats] = process.argv.slice(2).map(Number) as [number, number];
console.log(JSON.stringify(measureParts(visitors, repeats)));
