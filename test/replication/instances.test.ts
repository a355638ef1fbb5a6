import test from 'ava';
import { OtherInstances } from '../../src/replication/instances.js';

test('an instance counts for a while after it has published', (t) => {
  const instances = new OtherInstances(1000);
  t.is(instances.count(0), 0);
  instances.see('a', 0);
  instances.see('b', 500);
  instances.see('a', 800);
  t.is(instances.count(1500), 2);
  t.is(instances.count(1501), 1);
  t.is(instances.count(1801), 0);
});
