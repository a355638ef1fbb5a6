import { find, setText } from './dom.js';

const TOLD_MS = 6000;

/** The line to paste, with the address of this very service, and the button that copies it. */
export function setUpSnippet(): void {
  setText(find('snippet'), `<script async src="${location.origin}/client.js" data-uid="THE-USER'S-ID"></script>`);
  const button = find('copy');
  const label = button.textContent ?? '';
  let timer: ReturnType<typeof setTimeout> | undefined;
  button.addEventListener('click', async () => {
    setText(button, await copy(find('snippet')));
    clearTimeout(timer);
    timer = setTimeout(() => setText(button, label), TOLD_MS);
  });
}

/** @returns what to tell */
async function copy(snippet: HTMLElement): Promise<string> {
  try {
    // Browsers keep the clipboard from pages over plain http, and may refuse it to those in frames.
    await navigator.clipboard.writeText(snippet.textContent ?? '');
    return 'Copied';
  } catch {
    getSelection()?.selectAllChildren(snippet);
    return /Mac|iPhone|iPad/.test(navigator.userAgent) ? 'Press ⌘C' : 'Press Ctrl+C';
  }
}
