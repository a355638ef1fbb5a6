import { once } from 'node:events';
import { createServer, type RequestListener, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import type { OnlineEvent, VisitorAnswer } from '../../../src/protocol/messages.js';
import { hit, openStream, send } from '../../support/client.js';
import { startService, type TestService } from '../../support/service.js';
import { OLD_SECRET, SECRET, sign } from '../../support/tokens.js';
import { until } from '../../support/until.js';

/** Starts a process that takes over from another one. */
async function startSuccessor(t: ExecutionContext, peerUrl: string, environment: Record<string, string> = {}) {
  const successor = await startService(t, { ...environment, PEER_URL: peerUrl });
  await successor.service.start();
  t.teardown(() => successor.service.drain());
  return successor;
}

const online = async ({ url }: { url: string }, headers: Record<string, string> = {}) => {
  const { active_uids, idle_uids } = (await send(`${url}/v1/online`, { headers })).json<OnlineEvent>();
  return [...active_uids, ...idle_uids];
};

/** What a start logged, but for the times and sizes. */
function startLine({ logged }: TestService): string {
  const lines = logged.filter(({ message }) => /visitors/.test(message));
  const { visitors, reason } = lines[0]!.fields as { visitors: number; reason?: string };
  return [...lines.map(({ level, message }) => `${level}: ${message}`), visitors, reason].filter(Boolean).join(' ');
}

test('a new process takes over sessions, rooms, info and times, and settling leaves end there', async (t) => {
  const old = await startService(t);
  await hit(old.url, { uid: 'ada', session: 'tab-1', room: 'hall', info: { name: 'Ada' }, idle_for: 100 });
  await hit(old.url, { uid: 'ada', session: 'tab-2', room: 'attic', idle_for: 200 });
  old.time.pass(10_000);
  await hit(old.url, { uid: 'bob' });
  await hit(old.url, { uid: 'eve' });
  await send(`${old.url}/v1/leave`, { body: '{"uid":"eve"}' });
  const successor = await startSuccessor(t, old.url);
  // Its clock has not passed these ten seconds, but its visitors must.
  const shift = (successor.time.wallMs() - old.time.wallMs()) / 1000;
  for (const uid of ['ada', 'bob', 'eve']) {
    const [before, after] = await Promise.all(
      [old, successor].map(async ({ url }) => (await send(`${url}/v1/visitors/${uid}`)).json<VisitorAnswer>()),
    );
    const times = ['last_seen', 'last_activity', 'idle_at', 'offline_at', 'online_since', 'ts'] as const;
    for (const name of times) {
      const value = before![name as 'last_seen'];
      if (typeof value === 'number') (before as unknown as Record<string, number>)[name] = value + shift;
    }
    t.deepEqual(after, before!);
  }
  t.deepEqual(await online(successor), ['ada', 'bob', 'eve']);
  successor.time.pass(3001);
  t.deepEqual(await online(successor), ['ada', 'bob']);
  successor.time.pass(46_999);
  t.deepEqual(await online(successor), ['ada', 'bob']);
  successor.time.pass(1000);
  t.deepEqual(await online(successor), ['bob']);
  t.is(startLine(successor), 'info: Took over the visitors of the process before. 3');
});

test('heartbeats and leaves that the old process takes later count in the new one, and do not undo newer ones', async (t) => {
  const old = await startService(t);
  await hit(old.url, { uid: 'ada' });
  const successor = await startSuccessor(t, old.url);
  await hit(successor.url, { uid: 'ada', info: { name: 'Ada' } });
  await hit(old.url, { uid: 'bob', room: 'hall', session: 'tab', idle_for: 400, info: { name: 'Bob' } });
  await hit(old.url, { uid: 'ada' });
  await until(async () => (await online(successor)).includes('bob'));
  const answer = await send(`${successor.url}/v1/visitors?uids=ada,bob`);
  const [ada, bob] = answer.json<{ visitors: VisitorAnswer[] }>().visitors;
  t.deepEqual(ada!.info, { name: 'Ada' });
  t.like(bob, { status: 'idle', rooms: ['hall'], info: { name: 'Bob' }, sessions: 1 });
  await send(`${old.url}/v1/leave`, { body: '{"uid":"bob"}' });
  await until(async () => {
    successor.time.pass(100);
    return !(await online(successor)).includes('bob');
  });
  t.deepEqual(await online(successor), ['ada']);
});

test('the new process goes on when the old one ends the handover, and the old one when the new one does', async (t) => {
  const old = await startService(t);
  await hit(old.url, { uid: 'ada' });
  const closed = new Promise((resolve) => {
    old.server.on('request', (_, response) => response.on('close', resolve));
  });
  const successor = await startSuccessor(t, old.url);
  successor.service.drain();
  await closed;
  await hit(old.url, { uid: 'bob' });
  const second = await startSuccessor(t, old.url);
  old.service.drain();
  await hit(second.url, { uid: 'cid' });
  t.deepEqual(await online(second), ['ada', 'bob', 'cid']);
});

test('a heartbeat of a page goes on from what was handed over', async (t) => {
  const old = await startService(t);
  await hit(old.url, { uid: 'ada', session: 'tab-1', info: { name: 'Ada' } });
  const successor = await startSuccessor(t, old.url);
  const changes = await openStream(t, `${successor.url}/sse/changes`);
  t.like(await changes.next(), { visitors: [{ uid: 'ada', info: { name: 'Ada' } }] });
  await hit(successor.url, { uid: 'ada', session: 'tab-1' });
  t.is((await send(`${successor.url}/v1/visitors/ada`)).json<VisitorAnswer>().sessions, 1);
  await send(`${successor.url}/v1/leave`, { body: '{"uid":"ada","session":"tab-1"}' });
  successor.time.pass(5000);
  t.like(await changes.next(), { left: ['ada'] });
});

test('a new process knows when offline visitors were last seen, and what the old one erases', async (t) => {
  const environment = { WATCH_SECRET: SECRET, LEAVE_SETTLE_SECONDS: '0' };
  const headers = { authorization: `Bearer ${SECRET}` };
  const old = await startService(t, environment);
  await hit(old.url, { uid: 'ada', idle_for: 5 });
  await hit(old.url, { uid: 'bob' });
  await send(`${old.url}/v1/leave`, { body: '{"uid":"ada"}' });
  old.time.pass(10_000);
  const successor = await startSuccessor(t, old.url, environment);
  const shown = async ({ url, time }: TestService, uid: string) => {
    const visitor = (await send(`${url}/v1/visitors/${uid}`, { headers })).json<VisitorAnswer>();
    const age = (seconds: number | null) => seconds && Math.floor(time.seconds()) - seconds;
    return [visitor.status, age(visitor.last_seen), age(visitor.last_activity)];
  };
  t.deepEqual(await shown(successor, 'ada'), ['offline', 10, 15]);
  t.deepEqual(await shown(successor, 'ada'), await shown(old, 'ada'));
  for (const uid of ['ada', 'bob']) {
    await send(`${old.url}/v1/visitors/${uid}`, { method: 'DELETE', headers });
    await until(async () => (await shown(successor, uid))[1] === null);
  }
  t.deepEqual(await online(successor, headers), []);
});

test('a history is complete from the start when everybody was handed over', async (t) => {
  const old = await startService(t);
  const { since, complete_from } = (await send(`${(await startSuccessor(t, old.url)).url}/v1/history`)).json();
  t.is(complete_from, since);
});

for (const guard of ['HANDOVER_SECRET', 'WATCH_SECRET', 'HIT_SECRET']) {
  test(`${guard} guards the handover, and neither its own tokens nor the secret open it`, async (t) => {
    const old = await startService(t, { [guard]: SECRET });
    const token = await sign({ sub: 'ada', exp: Math.floor(old.time.seconds()) + 60 });
    const bearer = { authorization: `Bearer ${token}` };
    const body = '{"uid":"ada","invisible":true}';
    await send(`${old.url}/v1/hit`, { body, headers: bearer });
    for (const headers of [{}, bearer, { authorization: `Bearer ${SECRET}` }]) {
      t.is((await send(`${old.url}/v1/handover`, { headers: headers as Record<string, string> })).status, 401);
    }
    const successor = await startSuccessor(t, old.url, { [guard]: SECRET });
    t.is(startLine(successor), 'info: Took over the visitors of the process before. 1');
    t.deepEqual(await online(successor, bearer), [], 'an invisible visitor stays invisible');
    const stranger = await startSuccessor(t, old.url, { [guard]: OLD_SECRET });
    t.regex(startLine(stranger), /^info: Starts without visitors: .* it answered 401$/);
  });
}

test('a token for the handover opens nothing else, and is valid for a minute', async (t) => {
  const authorizations: string[] = [];
  const peer = await startPeer(t, (incoming, response) => {
    authorizations.push(incoming.headers.authorization!);
    response.writeHead(401).end();
  });
  const { time } = await startSuccessor(t, peer, { WATCH_SECRET: SECRET });
  const headers = { authorization: authorizations[0]! };
  const old = await startService(t, { WATCH_SECRET: SECRET });
  t.is((await send(`${old.url}/v1/online`, { headers })).status, 401);
  t.is((await send(`${old.url}/v1/handover`, { headers })).status, 200);
  old.time.pass(time.nowMs() - old.time.nowMs() + 91_000);
  t.is((await send(`${old.url}/v1/handover`, { headers })).status, 401);
});

test('a deployment may add a secret, and rotate it', async (t) => {
  const old = await startService(t, { WATCH_SECRET: OLD_SECRET });
  for (const environment of [
    { WATCH_SECRET: `${SECRET},${OLD_SECRET}` },
    { WATCH_SECRET: OLD_SECRET, HANDOVER_SECRET: SECRET },
  ]) {
    t.regex(startLine(await startSuccessor(t, old.url, environment)), /^info: Took over/);
  }
  const open = await startService(t);
  t.regex(startLine(await startSuccessor(t, open.url, { WATCH_SECRET: SECRET })), /^info: Took over/);
});

test('without a secret, nothing is handed over that watchers may not see', async (t) => {
  const old = await startService(t);
  await hit(old.url, { uid: 'ada', invisible: true });
  await hit(old.url, { uid: 'bob' });
  t.notRegex((await send(`${old.url}/v1/handover`)).text, /ada/);
  const successor = await startSuccessor(t, old.url);
  await hit(old.url, { uid: 'bob', invisible: true });
  await hit(old.url, { uid: 'ada' });
  await hit(old.url, { uid: 'cid' });
  await until(async () => (await online(successor)).includes('cid'));
  successor.time.pass(5000);
  t.deepEqual(await online(successor), ['cid']);
});

const LINES = {
  header: '{"handover":1,"process":"other"}',
  ada: '[["ada",[1,1,50000]]]',
  complete: '{"complete":true}',
};
const NDJSON = { 'content-type': 'application/x-ndjson' };

async function startPeer(t: ExecutionContext, listener: RequestListener): Promise<string> {
  const peer = createServer(listener).listen(0, '127.0.0.1');
  await once(peer, 'listening');
  t.teardown(() => {
    peer.closeAllConnections();
    peer.close();
  });
  return `http://127.0.0.1:${(peer.address() as AddressInfo).port}`;
}

const NONE = 'info: Starts without visitors: no other process handed over its own.';
const PART = 'info: Took over a part of the visitors of the process before. 1';
const answering =
  (status: number, headers: Record<string, string>, body: string): RequestListener =>
  (_, response) =>
    response.writeHead(status, headers).end(body);

const peers: Record<string, [RequestListener, string]> = {
  'a page of HTML': [
    answering(200, { 'content-type': 'text/html' }, '<h1>Hi</h1>'),
    `${NONE} it answered text/html, not a handover`,
  ],
  'no content type': [answering(200, {}, 'hi'), `${NONE} it answered something, not a handover`],
  401: [answering(401, {}, ''), `${NONE} it answered 401`],
  404: [answering(404, { 'content-type': 'application/json' }, '{"ok":false}'), `${NONE} it answered 404`],
  'a redirect': [answering(302, { location: 'http://127.0.0.1:1/' }, ''), `${NONE} it answered 302`],
  nothing: [(incoming) => incoming.socket.destroy(), `${NONE} other side closed`],
  'another version': [
    answering(200, NDJSON, `{"handover":2,"process":"other"}\n${LINES.ada}\n${LINES.complete}\n`),
    `${NONE} it answered in another version of the format`,
  ],
  'an empty body': [answering(200, NDJSON, ''), `${NONE} it answered in another version of the format`],
  'lists that are no visitors': [
    answering(200, NDJSON, `${LINES.header}\n[1,null,["a"],[["b",[1]]],["c",[{},1,1]]]\n${LINES.complete}\n`),
    'info: Took over the visitors of the process before.',
  ],
  'a line of a later release in between': [
    answering(200, NDJSON, `${LINES.header}\n${LINES.ada}\n{"surprise":1}\n${LINES.complete}\n`),
    'info: Took over the visitors of the process before. 1',
  ],
  'something else in between': [
    answering(200, NDJSON, `${LINES.header}\n${LINES.ada}\n"surprise"\n${LINES.complete}\n`),
    `${PART} it answered something else`,
  ],
  'half an answer': [
    (_, response) => {
      response.writeHead(200, NDJSON).write(`${LINES.header}\n${LINES.ada}\n[["bob",`);
      setTimeout(() => response.destroy(), 20);
    },
    `${PART} other side closed`,
  ],
  'a line without an end': [answering(200, NDJSON, 'x'.repeat(5_000_000)), `${NONE} a line of the answer is too long`],
  '200 MB of visitors': [
    (_, response) => {
      response.writeHead(200, NDJSON).write(`${LINES.header}\n`);
      const chunk = `[["ada",[1,1,50000]]${',null'.repeat(200_000)}]\n`;
      let count = 0;
      const more = () => {
        while (count++ < 200) if (!response.write(chunk)) return void response.once('drain', more);
        response.end();
      };
      more();
    },
    `${PART} the answer is too large`,
  ],
};

for (const [name, [listener, expected]] of Object.entries(peers)) {
  test(`a new process starts all the same when its peer answers ${name}`, async (t) => {
    const started = await startSuccessor(t, await startPeer(t, listener));
    t.regex(startLine(started), new RegExp(`^${expected}$`));
    t.is((await hit(started.url, { uid: 'me' })).status, 200);
    t.true((await online(started)).includes('me'));
  });
}

test('garbage is no handover', async (t) => {
  const started = await startSuccessor(t, await startPeer(t, answering(200, NDJSON, '\u0000\u0001garbage\n')));
  t.regex(startLine(started), /^info: Starts without visitors/);
});

test('a new process waits 2 s for a peer that says nothing, or only a part', async (t) => {
  for (const [text, expected] of [
    ['', `${NONE} it took longer than 2 s`],
    [
      `${LINES.header}\n${LINES.ada}\n`,
      'info: Took over a part of the visitors of the process before; the rest follows. 1',
    ],
  ] as const) {
    const answered: unknown[] = [];
    const peer = await startPeer(t, (incoming, response) => {
      if (text !== '') response.writeHead(200, NDJSON).write(text);
      answered.push(incoming);
    });
    const started = await startService(t, { PEER_URL: peer });
    const starting = started.service.start();
    await until(() => answered.length > 0);
    if (text !== '') await until(async () => (await online(started)).includes('ada'));
    started.time.pass(1999);
    t.deepEqual(started.logged, []);
    started.time.pass(1);
    await starting;
    t.is(startLine(started), expected);
  }
});

test('visitors that arrive after these 2 s are taken over too, unless they have sent a heartbeat meanwhile', async (t) => {
  let sendRest = () => {};
  const peer = await startPeer(t, (_, response) => {
    response.writeHead(200, NDJSON).write(`${LINES.header}\n${LINES.ada}\n`);
    const rest = '[["bob",[1,1,50000]],["cid",[1,1,100],1,[],"{\\"name\\":\\"Cid\\"}"]]';
    sendRest = () => response.write(`${rest}\n${LINES.complete}\n`);
  });
  const started = await startService(t, { PEER_URL: peer });
  t.teardown(() => started.service.drain());
  const starting = started.service.start();
  await until(async () => (await online(started)).includes('ada'));
  started.time.pass(2000);
  await starting;
  await hit(started.url, { uid: 'cid', info: { name: 'New' } });
  sendRest();
  await until(async () => (await online(started)).includes('bob'));
  const { info } = (await send(`${started.url}/v1/visitors/cid`)).json<VisitorAnswer>();
  t.deepEqual(info, { name: 'New' });
});

test('a process does not take over from itself', async (t) => {
  let target = '';
  const front = await startPeer(t, (incoming, response) => {
    const outgoing = request(target + incoming.url, { agent: false }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    });
    outgoing.end();
  });
  const started = await startService(t, { PEER_URL: front });
  target = started.url;
  await hit(started.url, { uid: 'ada' });
  await started.service.start();
  t.is(startLine(started), `${NONE} PEER_URL leads to this process itself`);
});

