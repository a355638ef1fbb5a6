import { crc32 } from 'node:zlib';
import test from 'ava';
import fc from 'fast-check';
import { crc32Combine, crc32Shift } from '../../src/streams/crc32.js';

const bytes = fc.uint8Array({ maxLength: 600 });

test('the combined checksum of two parts is the checksum of both', (t) => {
  fc.assert(
    fc.property(bytes, bytes, (first, second) => {
      const combined = crc32Combine(crc32(first), crc32(second), crc32Shift(second.length));
      t.is(combined, crc32(Buffer.concat([first, second])));
    }),
    { numRuns: 1000 },
  );
});

test('an empty part does not change the checksum', (t) => {
  t.is(crc32Combine(0x12345678, 0, crc32Shift(0)), 0x12345678);
});
