// Numbers and times in the viewer's own language.

const RECENT_MS = 12 * 3_600_000;
const hourAndMinute = { hour: '2-digit', minute: '2-digit' } as const;
const precise = { ...hourAndMinute, second: '2-digit' } as const;
const count = new Intl.NumberFormat();
const minute = new Intl.DateTimeFormat(undefined, hourAndMinute);
const timeOfDay = new Intl.DateTimeFormat(undefined, precise);
const dayAndMinute = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', ...hourAndMinute });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const dayAndTime = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', ...precise });

/** A number such as 10,000. */
export const formatCount = (value: number): string => count.format(value);

/** A time such as 14:02. */
export const formatMinute = (unixSeconds: number): string => minute.format(unixSeconds * 1000);

/** A time such as 14:02:03, with the day when it is far from now. Contains no space where a line could break. */
export const formatTime = (unixSeconds: number): string => {
  const ms = unixSeconds * 1000;
  return (Math.abs(Date.now() - ms) < RECENT_MS ? timeOfDay : dayAndTime).format(ms).replaceAll(' ', '\u00a0');
};

/** A time such as 14:02, with the day when it is far from now. */
export const formatSince = (unixSeconds: number): string => {
  const ms = unixSeconds * 1000;
  return (Math.abs(Date.now() - ms) < RECENT_MS ? minute : dayAndMinute).format(ms);
};

/** A day and a time such as 26 Nov 2026, 14:02. */
export const formatDay = (unixSeconds: number): string => day.format(unixSeconds * 1000);

/** A duration such as "5 min ago". */
export const formatAgo = (seconds: number): string => (seconds < 2 ? 'just now' : `${formatDuration(seconds)} ago`);

/** A duration such as "5 min". */
export function formatDuration(seconds: number): string {
  if (seconds < 100) return `${Math.max(0, Math.round(seconds))} s`;
  if (seconds < 100 * 60) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}

/** The time zone of all times that the page shows, such as "GMT+2 (Europe/Berlin)", or "UTC". */
export function nameTimeZone(): string {
  const { timeZone } = minute.resolvedOptions();
  const parts = new Intl.DateTimeFormat(undefined, { timeZoneName: 'short' }).formatToParts();
  const short = parts.find(({ type }) => type === 'timeZoneName')?.value ?? timeZone;
  return short === timeZone ? short : `${short} (${timeZone})`;
}
