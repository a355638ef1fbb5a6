import { gunzipSync } from 'node:zlib';
import test from 'ava';
import fc from 'fast-check';
import { Frame, GZIP_HEADER, GzipTally } from '../../src/streams/frame.js';

test('blocks in any order and number make up one valid gzip stream', async (t) => {
  const texts = fc.array(fc.string({ unit: 'grapheme', maxLength: 300 }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(texts, async (parts) => {
      const tally = new GzipTally();
      const stream: Uint8Array[] = [GZIP_HEADER.bytes];
      for (const part of parts) {
        const block = await new Frame(part).gzip();
        tally.add(block);
        stream.push(block.chunk.bytes);
      }
      // gunzip checks the stream's own checksum and length.
      t.is(gunzipSync(Buffer.concat([...stream, tally.trailer()])).toString(), parts.join(''));
    }),
    { numRuns: 200 },
  );
});

test('a frame is compressed once, however many watchers need it', (t) => {
  const frame = new Frame('data: {}\n\n');
  t.is(frame.gzip(), frame.gzip());
});
