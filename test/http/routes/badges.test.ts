import test from 'ava';
import { hit, send } from '../../support/client.js';
import { startService } from '../../support/service.js';
import { SECRET, sign } from '../../support/tokens.js';

const badge = async (url: string, path: string, headers: Record<string, string> = {}) => {
  const answer = await send(`${url}/v1/badge/${path}`, { headers });
  return { ...answer, title: /<title>(.*)<\/title>/.exec(answer.text)?.[1] };
};

test('the badges show how many are online, and the status of one visitor', async (t) => {
  const { url } = await startService(t);
  await hit(url, { uid: 'ada', room: 'hall' });
  await hit(url, { uid: 'bob', room: 'attic', idle_for: 400 });
  const count = await badge(url, 'count.svg');
  t.is(count.headers['content-type'], 'image/svg+xml; charset=utf-8');
  t.true(count.text.includes('>2 online</text>') && count.text.includes('role="img"'));
  t.is(count.title, '2 online');
  t.is((await badge(url, 'count.svg?room=hall')).title, '\u2068hall\u2069: 1 online');
  t.is((await badge(url, 'count.svg?room=cellar')).title, '\u2068cellar\u2069: 0 online');
  for (const [uid, status] of Object.entries({ ada: 'active', bob: 'idle', eve: 'offline' })) {
    const { text, title } = await badge(url, `status.svg?uid=${uid}`);
    t.is(title, `\u2068${uid}\u2069: ${status}`);
    t.true(text.includes(`>${status}</text>`));
  }
  t.true(Buffer.byteLength(count.text) < 700);
});

test('a badge may be kept for 2 s, and is not sent again while it is the same', async (t) => {
  const { url } = await startService(t);
  const first = await badge(url, 'count.svg');
  t.is(first.headers['cache-control'], 'public, max-age=2');
  const { etag } = first.headers;
  t.is((await badge(url, 'count.svg', { 'if-none-match': etag! })).status, 304);
  await hit(url, { uid: 'ada' });
  t.is((await badge(url, 'count.svg', { 'if-none-match': etag! })).status, 200);
});

test('names cannot break out of a badge', async (t) => {
  const { url } = await startService(t);
  const names = [
    '</title><script>alert(1)</script>',
    '" onload="alert(1)',
    "'&amp;<!--]]>",
    '\u202ecba',
    '\uffff\ufffe',
  ];
  for (const name of names) {
    const { text, title } = await badge(url, `status.svg?uid=${encodeURIComponent(name)}`);
    t.is(text.match(/<[a-z]+/g)?.join(''), '<svg<title<rect<circle<text');
    t.deepEqual(text.match(/ on\w+="/g), null);
    t.true(title?.startsWith('\u2068') && title.endsWith('\u2069: offline'));
    t.notRegex(text, /[\ufffe\uffff]/);
  }
});

test('badges are visible to those who may see the same parts of a view', async (t) => {
  const byLevel = { none: [401, 401], totals: [200, 401], status: [200, 200], members: [200, 200] };
  for (const [level, expected] of Object.entries(byLevel)) {
    const { url } = await startService(t, { WATCH_SECRET: SECRET, PUBLIC_VIEW: level });
    const paths = ['count.svg?room=hall', 'status.svg?uid=ada'];
    const answers = await Promise.all(paths.map((path) => badge(url, path)));
    t.deepEqual(
      answers.map(({ status }) => status),
      expected,
      level,
    );
    const token = await sign({});
    const watched = await Promise.all(paths.map((path) => badge(url, `${path}&token=${token}`)));
    t.deepEqual(
      watched.map(({ status }) => status),
      [200, 200],
    );
    t.is(watched[0]!.headers['cache-control'], 'private, max-age=2');
  }
});

test('a token for rooms shows the count of these rooms only, and visitors elsewhere as offline', async (t) => {
  const { url } = await startService(t, { WATCH_SECRET: SECRET });
  await hit(url, { uid: 'ada', room: 'hall' });
  await hit(url, { uid: 'bob', room: 'attic' });
  const token = await sign({ room: 'hall' });
  t.is((await badge(url, `count.svg?room=hall&token=${token}`)).title, '\u2068hall\u2069: 1 online');
  for (const path of [`count.svg?room=attic&token=${token}`, `count.svg?token=${token}`]) {
    const { status, text } = await badge(url, path);
    t.deepEqual([status, JSON.parse(text).error], [403, 'token_wrong_room']);
  }
  t.is((await badge(url, `status.svg?uid=ada&token=${token}`)).title, '\u2068ada\u2069: active');
  t.is((await badge(url, `status.svg?uid=bob&token=${token}`)).title, '\u2068bob\u2069: offline');
});
