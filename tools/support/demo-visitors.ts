import { Agent, request } from 'node:http';

const ROOMS = ['home', 'pricing', 'docs', 'checkout', 'forum'];
const HEARTBEAT_MS = 30_000;
const STEP_MS = 250;

interface Person {
  readonly uid: string;
  readonly name: string;
  readonly session: string;
  room: string;
  lastTouchMs: number;
  isAway: boolean;
  nextBeatMs: number;
}

const pick = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)]!;

/**
 * Simulates people on a site: they come, move from room to room, turn idle, come back and go, at a pace that can be seen.
 *
 * @returns what stops it
 */
export function simulatePeople(url: string, count: number): () => void {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const post = (path: string, body: object) => {
    const outgoing = request(url + path, { method: 'POST', agent });
    outgoing.on('response', (response) => response.resume()).on('error', () => {});
    outgoing.end(JSON.stringify(body));
  };
  let born = 0;
  const create = (idleForMs: number): Person => {
    const number = ++born;
    return {
      uid: `visitor-${String(number).padStart(5, '0')}`,
      name: `Visitor ${String(number).padStart(3, '0')}`,
      session: `page-${number}`,
      room: pick(ROOMS),
      lastTouchMs: performance.now() - idleForMs,
      isAway: idleForMs > 0,
      nextBeatMs: 0,
    };
  };
  const beat = (person: Person) => {
    if (!person.isAway) person.lastTouchMs = performance.now();
    person.nextBeatMs = performance.now() + HEARTBEAT_MS * (0.9 + Math.random() / 10);
    const { uid, name, session, room } = person;
    post('/v1/hit', { uid, session, room, info: { name }, idle_for: (performance.now() - person.lastTouchMs) / 1000 });
  };
  const people = Array.from({ length: count }, () => create(Math.random() < 0.3 ? Math.random() * 900_000 : 0));
  const timer = setInterval(() => {
    for (const person of people) if (performance.now() >= person.nextBeatMs) beat(person);
    const index = Math.floor(Math.random() * people.length);
    const person = people[index]!;
    const chance = Math.random();
    if (chance < 0.15) {
      post('/v1/leave', { uid: person.uid, session: person.session });
      people[index] = create(0);
    } else if (chance < 0.3) {
      post('/v1/leave', { uid: person.uid, session: person.session, room: person.room });
      person.room = pick(ROOMS);
      beat(person);
    } else if (chance < 0.4) {
      person.isAway = !person.isAway;
      beat(person);
    }
  }, STEP_MS);
  return () => {
    clearInterval(timer);
    agent.destroy();
  };
}
