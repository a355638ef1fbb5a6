import test from 'ava';
import { DetailsAge } from '../../../src/web/dashboard/details-age.js';

test('visitors who were never looked up are due first, then those who were looked up longest ago', (t) => {
  const age = new DetailsAge();
  for (const uid of ['a', 'b', 'c', 'd']) age.add(uid);
  age.refresh('b', 100);
  age.refresh('a', 200);
  t.is(age.unknown, 2);
  t.deepEqual(age.due(3, 500), ['c', 'd', 'b']);
  t.deepEqual(age.due(9, 150), ['c', 'd', 'b']);
  age.refresh('b', 300);
  age.remove('c');
  t.deepEqual(age.due(9, 500), ['d', 'a', 'b']);
  age.remove('d');
  t.is(age.unknown, 0);
  t.deepEqual(age.due(9, 99), []);
});
