import { find, setText } from './dom.js';
import type { Totals } from './state.js';

const ANNOUNCE_MS = 15_000;
const LEAST_LENGTH = 3;
const format = new Intl.NumberFormat();

/** The three large counts, and now and then their telling to a screen reader. */
export class Counts {
  #announced = '';

  /** @param isLive whether what they show is so now */
  constructor(isLive: () => boolean) {
    setInterval(() => {
      if (isLive()) this.#announce();
    }, ANNOUNCE_MS);
  }

  /** Shows them. */
  show({ online_total: online, active_total: active, idle_total: idle }: Totals): void {
    let length = LEAST_LENGTH;
    for (const [id, count] of Object.entries({ online, active, idle })) {
      const text = format.format(count);
      length = Math.max(length, text.length);
      setText(find(id), text);
    }
    find('counts').style.setProperty('--length', String(length));
  }

  #announce(): void {
    const words = ['online', 'active', 'idle'].map((id) => `${find(id).textContent} ${id}`).join(', ');
    if (words === this.#announced) return;
    this.#announced = words;
    setText(find('announcer'), words);
  }
}
