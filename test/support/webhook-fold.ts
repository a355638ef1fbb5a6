/** A message as a receiver reads it. */
export interface WebhookMessage {
  readonly type: string;
  readonly timestamp: string;
  // biome-ignore lint/suspicious/noExplicitAny: each type has other members, which the tests compare
  readonly data: any;
}

/** What a receiver knows of a visitor. */
export interface FoldedVisitor {
  status: string;
  info?: object | undefined;
}

/** A receiver that folds messages into the list of who is online, as docs/webhooks.md says. */
export class WebhookFold {
  readonly visitors = new Map<string, FoldedVisitor>();

  /** The visitors as `/v1/online` lists them. */
  lists(): { active_uids: string[]; idle_uids: string[] } {
    const uids = (wanted: string) =>
      [...this.visitors].filter(([, { status }]) => status === wanted).map(([uid]) => uid);
    return { active_uids: uids('active').sort(), idle_uids: uids('idle').sort() };
  }

  take({ type, data }: WebhookMessage): void {
    if (type === 'presence.batch') {
      for (const event of data.events) this.take(event);
    } else if (type === 'presence.snapshot') {
      if (data.part === 1) this.visitors.clear();
      for (const { uid, status, info } of data.visitors) this.visitors.set(uid, { status, info });
    } else if (type === 'visitor.left') {
      this.visitors.delete(data.uid);
    } else if (type === 'visitor.joined') {
      this.visitors.set(data.uid, { status: data.status, info: data.info });
    } else {
      // An update has no status, and a change of the status no info.
      const visitor = this.visitors.get(data.uid);
      if (visitor === undefined) return;
      if (data.status !== undefined) visitor.status = data.status;
      if (data.info !== undefined) visitor.info = data.info;
    }
  }
}
