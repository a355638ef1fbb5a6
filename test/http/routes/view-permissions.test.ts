import test from 'ava';
import { COOKIE_NAME } from '../../../src/auth/watch-access.js';
import type { HitAnswer, View } from '../../../src/protocol/messages.js';
import { hit, send } from '../../support/client.js';
import { startService, type TestService } from '../../support/service.js';
import { OLD_SECRET, SECRET, sign } from '../../support/tokens.js';

const LOCKED = { WATCH_SECRET: SECRET, HIT_SECRET: OLD_SECRET };
const LEVELS = ['none', 'totals', 'status', 'members'] as const;
type Level = (typeof LEVELS)[number];

/** Who is where. Each has an info, which only lists of members may show. */
const WORLD = [
  { uid: 'ada', room: 'hall', status: 'active' },
  { uid: 'bob', room: 'attic', status: 'active' },
  { uid: 'eve', room: 'hall', status: 'idle' },
  { uid: 'zoe', room: undefined, status: 'active' },
] as const;
const UIDS = WORLD.map(({ uid }) => uid);

/** A client, and what its token adds to the public level. */
interface Client {
  readonly name: string;
  /** `all` is a watcher's token, which also opens the list of the whole site. */
  readonly adds: Level | 'all';
  /** The rooms of the token; undefined for all. */
  readonly rooms?: readonly string[];
  /** Asks for all parts of the view of a room, or of the whole site. */
  readonly ask: (url: string, room: string | undefined) => Promise<View>;
}

const getView = (token: string | undefined) => async (url: string, room: string | undefined) => {
  const query = `totals&members=50&${UIDS.map((uid) => `uids=${uid}`).join('&')}`;
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return (await send(`${url}/v1/view?${query}${room === undefined ? '' : `&room=${room}`}`, { headers })).json<View>();
};

/** A heartbeat of a visitor who is online already, in no room, so that the world stays as it is. */
const hitView = (claims: object) => async (url: string, room: string | undefined) => {
  const view = { totals: true, members: 50, uids: UIDS, ...(room === undefined ? {} : { room }) };
  const token = await sign({ sub: 'zoe', ...claims }, OLD_SECRET);
  // A watcher's cookie says nothing about a heartbeat.
  const headers = { cookie: `${COOKIE_NAME}=${SECRET}` };
  const answer = await send(`${url}/v1/hit`, { headers, body: JSON.stringify({ uid: 'zoe', token, view }) });
  return answer.json<HitAnswer>().view!;
};

async function clients(): Promise<Client[]> {
  const all: Client[] = [
    { name: '/v1/view without a token', adds: 'none', ask: getView(undefined) },
    { name: '/v1/view with the watch secret', adds: 'all', ask: getView(SECRET) },
    { name: '/v1/view with a token', adds: 'all', ask: getView(await sign({})) },
    {
      name: '/v1/view with a token for the hall',
      adds: 'all',
      rooms: ['hall'],
      ask: getView(await sign({ room: 'hall' })),
    },
    { name: '/v1/view with a token for no room', adds: 'all', rooms: [], ask: getView(await sign({ rooms: [] })) },
    { name: 'a heartbeat', adds: 'none', ask: hitView({}) },
    { name: 'a heartbeat for the hall', adds: 'none', rooms: ['hall'], ask: hitView({ room: 'hall' }) },
  ];
  for (const view of LEVELS) {
    all.push({ name: `a heartbeat with ${view}`, adds: view, ask: hitView({ view }) });
    const rooms = ['hall', 'cellar'];
    all.push({ name: `a heartbeat with ${view} for the hall`, adds: view, rooms, ask: hitView({ view, rooms }) });
    const [token, hallToken] = await Promise.all([sign({ view }), sign({ view, rooms })]);
    all.push({ name: `/v1/view with a token with ${view}`, adds: view, ask: getView(token) });
    all.push({ name: `/v1/view with a token with ${view} for the hall`, adds: view, rooms, ask: getView(hallToken) });
  }
  return all;
}

