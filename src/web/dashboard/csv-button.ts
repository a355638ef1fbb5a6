import { toCsv } from './csv.js';
import { setText } from './dom.js';
import type { Entry } from './entry.js';
import { saveFile } from './save-file.js';

const FEEDBACK_MS = 6000;

/**
 * Lets a button save visitors as a CSV file.
 *
 * @param load returns those to save, or undefined when the service cannot be reached
 */
export function setUpCsvButton(button: HTMLButtonElement, load: () => Promise<readonly Entry[] | undefined>): void {
  const label = button.textContent ?? '';
  let isLoading = false;
  button.addEventListener('click', async () => {
    if (isLoading) return;
    isLoading = true;
    setText(button, 'Loading…');
    const entries = await load();
    isLoading = false;
    setText(button, entries ? label : 'Not saved');
    if (entries) saveFile('visitors.csv', 'text/csv', toCsv(entries));
    else setTimeout(() => setText(button, label), FEEDBACK_MS);
  });
}
