import test from 'ava';
import { assertDocumented, type Exchange, eventProblem } from '../support/openapi/check.js';

const GOOD: Exchange = {
  method: 'GET',
  target: '/v1/totals?room=hall',
  status: 200,
  headers: { vary: 'Origin', 'cache-control': 'no-store', 'content-type': 'application/json', date: 'now' },
  text: '{"ts":1,"online_total":2,"active_total":1,"idle_total":1}',
};
const HIT = { ...GOOD, method: 'POST', target: '/v1/hit', text: '{"ok":true}' };
const REFUSAL = { ...GOOD, status: 403, text: '{"ok":false,"error":"origin_not_allowed","message":"No."}' };

test('an answer that is as documented passes', (t) => {
  t.notThrows(() => assertDocumented(GOOD));
  t.notThrows(() => assertDocumented({ ...HIT, requestText: '{"uid":"ada","unknown":1}' }));
  t.notThrows(() => assertDocumented({ ...GOOD, method: 'HEAD', text: '' }));
});

for (const [what, exchange, problem] of [
  ['a status that is not documented', { ...GOOD, status: 418 }, /not documented/],
  ['a path that is not documented', { ...GOOD, target: '/v1/total' }, /useUnknownPath.* not documented/],
  ['a missing header', { ...GOOD, headers: { ...GOOD.headers, vary: undefined } }, /Vary is missing/],
  ['a header of another value', { ...GOOD, headers: { ...GOOD.headers, 'cache-control': 'public' } }, /Cache-Control/],
  ['a header that is not documented', { ...GOOD, headers: { ...GOOD.headers, 'x-new': '1' } }, /x-new is not/],
  ['another content type', { ...GOOD, headers: { ...GOOD.headers, 'content-type': 'text/html' } }, /text\/html is not/],
  ['a further member', { ...GOOD, text: GOOD.text!.replace('}', ',"new":1}') }, /unevaluated/],
  ['a missing member', { ...GOOD, text: '{"ts":1,"online_total":2,"active_total":1}' }, /idle_total/],
  ['a member of another type', { ...GOOD, text: GOOD.text!.replace('2', '"2"') }, /integer/],
  ['a body in answer to HEAD', { ...GOOD, method: 'HEAD' }, /has a body/],
  [
    'an error of another route',
    { ...REFUSAL, text: REFUSAL.text.replace('origin_not_allowed', 'internal') },
    /allowed/,
  ],
  ['another message', REFUSAL, /example of origin_not_allowed/],
  ['an Allow that lists other methods', { ...GOOD, headers: { ...GOOD.headers, allow: 'POST, OPTIONS' } }, /Allow/],
  ['a request that the document does not allow', { ...HIT, requestText: '{"uid":true}' }, /does not allow/],
] as const) {
  test(`${what} is found`, (t) => {
    t.throws(() => assertDocumented(exchange as Exchange), { message: problem });
  });
}

test('an event is held against the schema of its stream and its name', (t) => {
  const data = GOOD.text!;
  t.is(eventProblem('/sse/totals', { data }), undefined);
  t.regex(eventProblem('/sse/totals', { data: data.replace('}', ',"new":1}') })!, /unevaluated/);
  t.regex(eventProblem('/sse/totals', { event: 'change', data })!, /unevaluated/);
  t.regex(eventProblem('/sse/totals', { id: 'a-1', data })!, /unevaluated/);
  t.is(eventProblem('/sse/changes', { event: 'change', id: 'a-1', data }), undefined);
  t.regex(eventProblem('/sse/changes', { event: 'snapshot', id: 'a-1', data })!, /visitors/);
  t.regex(eventProblem('/sse/changes', { event: 'change', data })!, /'id'/);
  t.is(eventProblem('/sse/changes', { event: 'stream', data: '{"stream":"a"}' }), undefined);
  t.regex(eventProblem('/sse/changes', { event: 'stream', data: '{"stream":"a","new":1}' })!, /unevaluated/);
});