/** The view that a client must get: written down as the documents say it, part by part. */
function expectedView(level: Level, { adds, rooms }: Client, room: string | undefined): View {
  const opens = (least: Level) => (each: Level | 'all') =>
    each === 'all' || LEVELS.indexOf(each) >= LEVELS.indexOf(least);
  const tokenIsForRoom = rooms === undefined || (room !== undefined && rooms.includes(room));
  const inRoom = [level, ...(tokenIsForRoom ? [adds] : [])];
  const view: { -readonly [Part in keyof View]: View[Part] } = {};
  const forbidden: ('totals' | 'visitors' | 'members')[] = [];
  const here = WORLD.filter((each) => room === undefined || each.room === room);
  if (inRoom.some(opens('totals'))) {
    const active = here.filter(({ status }) => status === 'active').length;
    view.totals = { online_total: here.length, active_total: active, idle_total: here.length - active };
  } else {
    forbidden.push('totals');
  }
  if ([level, adds].some(opens('status'))) {
    const seesAll = opens('status')(level) || rooms === undefined;
    view.visitors = WORLD.map(({ uid, status, room: theirs }) => {
      return { uid, status: seesAll || (theirs !== undefined && rooms.includes(theirs)) ? status : 'offline' };
    });
  } else {
    forbidden.push('visitors');
  }
  if (room === undefined ? adds === 'all' && rooms === undefined : inRoom.some(opens('members'))) {
    view.members = here
      .toSorted((a, b) => a.status.localeCompare(b.status))
      .map(({ uid, status }) => ({ uid, status, info: { of: uid } }));
  } else {
    forbidden.push('members');
  }
  return forbidden.length === 0 ? view : { ...view, forbidden };
}

async function fill({ url }: TestService): Promise<void> {
  for (const { uid, room, status } of WORLD) {
    const token = await sign({ sub: uid, info: { of: uid } }, OLD_SECRET);
    await hit(url, { uid, room, token, idle_for: status === 'idle' ? 400 : 0 });
  }
}

for (const level of LEVELS) {
  test(`with PUBLIC_VIEW=${level} each client sees what is public and what its token opens, and nothing else`, async (t) => {
    const service = await startService(t, { ...LOCKED, PUBLIC_VIEW: level });
    await fill(service);
    for (const client of await clients()) {
      for (const room of [undefined, 'hall', 'attic', 'cellar']) {
        const view = await client.ask(service.url, room);
        t.deepEqual(view, expectedView(level, client, room), `${client.name}, ${room ?? 'the whole site'}`);
      }
    }
  });
}

test('without WATCH_SECRET everybody sees everything, whatever PUBLIC_VIEW and the token say', async (t) => {
  const service = await startService(t, { HIT_SECRET: OLD_SECRET, PUBLIC_VIEW: 'none' });
  await fill(service);
  const everything = { name: '', adds: 'all', ask: getView(undefined) } as const;
  for (const ask of [getView(undefined), getView('wrong'), hitView({}), hitView({ view: 'none', rooms: ['hall'] })]) {
    for (const room of [undefined, 'hall', 'attic', 'cellar']) {
      t.deepEqual(await ask(service.url, room), expectedView('members', everything, room));
    }
  }
});

test('without HIT_SECRET the token of a heartbeat is not verified, and opens nothing', async (t) => {
  const service = await startService(t, { WATCH_SECRET: SECRET });
  await fill(service);
  for (const token of [SECRET, await sign({ sub: 'zoe', view: 'members' }), await sign({ sub: 'zoe' })]) {
    const headers = { authorization: `Bearer ${token}` };
    const body = JSON.stringify({ uid: 'zoe', token, view: { room: 'hall', totals: true, members: 5, uids: UIDS } });
    const { view } = (await send(`${service.url}/v1/hit`, { headers, body })).json<HitAnswer>();
    t.deepEqual(view, { forbidden: ['totals', 'visitors', 'members'] });
  }
});

test('a part that is not asked for is not forbidden, and the heartbeat counts', async (t) => {
  const { url } = await startService(t, { WATCH_SECRET: SECRET });
  const answer = await hit(url, { uid: 'ada', view: { members: 5 } });
  t.deepEqual(answer.json(), { ok: true, interval: 30, view: { forbidden: ['members'] } });
  t.deepEqual((await hit(url, { uid: 'ada', view: {} })).json<HitAnswer>().view, {});
  const headers = { authorization: `Bearer ${SECRET}` };
  t.is((await send(`${url}/v1/visitors/ada`, { headers })).json().status, 'active');
});

