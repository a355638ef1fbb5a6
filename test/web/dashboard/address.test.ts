import test from 'ava';
import fc from 'fast-check';
import { addressOf, readState } from '../../../src/web/dashboard/address.js';
import { BY_NAME, parseOrder } from '../../../src/web/dashboard/order.js';

const NOTHING = { room: '', status: '', find: '', order: BY_NAME, visitor: '' } as const;

test('an address has what is set, and nothing else', (t) => {
  t.is(addressOf('https://s.example/?room=hall&sort=room', NOTHING), 'https://s.example/');
  t.is(
    addressOf('https://s.example/', { ...NOTHING, room: 'a b', order: parseOrder('-since') }),
    'https://s.example/?room=a+b&sort=-since',
  );
});

test('the token and other parameters stay in the address', (t) => {
  t.is(
    addressOf('https://s.example/?token=abc&x=1', { ...NOTHING, find: 'ada' }),
    'https://s.example/?token=abc&x=1&find=ada',
  );
});

test('what is unknown in an address counts as absent', (t) => {
  t.deepEqual(readState('?status=offline&sort=toString&token=x'), NOTHING);
  t.deepEqual(readState('?room=hall'), { ...NOTHING, room: 'hall' });
});

test('a state is read from the address as it was written', (t) => {
  const state = fc.record({
    room: fc.string(),
    status: fc.constantFrom('' as const, 'active' as const, 'idle' as const),
    find: fc.string(),
    order: fc.constantFrom('name', '-name', 'since', '-room').map(parseOrder),
    visitor: fc.string({ unit: 'grapheme' }),
  });
  fc.assert(
    fc.property(state, (written) => {
      t.deepEqual(readState(new URL(addressOf('https://s.example/?token=t', written)).search), written);
    }),
  );
});
