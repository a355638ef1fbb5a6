/** Texts with `{n}`, by the plural categories of CLDR. `zero` also counts where the language has no such form. */
export type PluralTexts = Partial<Record<Intl.LDMLPluralRule, string | undefined>>;

const STEPS: readonly (readonly [unit: Intl.RelativeTimeFormatUnit, seconds: number])[] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

/** A number as a text in a language, such as "12 people here". Without texts it is the number alone. */
export function countText(count: number, texts: PluralTexts, language: string | undefined): string {
  const locale = supported(language);
  const number = new Intl.NumberFormat(locale).format(count);
  const category = new Intl.PluralRules(locale).select(count);
  const text = (count === 0 ? texts.zero : undefined) ?? texts[category] ?? texts.other ?? '{n}';
  return text.split('{n}').join(number);
}

/** A time in the past in words of a language, such as "5 min. ago". Less than a minute, also in the future, is one. */
export function agoText(seconds: number, language: string | undefined): string {
  const format = new Intl.RelativeTimeFormat(supported(language), { numeric: 'auto', style: 'short' });
  const [unit, size] = STEPS.find(([, size]) => seconds >= size) ?? ['minute', 60];
  return format.format(-Math.max(1, Math.floor(seconds / size)), unit);
}

/** A page may have any text as its language; `Intl` throws for what is none. Undefined stands for the browser's. */
function supported(language: string | undefined): string | undefined {
  try {
    return language ? Intl.getCanonicalLocales(language)[0] : undefined;
  } catch {
    return undefined;
  }
}
