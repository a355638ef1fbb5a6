/** The version of the format. A process ignores the answer of one that has another. */
export const HANDOVER_VERSION = 1;

/** The media type of a handover: one JSON value per line. */
export const HANDOVER_TYPE = 'application/x-ndjson';

/** The first line. */
export interface HeaderLine {
  readonly handover: typeof HANDOVER_VERSION;
  /** The process that answers. */
  readonly process: string;
}

/** Some visitors who are offline. A line of visitors who are here is a list. */
export interface LastSeenLine {
  readonly seen: readonly unknown[];
}

/** The counts of the last hour, of one room or of the whole site. */
export interface HistoryLine {
  readonly history: unknown;
}

/** The line behind the last visitor. Without it, the answer has been cut off. */
export interface CompleteLine {
  readonly complete: true;
}

/** How much is read. */
export interface ReadLimits {
  readonly maxLineLength: number;
  /** Bytes, after decompression, until `lift` is called. */
  readonly maxBytes: number;
}

/** Splits a body into lines, without ever holding more than a line and a chunk of it. */
export class LineReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #limits: ReadLimits;
  readonly #decoder = new TextDecoder();
  #text = '';
  #position = 0;
  #isEnded = false;
  #maxBytes: number;
  /** How many bytes were read. */
  bytes = 0;

  constructor(body: AsyncIterable<Uint8Array>, limits: ReadLimits) {
    this.#chunks = body[Symbol.asyncIterator]();
    this.#limits = limits;
    this.#maxBytes = limits.maxBytes;
  }

  /** From now on, any number of bytes may come. */
  lift(): void {
    this.#maxBytes = Number.POSITIVE_INFINITY;
  }

  /** The next line; undefined behind the last one. A last line without a line break is none. Throws beyond the limits. */
  async next(): Promise<string | undefined> {
    for (;;) {
      const end = this.#text.indexOf('\n', this.#position);
      if (end !== -1) {
        const line = this.#text.slice(this.#position, end);
        this.#position = end + 1;
        return line;
      }
      if (this.#isEnded) return undefined;
      this.#text = this.#text.slice(this.#position);
      this.#position = 0;
      if (this.#text.length > this.#limits.maxLineLength) throw new Error('a line of the answer is too long');
      await this.#read();
    }
  }

  async #read(): Promise<void> {
    const { done, value } = await this.#chunks.next();
    this.#isEnded = done === true;
    if (value === undefined) return;
    this.bytes += value.length;
    if (this.bytes > this.#maxBytes) throw new Error('the answer is too large');
    this.#text += this.#decoder.decode(value, { stream: true });
  }
}

/** Checks the first line. Throws for an answer of another format, and of this process itself. */
export function checkHeader(line: unknown, processId: string): void {
  const { handover, process } = (line ?? {}) as Partial<HeaderLine>;
  if (handover !== HANDOVER_VERSION) throw new Error('it answered in another version of the format');
  if (process === processId) throw new Error('PEER_URL leads to this process itself');
}

/** @returns undefined at the end of the answer. Throws for what is not JSON */
export const parseLine = (line: string | undefined): unknown => (line === undefined ? undefined : JSON.parse(line));

/** A value as a line. */
export const lineOf = (value: object): string => `${JSON.stringify(value)}\n`;
