import { constants, crc32, deflateRaw } from 'node:zlib';
import { type Chunk, chunkOf } from './chunk.js';
import { crc32Combine, crc32Shift } from './crc32.js';

/** A piece of an event stream in its compressed form, which fits into any gzip stream at any place. */
export interface GzipBlock {
  readonly chunk: Chunk;
  readonly crc: number;
  readonly crcShift: number;
  readonly plainLength: number;
}

/** A piece of an event stream, encoded once and handed to every watcher. */
export class Frame {
  readonly plain: Chunk;
  #block: Promise<GzipBlock> | undefined;

  /**
   * @param text must not be empty
   * @param tail what follows it: bytes that another frame has shared, so that they need not be encoded again
   */
  constructor(text: string, ...tail: readonly Buffer[]) {
    this.plain = chunkOf(Buffer.from(text), ...tail);
  }

  /** The piece compressed, made when first asked for. Rejects only when zlib fails. */
  gzip(): Promise<GzipBlock> {
    this.#block ??= compress(this.plain.bytes);
    return this.#block;
  }
}

/**
 * Compresses without reference to anything before and up to a byte boundary (a sync flush, RFC 1951 and zlib's manual),
 * so that such blocks make up one valid deflate stream in whatever order they are sent. Off the main thread.
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

/** The ten bytes a gzip stream starts with (RFC 1952): deflate, no name, no time, unknown system. */
export const GZIP_HEADER = chunkOf(Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]));
const LAST_EMPTY_BLOCK = [0x03, 0x00];

/** What one watcher's gzip stream has carried so far, which its last bytes must state. */
export class GzipTally {
  #crc = 0;
  #length = 0;

  add(block: GzipBlock): void {
    this.#crc = crc32Combine(this.#crc, block.crc, block.crcShift);
    this.#length = (this.#length + block.plainLength) >>> 0;
  }

  /** The bytes that end the stream (RFC 1952): an empty last block, the CRC-32 and the length modulo 2^32. */
  trailer(): Buffer {
    const trailer = Buffer.alloc(10);
    trailer.set(LAST_EMPTY_BLOCK);
    trailer.writeUInt32LE(this.#crc, 2);
    trailer.writeUInt32LE(this.#length, 6);
    return trailer;
  }
}
