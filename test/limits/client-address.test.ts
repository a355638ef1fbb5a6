import test from 'ava';
import { clientAddress } from '../../src/limits/client-address.js';

test('the client address is the one that the outermost trusted proxy saw, whatever the client sends', (t) => {
  t.is(clientAddress('6.6.6.6, 203.0.113.7', '10.0.0.1', 1), '203.0.113.7');
  t.is(clientAddress('6.6.6.6, 203.0.113.7, 35.1.1.1', '10.0.0.1', 2), '203.0.113.7');
  t.is(clientAddress('203.0.113.7', '10.0.0.1', 0), '10.0.0.1');
  t.is(clientAddress(undefined, '::ffff:10.0.0.1', 1), '10.0.0.1');
  t.is(clientAddress('203.0.113.7', '10.0.0.1', 2), '10.0.0.1');
  t.is(clientAddress('1.2.3.4, nonsense', '10.0.0.1', 1), '10.0.0.1');
});

test('a port after the address, as some proxies write it, is ignored', (t) => {
  t.is(clientAddress('6.6.6.6, 203.0.113.7:4711', '10.0.0.1', 1), '203.0.113.7');
  t.is(clientAddress('[2001:db8:1:2::1]:4711', '10.0.0.1', 1), '2001:db8:1:2::/64');
  t.is(clientAddress('[2001:db8:1:2::1]', '10.0.0.1', 1), '2001:db8:1:2::/64');
  for (const hop of ['203.0.113.7:', '203.0.113.7:x', '[203.0.113.7', '[]', ':4711', '1.2.3:80', '']) {
    t.is(clientAddress(hop, '10.0.0.1', 1), '10.0.0.1', hop);
  }
});

test('IPv6 clients are identified by their /64 network', (t) => {
  for (const address of ['2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff', '2001:0db8:0001:0002::']) {
    t.is(clientAddress(address, undefined, 1), '2001:db8:1:2::/64');
  }
  t.is(clientAddress('::1', undefined, 1), '0:0:0:0::/64');
  t.is(clientAddress('fe80::1%eth0', undefined, 1), 'fe80:0:0:0::/64');
});
