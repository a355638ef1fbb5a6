import { constants, crc32, deflateRaw } from 'node:zlib';
import { type Chunk, chunkOf } from './chunk.js';
import { crc32Combine, crc32Shift } from './crc32.js';

/** A piece of an event stream, compressed so that it fits into any gzip stream at any place. */
export interface GzipBlock {
  readonly chunk: Chunk;
  readonly crc: number;
  readonly crcShift: number;
  readonly plainLength: number;
}

/** A piece of an event stream, encoded once for all watchers. */
export class Frame {
  readonly plain: Chunk;
  #block: Promise<GzipBlock> | undefined;

  /**
   * @param text must not be empty
   * @param tail bytes that follow the text, already encoded for another frame
   */
  constructor(text: string, ...tail: readonly Buffer[]) {
    this.plain = chunkOf(Buffer.from(text), ...tail);
  }

  /** The compressed form, created at the first call. Rejects only when zlib fails. */
  gzip(): Promise<GzipBlock> {
    this.#block ??= compress(this.plain.bytes);
    return this.#block;
  }
}

/**
 * Compresses without reference to earlier data, and up to a byte boundary (Z_SYNC_FLUSH; RFC 1951), so that such blocks
 * form a valid deflate stream in any order. Runs off the main thread.
 */
function compress(plain: Buffer): Promise<GzipBlock> {
  return new Promise((resolve, reject) => {
    deflateRaw(plain, { finishFlush: constants.Z_SYNC_FLUSH }, (error, bytes) => {
      if (error) reject(error);
      else
        resolve({
          chunk: chunkOf(bytes),
          crc: crc32(plain),
          crcShift: crc32Shift(plain.length),
          plainLength: plain.length,
        });
    });
  });
}

/** The ten bytes at the start of a gzip stream (RFC 1952): deflate, no name, no time, unknown system. */
export const GZIP_HEADER = chunkOf(Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]));
const LAST_EMPTY_BLOCK = [0x03, 0x00];

/** The CRC-32 and length of what one gzip stream has carried so far: its trailer must contain them. */
export class GzipTally {
  #crc = 0;
  #length = 0;

  add(block: GzipBlock): void {
    this.#crc = crc32Combine(this.#crc, block.crc, block.crcShift);
    this.#length = (this.#length + block.plainLength) >>> 0;
  }

  /** The last bytes of the stream (RFC 1952): an empty final block, the CRC-32, and the length modulo 2^32. */
  trailer(): Buffer {
    const trailer = Buffer.alloc(10);
    trailer.set(LAST_EMPTY_BLOCK);
    trailer.writeUInt32LE(this.#crc, 2);
    trailer.writeUInt32LE(this.#length, 6);
    return trailer;
  }
}
