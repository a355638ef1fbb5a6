import test from 'ava';
import { sharedSnippet } from '../../../src/web/dashboard/shared-snippets.js';

const url = 'https://s.example/?room=a+%26+b&token=abc';
const made = { url, expiresAt: 1, isNumbers: false };

test('a shared link is an address, a frame or a stream', (t) => {
  t.is(sharedSnippet('link', made), url);
  t.is(
    sharedSnippet('frame', made),
    '<iframe src="https://s.example/?room=a+%26+b&amp;token=abc" title="Who is here" width="100%" height="600"></iframe>',
  );
  t.is(sharedSnippet('stream', made), 'new EventSource("https://s.example/sse/online?room=a+%26+b&token=abc")');
  t.is(
    sharedSnippet('stream', { ...made, isNumbers: true }),
    'new EventSource("https://s.example/sse/totals?room=a+%26+b&token=abc")',
  );
});