test('an unknown word in the claim view makes a visitor’s token invalid', async (t) => {
  const { url } = await startService(t, LOCKED);
  for (const view of ['everything', '', 'Members', 3, true, ['members'], { totals: true }]) {
    const answer = await hit(url, { uid: 'ada', token: await sign({ sub: 'ada', view }, OLD_SECRET) });
    t.is(answer.status, 401, JSON.stringify(view));
    t.is(answer.json().error, 'token_invalid');
  }
  t.is((await hit(url, { uid: 'ada', token: await sign({ sub: 'ada', view: null }, OLD_SECRET) })).status, 200);
});

test('/v1/view refuses a token that is invalid or expired, also where the answer is public', async (t) => {
  const { url, time } = await startService(t, { ...LOCKED, PUBLIC_VIEW: 'members' });
  const expired = await sign({ exp: Math.floor(time.seconds()) - 31 });
  const visitors = await sign({ sub: 'ada', view: 'members' }, OLD_SECRET);
  for (const [token, code] of [
    ['wrong', 'token_invalid'],
    [visitors, 'token_invalid'],
    [expired, 'token_expired'],
  ] as const) {
    const target = `${url}/v1/view?totals`;
    const answers = [
      await send(target, { headers: { authorization: `Bearer ${token}` } }),
      await send(`${target}&token=${token}`),
      await send(target, { headers: { cookie: `${COOKIE_NAME}=${token}` } }),
    ];
    for (const answer of answers) {
      t.is(answer.status, 401);
      t.is(answer.json().error, code);
      t.is(answer.headers.etag, undefined);
    }
  }
  t.is((await send(`${url}/v1/view?totals&token=`)).status, 200);
});

test('neither an ETag nor a 304 says anything about what the client may not see', async (t) => {
  const service = await startService(t, { ...LOCKED, PUBLIC_VIEW: 'totals' });
  const { url } = service;
  await fill(service);
  const target = `${url}/v1/view?room=hall&totals&members=50&uids=bob&uids=zoe`;
  const watcher = { authorization: `Bearer ${SECRET}` };
  const limited = { authorization: `Bearer ${await sign({ room: 'hall' })}` };
  const etagOf = async (headers: Record<string, string>) => (await send(target, { headers })).headers.etag!;
  const before = { watcher: await etagOf(watcher), limited: await etagOf(limited), anybody: await etagOf({}) };
  t.is(new Set(Object.values(before)).size, 3);
  // The ETag of one client is no validator for another.
  for (const headers of [{}, limited]) {
    const answer = await send(target, { headers: { ...headers, 'if-none-match': before.watcher } });
    t.is(answer.status, 200);
  }
  // Bob leaves the attic, which only the watcher may see.
  await send(`${url}/v1/leave`, {
    body: JSON.stringify({ uid: 'bob', token: await sign({ sub: 'bob' }, OLD_SECRET) }),
  });
  service.time.pass(3001);
  t.is(await etagOf(limited), before.limited);
  t.not(await etagOf(watcher), before.watcher);
  // The info of Ada changes, which both of them may see.
  await hit(url, { uid: 'ada', room: 'hall', token: await sign({ sub: 'ada', info: { of: 'Ada' } }, OLD_SECRET) });
  t.is(await etagOf({}), before.anybody);
  t.not(await etagOf(limited), before.limited);
  const unchanged = await send(target, { headers: { 'if-none-match': before.anybody } });
  t.is(unchanged.status, 304);
});

test('with WATCH_SECRET no shared cache keeps a view, and a browser asks again each time', async (t) => {
  const { url } = await startService(t, { ...LOCKED, PUBLIC_VIEW: 'members', CORS_ALLOW_ORIGIN: 'https://a.example' });
  for (const headers of [{}, { authorization: `Bearer ${SECRET}` }, { origin: 'https://a.example' }] as const) {
    const answer = await send(`${url}/v1/view?totals`, { headers });
    t.is(answer.headers['cache-control'], 'private, no-cache');
    t.is(answer.headers.vary, 'Origin, Authorization, Cookie');
    t.is(answer.headers['access-control-allow-origin'], 'https://a.example');
    const again = await send(`${url}/v1/view?totals`, {
      headers: { ...headers, 'if-none-match': answer.headers.etag! },
    });
    t.is(again.status, 304);
    t.is(again.headers['cache-control'], 'private, no-cache');
    t.is(again.headers.vary, 'Origin, Authorization, Cookie');
  }
  t.is((await send(`${url}/v1/view?totals`, { headers: { origin: 'https://evil.example' } })).status, 403);
});
