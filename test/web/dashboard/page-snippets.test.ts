import test from 'ava';
import { type PageSnippet, pageSnippet } from '../../../src/web/dashboard/page-snippets.js';

const OPEN = { origin: 'https://presence.example', room: '', forbidden: [], needsVisitorToken: false };
const SCRIPT = '<script async src="https://presence.example/elements.js"></script>';

test('the lines to paste load the elements of this service, once each', (t) => {
  const tags: Partial<Record<PageSnippet, string>> = {
    count: '<presence-count one="{n} person here" other="{n} people here"></presence-count>',
    status: `<presence-status uid="THE-USER'S-ID" text></presence-status>`,
    avatars: '<presence-avatars max="5"></presence-avatars>',
    list: '<presence-list max="10"></presence-list>',
  };
  for (const [what, tag] of Object.entries(tags)) {
    t.is(pageSnippet(what as PageSnippet, OPEN), `${SCRIPT}\n${tag}`);
  }
});

test('the lines name the room that is shown, whatever characters it has', (t) => {
  const options = { ...OPEN, room: 'a "b" & c' };
  t.regex(pageSnippet('count', options), / room="a &quot;b&quot; &amp; c" /);
  t.regex(pageSnippet('visitor', options), / data-room="a &quot;b&quot; &amp; c">/);
  t.regex(pageSnippet('badge', options), /count\.svg\?room=a\+%22b%22\+%26\+c" /);
  t.notRegex(pageSnippet('status', options), /room/);
});

test('the lines have a place for a token where the service needs one', (t) => {
  const options = { ...OPEN, forbidden: ['visitors', 'members'] };
  t.notRegex(pageSnippet('count', options), /token/);
  t.regex(pageSnippet('status', options), /elements\.js" data-token="A-WATCH-TOKEN">/);
  t.regex(pageSnippet('list', options), /elements\.js" data-token="A-WATCH-TOKEN">/);
  t.regex(pageSnippet('visitor', { ...OPEN, needsVisitorToken: true }), / data-token="THE-USER'S-TOKEN">/);
  t.regex(pageSnippet('badge', { ...options, forbidden: ['totals'] }), /count\.svg\?token=A-WATCH-TOKEN" /);
});
