import type { OnlineVisitor } from '../../protocol/messages.js';
import { PresenceElement } from './element.js';
import { nameOf } from './names.js';
import type { Page } from './page.js';
import type { Want } from './wanted.js';
import { countText } from './words.js';

/** The service lists at most so many. */
const MAX_MEMBERS = 50;

/** What the avatars and the list have in common: the first of those who are in a room, and how many more there are. */
export abstract class PresenceMembers extends PresenceElement {
  static readonly observedAttributes = ['room', 'site', 'max', 'live', 'announce'];

  /** How many places there are unless the page says otherwise. */
  protected abstract readonly defaultMax: number;
  /** @param rest how many more there are, such as "+3"; empty when there are none */
  protected abstract showMembers(members: readonly OnlineVisitor[], rest: string): void;

  protected get max(): number {
    const max = Math.floor(Number(this.getAttribute('max')));
    return max >= 1 ? Math.min(max, MAX_MEMBERS) : this.defaultMax;
  }

  protected want(): Want {
    return { place: this.place, members: this.max, isLive: this.hasAttribute('live') };
  }

  protected show(page: Page): void {
    const { max } = this;
    const view = page.room(this.place, max);
    const members = view?.members ?? [];
    const total = Math.max(view?.members ? (view.totals?.online_total ?? 0) : 0, members.length);
    // The last place says how many more there are.
    const shown = total > max ? members.slice(0, Math.max(max - 1, 1)) : members;
    const rest = total > shown.length ? `+${countText(total - shown.length, {}, this.language)}` : '';
    this.showMembers(shown, rest);
    if (view?.members) this.announce([...shown.map(nameOf), rest].filter(Boolean).join(', '));
  }
}