test('at most four clients read a handover at once, and the oldest one ends', async (t) => {
  const { url } = await startService(t);
  const responses = [];
  for (let count = 0; count < 5; count++) responses.push(await fetch(`${url}/v1/handover?follow`));
  t.regex(await responses[0]!.text(), /\{"complete":true\}\n$/);
  await hit(url, { uid: 'ada' });
  for (const response of responses.slice(1)) {
    let text = '';
    for await (const part of response.body!) {
      text += Buffer.from(part).toString();
      if (text.includes('ada')) break;
    }
    t.true(text.includes('ada'));
  }
});

test('a process that has been replaced ends its streams with a short retry, and accepts new ones', async (t) => {
  const old = await startService(t);
  await hit(old.url, { uid: 'ada' });
  await send(`${old.url}/v1/handover`);
  const stream = await openStream(t, `${old.url}/sse/changes`);
  old.time.pass(44_000);
  t.deepEqual(stream.retries, []);
  old.time.pass(2000);
  t.true(await stream.ended, 'as a whole one');
  t.true(stream.retries[0]! >= 200 && stream.retries[0]! <= 1200);
  t.deepEqual((await online(old)).length, 1, 'nobody has expired yet');
  const next = await openStream(t, `${old.url}/sse/changes`);
  await next.next();
  old.time.pass(20_000);
  t.like(await next.next(), { left: ['ada'] });
});

test('a process that nobody replaces keeps its streams when visitors disappear', async (t) => {
  const { url, time } = await startService(t);
  await hit(url, { uid: 'ada' });
  time.pass(2000);
  const stream = await openStream(t, `${url}/sse/changes`);
  await stream.next();
  time.pass(60_000);
  t.like(await stream.next(), { left: ['ada'] });
});
