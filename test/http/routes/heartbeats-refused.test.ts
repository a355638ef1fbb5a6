import test, { type ExecutionContext } from 'ava';
import { hit, openStream, send } from '../../support/client.js';
import { startService, type TestService } from '../../support/service.js';

/** Invalid bodies, with the status and code of the refusal. */
const REFUSED: readonly (readonly [what: string, body: string | Buffer, status: number, code: string])[] = [
  ['an empty body', '', 400, 'body_empty'],
  ['a body of white space', ' \n', 400, 'body_empty'],
  ['a lone byte order mark', '\ufeff', 400, 'body_empty'],
  ['broken JSON', '{"uid":"a"', 400, 'invalid_json'],
  ['a form-encoded body', 'uid=a&last_activity=1', 400, 'invalid_json'],
  ['NaN, which is not JSON', '{"uid":"a","last_activity":NaN}', 400, 'invalid_json'],
  ['bytes that are not UTF-8', Buffer.from('{"uid":"\xff"}', 'latin1'), 400, 'body_not_utf8'],
  ['a list', '[{"uid":"a"}]', 400, 'not_an_object'],
  ['a text', '"a"', 400, 'not_an_object'],
  ['a number', '42', 400, 'not_an_object'],
  ['null', 'null', 400, 'not_an_object'],
  ['no uid', '{}', 400, 'uid_missing'],
  ['a null uid', '{"uid":null}', 400, 'uid_missing'],
  ['a uid in the prototype', '{"__proto__":{"uid":"a"}}', 400, 'uid_missing'],
  ['an empty uid', '{"uid":""}', 400, 'uid_empty'],
  ['a boolean uid', '{"uid":true}', 400, 'uid_wrong_type'],
  ['a list as uid', '{"uid":["a"]}', 400, 'uid_wrong_type'],
  ['an object as uid', '{"uid":{"a":1}}', 400, 'uid_wrong_type'],
  ['a number that JSON has rounded as uid', '{"uid":9007199254740993}', 400, 'uid_wrong_type'],
  ['an infinite number as uid', '{"uid":1e999}', 400, 'uid_wrong_type'],
  ['a uid of 257 characters', JSON.stringify({ uid: 'x'.repeat(257) }), 400, 'uid_too_long'],
  ['a uid of 257 characters outside the basic plane', JSON.stringify({ uid: '𝄞'.repeat(257) }), 400, 'uid_too_long'],
  ['a line break in the uid', '{"uid":"a\\nb"}', 400, 'uid_bad_character'],
  ['a null character in the uid', '{"uid":"a\\u0000"}', 400, 'uid_bad_character'],
  ['a C1 control character in the uid', '{"uid":"\\u0085"}', 400, 'uid_bad_character'],
  ['a lone surrogate in the uid', '{"uid":"\\ud800"}', 400, 'uid_bad_character'],
  ['a negative last_activity', '{"uid":"a","last_activity":-1}', 400, 'last_activity_negative'],
  ['a negative last_activity as text', '{"uid":"a","last_activity":"-0.5"}', 400, 'last_activity_negative'],
  ['"NaN" as last_activity', '{"uid":"a","last_activity":"NaN"}', 400, 'last_activity_not_number'],
  ['a text as last_activity', '{"uid":"a","last_activity":"yesterday"}', 400, 'last_activity_not_number'],
  ['an empty text as last_activity', '{"uid":"a","last_activity":""}', 400, 'last_activity_not_number'],
  ['a hexadecimal last_activity', '{"uid":"a","last_activity":"0x10"}', 400, 'last_activity_not_number'],
  ['true as last_activity', '{"uid":"a","last_activity":true}', 400, 'last_activity_not_number'],
  ['an infinite last_activity', '{"uid":"a","last_activity":1e999}', 400, 'last_activity_not_number'],
  ['milliseconds', '{"uid":"a","last_activity":1795522572000}', 400, 'last_activity_in_milliseconds'],
  ['milliseconds as text', '{"uid":"a","last_activity":"1795522572000"}', 400, 'last_activity_in_milliseconds'],
  ['a body one byte over the limit', `{"uid":"a"}${' '.repeat(8182)}`, 413, 'body_too_large'],
];

for (const [what, body, status, code] of REFUSED) {
  test(`${what} is refused with ${code}, and nothing changes`, async (t) => {
    const service = await startService(t);
    await hit(service.url, { uid: 'here', last_activity: service.time.seconds() });
    const answer = await send(`${service.url}/v1/hit`, { body });
    t.is(answer.status, status);
    const json = answer.json();
    t.deepEqual(Object.keys(json), ['ok', 'error', 'message']);
    t.is(json.ok, false);
    t.is(json.error, code);
    t.regex(json.message as string, /^[A-Z].{15,}[.]$/);
    t.truthy(answer.headers['access-control-allow-origin']);
    await assertOnlyHereIsOnline(t, service);
  });
}

test('the longest allowed body, uid and time are accepted', async (t) => {
  const { url } = await startService(t);
  t.is((await send(`${url}/v1/hit`, { body: `{"uid":"a"}${' '.repeat(8181)}` })).status, 200);
  t.is((await hit(url, { uid: '𝄞'.repeat(256) })).status, 200);
  t.is((await hit(url, { uid: 'future', last_activity: 1e11 })).status, 200);
  t.is((await hit(url, { uid: Number.MAX_SAFE_INTEGER, last_activity: '0' })).status, 200);
  t.is((await send(`${url}/v1/hit`, { body: '\ufeff{"uid":"with a mark","unknown":1}' })).status, 200);
});

async function assertOnlyHereIsOnline(t: ExecutionContext, { url }: TestService): Promise<void> {
  const event = await (await openStream(t, `${url}/sse/online`)).next();
  t.deepEqual(event.active_uids, ['here']);
  t.is(event.online_total, 1);
}
