import test from 'ava';
import { isolate } from '../../../src/web/dashboard/isolate.js';

test('a name in a sentence is isolated from the words around it', (t) => {
  t.is(isolate('\u202eevil'), '\u2068\u202eevil\u2069');
});

test('a name cannot end its isolate, or keep it open', (t) => {
  t.is(isolate('a\u2069\u202eb'), '\u2068a\u202eb\u2069');
  t.is(isolate('\u2066a\u2067b\u2068c'), '\u2068abc\u2069');
  t.is(isolate('a\nb\u2029c\u0085d'), '\u2068a b c d\u2069', 'every isolate ends at the end of a paragraph');
});
