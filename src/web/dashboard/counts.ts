import type { TotalsEvent } from '../../protocol/messages.js';
import { byId, setText } from './dom.js';
import { formatCount } from './format.js';

const ANNOUNCE_MS = 15_000;
const MIN_CHARACTERS = 3;

/** The three large counts. Announces them to screen readers at intervals, as each change would be too often. */
export class Counts {
  #announced = '';

  /** @param isLive whether the counts are up to date; only then are they announced */
  constructor(isLive: () => boolean) {
    setInterval(() => {
      if (isLive()) this.#announce();
    }, ANNOUNCE_MS);
  }

  show({ online_total: online, active_total: active, idle_total: idle }: TotalsEvent): void {
    let characters = MIN_CHARACTERS;
    for (const [id, count] of Object.entries({ online, active, idle })) {
      const text = formatCount(count);
      characters = Math.max(characters, text.length);
      setText(byId(id), text);
    }
    byId('counts').style.setProperty('--characters', String(characters));
  }

  #announce(): void {
    const text = ['online', 'active', 'idle'].map((id) => `${byId(id).textContent} ${id}`).join(', ');
    if (text === this.#announced) return;
    this.#announced = text;
    setText(byId('announcer'), text);
  }
}
