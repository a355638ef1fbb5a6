/** A flat object that dashboards show: `name` and `avatar`, and whatever else. */
export type Info = Readonly<Record<string, string | number | boolean | null>>;

/** Who the visitor is, and where. */
export interface Visitor {
  readonly uid: string;
  readonly room?: string | undefined;
  readonly info?: Info | undefined;
  /** Proves the uid, where the service asks for it. */
  readonly token?: string | undefined;
}

/** What the service answered. */
export interface Answer {
  readonly status: number;
  /** The sentence of an error. */
  readonly message: string;
  readonly retryAfterSeconds: number | undefined;
}

/** What a heartbeat needs of the page it runs in. */
export interface Ports {
  /** Sends a body. Rejects when no answer comes. */
  post(path: string, body: object): Promise<Answer>;
  /** Sends a body from a page that is about to go. */
  beacon(path: string, body: object): void;
  /** Calls `wake` once after that time, in place of any call still to come. */
  schedule(delayMs: number): void;
  /** How long ago the person last touched the page. */
  idleSeconds(): number;
  random(): number;
  /** Whether the browser thinks that there is a network. */
  isOnline(): boolean;
  /** Whether the browser has loaded the page ahead of time, and nobody has come to it yet. */
  isAhead(): boolean;
  warn(message: string): void;
}

const HIT = 'v1/hit';
const LEAVE = 'v1/leave';
const FIRST_RETRY_MS = 1000;
/** A longer wait than some 24 days would end at once, as browsers count it in 31 bits. */
export const LONGEST_WAIT_MS = 3_600_000;
/** Without a network the goodbyes pile up; the older ones have come true by themselves. */
const MAX_LEAVES = 20;
/** A browser does not tell a page why a call across origins failed; after so many it is worth a hint. */
const FAILURES_UNTIL_HINT = 4;

/** Says again and again that a visitor is here, and once that it has gone. */
export class Heartbeat {
  readonly #ports: Ports;
  readonly #intervalMs: number;
  readonly #session: string;
  #visitor: Visitor;
  #leaves: object[] = [];
  #state: 'running' | 'paused' | 'refused' | 'stopped' = 'running';
  #isSending = false;
  #isWanted = false;
  /** The service has asked for patience, which no event of the page cuts short. */
  #isHeldBack = false;
  #failures = 0;

  constructor(ports: Ports, visitor: Visitor, options: { intervalMs: number; session: string }) {
    this.#ports = ports;
    this.#visitor = visitor;
    this.#intervalMs = Math.min(options.intervalMs, LONGEST_WAIT_MS);
    this.#session = options.session;
  }

  /** The scheduled time has come. */
  wake(): void {
    this.#isHeldBack = false;
    this.beat();
  }

  /** Sends a heartbeat now, or as soon as the one under way has been answered, or when the service wants one again. */
  beat(): void {
    if (this.#state !== 'running' || this.#isHeldBack || this.#ports.isAhead()) return;
    this.#isWanted = true;
    if (!this.#isSending) void this.#send();
  }

  /** Goes on as somebody else, or somewhere else, or with other info, or with a token that may please the service more. */
  update(next: Visitor): void {
    const { uid, room, token } = this.#visitor;
    if (next.uid !== uid) this.#leaves.push(this.#body({ uid, token }));
    else if (room !== undefined && next.room !== room) this.#leaves.push(this.#body({ uid, room, token }));
    if (this.#leaves.length > MAX_LEAVES) this.#leaves.shift();
    this.#visitor = next;
    if (this.#state === 'refused') this.#state = 'running';
    this.beat();
  }

  /** The page is going, perhaps to come back. */
  pause(): void {
    if (this.#state !== 'running') return;
    this.#state = 'paused';
    for (const leave of this.#leaves.splice(0)) this.#ports.beacon(LEAVE, leave);
    const { uid, token } = this.#visitor;
    this.#ports.beacon(LEAVE, this.#body({ uid, token }));
  }

  /** The page has come back. */
  resume(): void {
    if (this.#state === 'paused') this.#state = 'running';
    this.beat();
  }

  /** Says goodbye, for good. */
  stop(): void {
    this.pause();
    this.#state = 'stopped';
  }

  async #send(): Promise<void> {
    this.#isSending = true;
    while (this.#isWanted && this.#state === 'running' && !this.#isHeldBack) {
      this.#isWanted = false;
      this.#ports.schedule(await this.#sendOnce());
    }
    this.#isSending = false;
  }

  /** Sends what is due. @returns how long to wait before the next, in milliseconds */
  async #sendOnce(): Promise<number> {
    try {
      for (let leave = this.#leaves[0]; leave !== undefined; leave = this.#leaves[0]) {
        await this.#ports.post(LEAVE, leave);
        // A page that went meanwhile has said them all.
        if (this.#leaves[0] === leave) this.#leaves.shift();
      }
      // A heartbeat after its goodbye would bring the visitor back.
      if (this.#state !== 'running') return this.#intervalMs;
      const { uid, room, info, token } = this.#visitor;
      const idleFor = Math.round(this.#ports.idleSeconds() * 10) / 10;
      return this.#judge(await this.#ports.post(HIT, this.#body({ uid, room, info, idle_for: idleFor, token })));
    } catch {
      return this.#retry();
    }
  }

  #judge({ status, message, retryAfterSeconds }: Answer): number {
    if (status === 429) {
      this.#isHeldBack = true;
      return Math.min(Math.max(1000 * (retryAfterSeconds ?? 0), this.#intervalMs), LONGEST_WAIT_MS);
    }
    if (status === 408 || status >= 500) return this.#retry();
    this.#failures = 0;
    if (status >= 400) {
      if (this.#state === 'running') this.#state = 'refused';
      this.#ports.warn(`stopped, as the service answered ${status}. ${message}`);
    }
    return this.#intervalMs;
  }

  /** Twice as long each time, up to the interval, and spread out, as all pages lose the service together. */
  #retry(): number {
    this.#failures++;
    if (this.#failures === FAILURES_UNTIL_HINT && this.#ports.isOnline()) {
      this.#ports.warn(
        'cannot reach the service and keeps trying. Does its CORS_ALLOW_ORIGIN name the origin of this page?',
      );
    }
    const waitMs = Math.min(this.#intervalMs, FIRST_RETRY_MS * 2 ** this.#failures);
    return waitMs * (0.5 + this.#ports.random() / 2);
  }

  #body(members: object): object {
    return { ...members, session: this.#session };
  }
}
