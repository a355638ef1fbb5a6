import { hueOf, initialsOf } from '../elements/names.js';

/** The picture of a visitor, or the initials on a colour that is the visitor's own. */
export class Avatar {
  readonly element = document.createElement('span');
  /** The address or letters that are shown. */
  #picture = '';

  constructor(uid: string) {
    this.element.className = 'avatar';
    this.element.ariaHidden = 'true';
    this.element.style.setProperty('--hue', String(hueOf(uid)));
  }

  /** Shows the picture at an https: or data: address, and the name's initials without one or until it has loaded. */
  draw(name: string, address: unknown): void {
    const initials = initialsOf(name);
    const isPicture = typeof address === 'string' && /^(https:\/\/|data:image\/)/i.test(address);
    const picture = isPicture ? address : initials;
    if (this.#picture === picture) return;
    this.#picture = picture;
    this.element.textContent = initials;
    if (!isPicture) return;
    const image = new Image();
    image.alt = '';
    image.referrerPolicy = 'no-referrer';
    image.addEventListener('load', () => {
      if (this.#picture === picture) this.element.replaceChildren(image);
    });
    image.src = address;
  }
}
