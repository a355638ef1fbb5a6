import test from 'ava';
import { createPage, refusal, settle } from '../../support/heartbeat-page.js';
import { sign } from '../../support/tokens.js';

const NOW_SECONDS = 1_795_520_000;

/** The page of `createPage` with a backend that gives these tokens, one after the other. */
function createPageWithTokens(tokens: readonly (string | undefined)[], token?: string) {
  const created = createPage({ uid: 'ada', token });
  const left = [...tokens];
  const asked: string[] = [];
  created.page.getToken = async (uid) => {
    asked.push(uid);
    const next = left.shift();
    if (next === undefined) throw new Error('no token');
    return next;
  };
  const beat = async (seconds = 0) => {
    created.page.nowMs += 1000 * seconds;
    created.heartbeat.wake();
    await settle();
  };
  const sentTokens = () => created.page.sent.map(({ body }) => body.token);
  return { ...created, asked, beat, sentTokens };
}

test('a token is fetched at the start, and kept', async (t) => {
  const { asked, beat, sentTokens } = createPageWithTokens(['first', 'second']);
  await beat();
  await beat(30);
  t.deepEqual(sentTokens(), ['first', 'first']);
  t.deepEqual(asked, ['ada']);
});

test('a token is renewed a minute before it expires, or after half of its time', async (t) => {
  for (const [lifeSeconds, renewAfterSeconds] of [
    [3600, 3540],
    [60, 30],
  ] as const) {
    const first = await sign({ sub: 'ada', exp: NOW_SECONDS + lifeSeconds });
    const { beat, sentTokens } = createPageWithTokens(['second'], first);
    await beat();
    await beat(renewAfterSeconds - 1);
    await beat(1);
    t.deepEqual(sentTokens(), [first, first, 'second']);
  }
});

test('while no new token can be fetched the old one is used', async (t) => {
  const first = await sign({ sub: 'ada', exp: NOW_SECONDS + 120 });
  const { asked, beat, sentTokens } = createPageWithTokens([], first);
  await beat(0);
  await beat(90);
  await beat(20);
  t.is(asked.length, 2);
  t.deepEqual(sentTokens(), [first, first, first]);
});

test('a new token that has expired by a wrong clock is used until the service refuses it', async (t) => {
  const first = await sign({ sub: 'ada', exp: NOW_SECONDS - 3600 });
  const { asked, beat, sentTokens } = createPageWithTokens([first, 'second']);
  await beat();
  await beat(30);
  t.deepEqual(sentTokens(), [first, first]);
  t.is(asked.length, 1);
});

test('a token that the service refuses is renewed once, and a second refusal stops the heartbeats', async (t) => {
  const { page, asked, beat, sentTokens } = createPageWithTokens(['second', 'third'], 'first');
  page.answers = [refusal(401)];
  await beat();
  t.deepEqual(sentTokens(), ['first', 'second']);
  t.deepEqual(page.warnings, []);
  page.answers = [refusal(401), refusal(401)];
  await beat();
  await beat();
  t.deepEqual(sentTokens(), ['first', 'second', 'second', 'third']);
  t.is(page.warnings.length, 1);
  t.is(asked.length, 2);
});

test('without a token it asks again with backoff, up to five minutes', async (t) => {
  const { page, beat } = createPageWithTokens([]);
  for (let count = 0; count < 10; count++) await beat();
  t.deepEqual(page.sent, []);
  t.deepEqual(page.delaysMs.slice(0, 3), [2000, 4000, 8000]);
  t.is(page.delaysMs.at(-1), 300_000);
  t.deepEqual(page.warnings, ['gets no token and keeps trying.']);
});

test('after a refusal it continues once the backend gives a token again', async (t) => {
  const { page, beat, sentTokens } = createPageWithTokens([], 'first');
  page.answers = [refusal(401)];
  await beat();
  t.deepEqual(page.delaysMs, [2000]);
  page.getToken = () => 'second';
  page.answers = [refusal(401)];
  await beat();
  t.deepEqual(sentTokens(), ['first', 'first', 'second']);
  t.deepEqual(page.warnings, []);
});

test('another visitor gets a token of its own, and the leave of the first one carries its token', async (t) => {
  const { page, heartbeat, asked, beat } = createPageWithTokens(["ada's", "bob's"]);
  await beat();
  heartbeat.update({ uid: 'bob' });
  await settle();
  t.deepEqual(asked, ['ada', 'bob']);
  t.deepEqual(
    page.sent.map(({ path, body: { uid, token } }) => [path, uid, token]),
    [
      ['v1/hit', 'ada', "ada's"],
      ['v1/leave', 'ada', "ada's"],
      ['v1/hit', 'bob', "bob's"],
    ],
  );
});

test('a change of room keeps the token', async (t) => {
  const { page, heartbeat, asked, beat, sentTokens } = createPageWithTokens(['second'], 'first');
  page.answers = [refusal(401)];
  await beat();
  heartbeat.update({ uid: 'ada', room: 'hall', token: 'first' });
  await settle();
  heartbeat.stop();
  await settle();
  t.deepEqual(sentTokens(), ['first', 'second', 'second']);
  t.is(page.lastSent[0]!.body.token, 'second');
  t.is(asked.length, 1);
});

test('a visitor who changes while the token is fetched is sent with the right one', async (t) => {
  const { page, heartbeat } = createPage({ uid: 'ada' });
  let giveToken: (token: string) => void = () => {};
  page.getToken = () =>
    new Promise((resolve) => {
      giveToken = resolve;
    });
  heartbeat.beat();
  await settle();
  heartbeat.update({ uid: 'bob' });
  page.getToken = () => "bob's";
  giveToken("ada's");
  await settle();
  t.deepEqual(
    page.sent.filter(({ path }) => path === 'v1/hit').map(({ body: { uid, token } }) => [uid, token]),
    [['bob', "bob's"]],
  );
});

test('a page that is closed while the token is fetched sends no heartbeat', async (t) => {
  const { page, heartbeat } = createPage({ uid: 'ada' });
  let giveToken: (token: string) => void = () => {};
  page.getToken = () =>
    new Promise((resolve) => {
      giveToken = resolve;
    });
  heartbeat.beat();
  heartbeat.stop();
  giveToken("ada's");
  await settle();
  t.deepEqual(
    page.sent.filter(({ path }) => path === 'v1/hit'),
    [],
  );
});
