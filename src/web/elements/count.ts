import { make, PresenceElement } from './element.js';
import type { Page } from './page.js';
import { stack } from './stack.js';
import type { Want } from './wanted.js';
import { countText, type PluralTexts } from './words.js';

const FORMS = ['zero', 'one', 'two', 'few', 'many', 'other'] as const;
/** Space for two digits is kept free until the first answer. */
const WIDE_COUNT = 88;

/** `<presence-count>`: how many are here, as a number or a sentence. */
export class PresenceCount extends PresenceElement {
  static readonly observedAttributes = ['room', 'site', 'status', 'live', 'announce', ...FORMS];

  protected want(): Want {
    return { place: this.place, members: 0, isLive: this.hasAttribute('live') };
  }

  protected show(page: Page): void {
    const totals = page.room(this.place, 0)?.totals;
    const status = this.getAttribute('status');
    const which = status === 'active' || status === 'idle' ? status : 'online';
    const count = totals?.[`${which}_total`];
    const { language } = this;
    const texts: PluralTexts = {};
    for (const form of FORMS) texts[form] = this.getAttribute(form) ?? undefined;
    const given = FORMS.filter((form) => texts[form] !== undefined && form !== 'zero');
    const sizers = (given.length > 0 ? given : (['other'] as const)).map((form) =>
      countText(WIDE_COUNT, { other: texts[form] }, language),
    );
    const text = count === undefined ? '' : countText(count, texts, language);
    this.replace([text, sizers], () => [stack(make('span', { part: 'text' }, text), sizers)]);
    if (count !== undefined) this.announce(text);
  }
}
