import test from 'ava';
import type {
  ChangeEvent,
  HitAnswer,
  OnlineEvent,
  RoomsAnswer,
  VisitorAnswer,
} from '../../../src/protocol/messages.js';
import { hit, openStream, send } from '../../support/client.js';
import { startService } from '../../support/service.js';
import { SECRET, sign } from '../../support/tokens.js';

const ROOM = 'hall';

/** Everything that the service shows about the site, the room and the visitor. */
async function shown(url: string) {
  const get = async <T>(path: string) => (await send(url + path)).json<T>();
  const { active_uids, idle_uids } = await get<OnlineEvent>('/v1/online');
  const { status, rooms, last_seen, info } = await get<VisitorAnswer>('/v1/visitors/ada');
  return {
    uids: [...active_uids, ...idle_uids],
    totals: (await get<OnlineEvent>(`/v1/totals?room=${ROOM}`)).online_total,
    rooms: (await get<RoomsAnswer>('/v1/rooms')).rooms.map(({ room }) => room),
    view: await get('/v1/view?totals&uids=ada&members=5'),
    visitor: { status, rooms, last_seen: last_seen !== null, info },
  };
}

test('an invisible visitor counts nowhere and is shown to nobody, while its page gets its view', async (t) => {
  const { url } = await startService(t);
  const empty = await shown(url);
  const answer = await hit(url, {
    uid: 'ada',
    room: ROOM,
    info: { name: 'Ada' },
    invisible: true,
    view: { totals: true },
  });
  t.deepEqual(answer.json<HitAnswer>().view, { totals: { online_total: 0, active_total: 0, idle_total: 0 } });
  t.deepEqual(await shown(url), empty);
  t.is((await hit(url, { uid: 'ada' })).status, 200);
  t.deepEqual(await shown(url), empty, 'a heartbeat that does not say so keeps the visitor invisible');
});

test('a visitor who turns invisible leaves, and one who turns visible joins, on the site and in its rooms', async (t) => {
  const { url, time } = await startService(t);
  await hit(url, { uid: 'ada', room: ROOM, info: { name: 'Ada' } });
  time.pass(2000);
  const streams = [await openStream(t, `${url}/sse/changes`), await openStream(t, `${url}/sse/changes?room=${ROOM}`)];
  for (const stream of streams) await stream.next();
  const changes = async (body: object) => {
    await hit(url, { uid: 'ada', room: ROOM, ...body });
    time.pass(2000);
    return Promise.all(streams.map((stream) => stream.next<ChangeEvent>()));
  };
  for (const { left, online_total: total } of await changes({ invisible: true }))
    t.deepEqual([left, total], [['ada'], 0]);
  const joined = [{ uid: 'ada', status: 'active', info: { name: 'Ada' } }];
  for (const change of await changes({ invisible: false })) t.deepEqual(change.joined, joined);
});

test('a visitor who was invisible and went offline is visible when it comes again', async (t) => {
  const { url, time } = await startService(t);
  await hit(url, { uid: 'ada', invisible: true });
  time.pass(60_001);
  await hit(url, { uid: 'ada' });
  t.deepEqual((await shown(url)).uids, ['ada']);
});

test('the claim `invisible` of a token replaces what the heartbeat says', async (t) => {
  const { url } = await startService(t, { HIT_SECRET: SECRET });
  const beat = async (claims: object, body: object) => {
    const token = await sign({ sub: 'ada', ...claims });
    const { status } = await hit(url, { uid: 'ada', token, ...body });
    return [status, ...(await shown(url)).uids];
  };
  t.deepEqual(await beat({ invisible: true }, { invisible: false }), [200]);
  t.deepEqual(await beat({ invisible: false }, { invisible: true }), [200, 'ada']);
  t.deepEqual(await beat({}, { invisible: true }), [200]);
  t.deepEqual(await beat({ invisible: null }, {}), [200]);
  t.deepEqual(
    await beat({ invisible: 'yes' }, { invisible: false }),
    [401],
    'a claim that cannot be read hides nobody',
  );
});

test('a heartbeat whose `invisible` is no boolean is refused as a whole', async (t) => {
  const { url } = await startService(t);
  for (const invisible of ['true', 1, {}]) {
    const answer = await hit(url, { uid: 'ada', invisible });
    t.deepEqual([answer.status, answer.json().error], [400, 'invisible_invalid']);
  }
  t.is((await hit(url, { uid: 'bob', invisible: null })).status, 200);
  t.deepEqual((await shown(url)).uids, ['bob']);
});
