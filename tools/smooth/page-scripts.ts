/** What the viewer does while frames are measured, as scripts of the page. They run in this order in one page. */
export const VIEWER_ACTIONS: Readonly<Record<string, string>> = {
  watches: '',
  scrolls: `let down = 0;
    const step = () => {
      document.getElementById('scroller').scrollTop = (down += 24) % 500_000;
      window.scrolling = requestAnimationFrame(step);
    };
    step();`,
  searches: `cancelAnimationFrame(window.scrolling);
    const find = document.getElementById('find');
    find.value = 'visitor 1';
    find.dispatchEvent(new Event('input'));`,
  'sorts by last activity': `const find = document.getElementById('find');
    find.value = '';
    find.dispatchEvent(new Event('input'));
    document.querySelector('[data-sort="-activity"]').click();`,
};

/** What {@link OBSERVE} collects in `window.observed`. */
export interface Observed {
  /** When frames started, in milliseconds. */
  readonly frames: readonly number[];
  /** Durations of tasks over 50 ms, in milliseconds. */
  readonly tasks: readonly number[];
  /** Changes that the page shows. */
  readonly changes: number;
}

/** Makes the page count its frames, its long tasks and the changes that it shows. */
export const OBSERVE = `window.observed = { frames: [], tasks: [], changes: 0 };
  const latest = document.getElementById('latest');
  new MutationObserver(() => {
    const [, more] = /, and (\\d+) more$/.exec(latest.textContent) ?? [];
    observed.changes += 1 + Number(more ?? 0);
  }).observe(latest, { childList: true, characterData: true, subtree: true });
  new PerformanceObserver((list) => observed.tasks.push(...list.getEntries().map(({ duration }) => duration)))
    .observe({ type: 'longtask' });
  const count = (ms) => { observed.frames.push(ms); requestAnimationFrame(count); };
  requestAnimationFrame(count);`;

/** Starts a new observation. */
export const RESET = 'observed.frames = []; observed.tasks = []; observed.changes = 0;';

/** Runs before the page's own scripts: notes when the first row with the counts is painted. */
export const OBSERVE_FIRST_ROWS = `{
  const look = () => {
    const online = document.getElementById('online')?.textContent ?? '–';
    if (document.querySelector('.visitor') === null || online === '–') return requestAnimationFrame(look);
    // This frame is painted before the next one begins.
    requestAnimationFrame(() => { document.documentElement.dataset.firstRowsMs = performance.now(); });
  };
  requestAnimationFrame(look);
}`;
