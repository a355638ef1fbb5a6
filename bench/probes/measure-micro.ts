/** Takes the figures of the micro-benchmark, in a process of its own, and prints them as JSON. Told visitors and repeats. */
import { Presence } from '../../src/presence/presence.js';
import { eventText } from '../../src/protocol/sse.js';
import { changeTail, onlineTail, stamped } from '../../src/streams/event-json.js';
import { Frame } from '../../src/streams/frame.js';
import { freshUids, PRESENCE_SETTINGS, timed, World } from '../support/service-core.js';

/** One of the parts: what it takes each time, in microseconds. */
export interface MicroResult {
  readonly name: string;
  readonly microseconds: readonly number[];
}

function runMicro(visitors: number, repeats: number): MicroResult[] {
  const some = Math.ceil(visitors / 100);
  const measure = (name: string, action: () => number): MicroResult => {
    for (let warm = 0; warm < repeats; warm++) action();
    return { name, microseconds: Array.from({ length: repeats }, action) };
  };
  const world = new World();
  world.beat(freshUids(0, visitors));
  world.watch('changes', 1);
  return [
    measure('heartbeat of somebody who is here', () => {
      const uids = freshUids(0, some);
      return timed(() => world.beat(uids)) / some;
    }),
    measure('heartbeat of a newcomer', () => {
      const [newcomers, empty] = [freshUids(0, some), new World()];
      return timed(() => empty.beat(newcomers)) / some;
    }),
    measure('quiet tick', () => world.timedTick()),
    measure(`frame with all ${visitors} visitors: draw up and encode`, createEncoding(visitors)),
    measure(`change: fold and draw up, each of ${some}`, createFolding(visitors, some)),
  ];
}

function createEncoding(visitors: number): () => number {
  const active = freshUids(0, visitors);
  return () =>
    timed(() => {
      new Frame(eventText(stamped(0, onlineTail({ active, idle: [] }))));
    });
}

function createFolding(visitors: number, changed: number): () => number {
  const presence = new Presence(PRESENCE_SETTINGS);
  const nowMs = 1_000_000;
  for (const uid of freshUids(0, visitors)) presence.hit({ uid, activityMs: nowMs }, nowMs);
  presence.flush(nowMs);
  const some = freshUids(visitors, visitors + changed);
  let isHere = false;
  return () => {
    for (const uid of some) {
      if (isHere) presence.leave({ uid }, nowMs);
      else presence.hit({ uid, activityMs: nowMs }, nowMs);
    }
    isHere = !isHere;
    return timed(() => presence.flush(nowMs).map(changeTail)) / changed;
  };
}

const [visitors, repeats] = process.argv.slice(2).map(Number) as [number, number];
console.log(JSON.stringify(runMicro(visitors, repeats)));
