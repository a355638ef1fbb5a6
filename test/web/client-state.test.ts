import test from 'ava';
import { type Answer, createHeartbeat, type Ports, type Visitor } from '../../src/web/client/heartbeat.js';

const OK: Answer = { status: 200, message: '', retryAfterSeconds: undefined };
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** A page whose posts are answered only when the test says so. */
function createPage(visitor: Visitor) {
  const sent: string[] = [];
  const beacons: string[] = [];
  const open: ((answer: Answer) => void)[] = [];
  const line = (path: string, body: object) => {
    const { uid, room } = body as Visitor;
    return [path, uid, room].filter((part) => part !== undefined).join(' ');
  };
  const ports: Ports = {
    post: (path, body) => {
      sent.push(line(path, body));
      return new Promise((resolve) => open.push(resolve));
    },
    beacon: (path, body) => beacons.push(line(path, body)),
    schedule: () => {},
    idleSeconds: () => 0,
    random: () => 1,
    isOnline: () => true,
    isPrerendering: () => false,
    warn: () => {},
  };
  const heartbeat = createHeartbeat(ports, visitor, { intervalMs: 30_000, session: 's1' });
  const answer = async (given = OK) => {
    open.shift()!(given);
    await settle();
  };
  return { sent, beacons, heartbeat, answer };
}

test('a visitor who is stopped while the goodbye of the one before is under way never appears', async (t) => {
  const { sent, heartbeat, answer } = createPage({ uid: 'ada' });
  heartbeat.beat();
  await answer();
  heartbeat.update({ uid: 'bob' });
  heartbeat.stop();
  await answer();
  t.deepEqual(sent, ['v1/hit ada', 'v1/leave ada']);
});

test('a page that goes before an earlier goodbye was sent says both', async (t) => {
  const { beacons, heartbeat } = createPage({ uid: 'ada' });
  heartbeat.beat();
  heartbeat.update({ uid: 'bob' });
  heartbeat.pause();
  await settle();
  t.deepEqual(beacons, ['v1/leave ada', 'v1/leave bob']);
});
