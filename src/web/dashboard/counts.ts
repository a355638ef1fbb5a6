import type { TotalsEvent } from '../../protocol/messages.js';
import { byId, setText } from './dom.js';
import { formatCount } from './format.js';

const ANNOUNCE_MS = 15_000;
const MIN_CHARACTERS = 3;

/**
 * The headline: how many visitors are online, and a bar with the shares of active and idle ones. Announces the counts to
 * screen readers at intervals, as each change would be too often.
 */
export class Counts {
  readonly #bar = byId('share');
  #announced = '';

  /** @param isLive whether the counts are up to date; only then are they announced */
  constructor(isLive: () => boolean) {
    setInterval(() => {
      if (isLive()) this.#announce();
    }, ANNOUNCE_MS);
  }

  show({ online_total: online, active_total: active, idle_total: idle }: TotalsEvent): void {
    for (const [id, count] of Object.entries({ online, active, idle })) setText(byId(id), formatCount(count));
    const characters = Math.max(MIN_CHARACTERS, formatCount(online).length);
    byId('counts').style.setProperty('--characters', String(characters));
    this.#showPart('.active', active);
    this.#showPart('.idle', idle);
  }

  #showPart(selector: string, count: number): void {
    const part = this.#bar.querySelector<HTMLElement>(selector)!;
    part.hidden = count === 0;
    part.style.flexGrow = String(count);
  }

  #announce(): void {
    const text = ['online', 'active', 'idle'].map((id) => `${byId(id).textContent} ${id}`).join(', ');
    if (text === this.#announced) return;
    this.#announced = text;
    setText(byId('announcer'), text);
  }
}
