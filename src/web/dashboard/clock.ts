const FAR_MS = 12 * 3_600_000;
const time = { hour: '2-digit', minute: '2-digit', second: '2-digit' } as const;
const timeOfDay = new Intl.DateTimeFormat(undefined, time);
const dayAndTime = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', ...time });

/** A time in the viewer's own way, such as 14:02:03, with the day when it may be another. Never broken across lines. */
export const clock = (ms: number): string =>
  (Math.abs(Date.now() - ms) < FAR_MS ? timeOfDay : dayAndTime).format(ms).replaceAll(' ', '\u00a0');
