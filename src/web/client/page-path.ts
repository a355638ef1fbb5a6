import { safely } from './safely.js';

/** Rooms have at most this many characters. */
const MAX_LENGTH = 256;

/** The page's path as a room. */
export const pagePath = (): string => location.pathname.slice(0, MAX_LENGTH);

/** Calls a function whenever the path changes without a new page. It cannot be ended. */
export function onPathChange(onChange: () => void): void {
  let path = pagePath();
  const check = () => {
    if (pagePath() === path) return;
    path = pagePath();
    onChange();
  };
  const { navigation } = window as { navigation?: EventTarget };
  // Covers all changes. Safari before 26.2 and Firefox before 147 do not have it.
  if (navigation) return navigation.addEventListener('currententrychange', check);
  addEventListener('popstate', check);
  for (const name of ['pushState', 'replaceState'] as const) {
    const original = history[name];
    history[name] = function (this: History, ...args) {
      original.apply(this, args);
      safely(check);
    };
  }
}
