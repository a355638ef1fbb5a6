import { makeDot } from './dot.js';
import { make, PresenceElement } from './element.js';
import type { Page } from './page.js';
import { stack } from './stack.js';
import type { Want } from './wanted.js';
import { agoText } from './words.js';

/** `<presence-status>`: whether a visitor is online, as a dot, and also in words. */
export class PresenceStatus extends PresenceElement {
  static readonly observedAttributes = [
    'uid',
    'text',
    'live',
    'announce',
    'active-text',
    'idle-text',
    'offline-text',
    'last-seen-text',
  ];

  protected want(): Want | undefined {
    const uid = this.getAttribute('uid');
    return uid ? { uid, isLive: this.hasAttribute('live') } : undefined;
  }

  protected show(page: Page): void {
    const uid = this.getAttribute('uid');
    const visitor = uid ? page.visitor(uid) : undefined;
    const status = visitor?.status ?? 'unknown';
    const hasText = this.hasAttribute('text');
    const words = {
      active: this.getAttribute('active-text') ?? (hasText ? 'active now' : 'active'),
      idle: this.getAttribute('idle-text') ?? 'idle',
      offline: this.#offlineText(visitor?.last_seen),
      unknown: '',
    };
    const { [status]: text } = words;
    const sizers = hasText ? [words.active, words.idle, this.#offlineText(undefined)] : [];
    this.replace([status, text, sizers], () => [
      makeDot(status, hasText ? undefined : text),
      ...(hasText ? [stack(make('span', { part: 'text' }, text), sizers)] : []),
    ]);
    if (text === '') return;
    const who = this.getAttribute('announce');
    // Not the time since then, which changes without end.
    const said = status === 'offline' ? this.#offlineText(undefined) : text;
    this.announce(who ? `${who}: ${said}` : said);
  }

  #offlineText(lastSeen: number | undefined): string {
    const offline = this.getAttribute('offline-text');
    // A page in another language that does not translate this text has only the other one.
    const template = this.getAttribute('last-seen-text') ?? (offline === null ? 'last seen {ago}' : undefined);
    if (lastSeen === undefined || template === undefined) return offline ?? 'offline';
    return template.split('{ago}').join(agoText(Date.now() / 1000 - lastSeen, this.language));
  }
}
