import type { OnlineVisitor } from '../../protocol/messages.js';
import { make } from './element.js';
import { PresenceMembers } from './members.js';
import { hueOf, initialsOf, nameOf, pictureOf } from './names.js';

/** `<presence-avatars>`: pictures or initials of those who are here, as circles that overlap. */
export class PresenceAvatars extends PresenceMembers {
  protected readonly defaultMax = 5;
  /** Kept, since a picture that is made again is loaded again. */
  readonly #avatars = new Map<string, { readonly key: string; readonly element: HTMLElement }>();

  protected showMembers(members: readonly OnlineVisitor[], rest: string): void {
    const shown = new Set(members.map(({ uid }) => uid));
    for (const uid of this.#avatars.keys()) if (!shown.has(uid)) this.#avatars.delete(uid);
    this.replace([members, rest], () => {
      const items = members.map((member) => this.#avatarOf(member));
      if (rest) items.push(make('li', { part: 'more', class: 'avatar more' }, make('span', {}, rest)));
      return items.length > 0 ? [make('ul', { part: 'list', role: 'list' }, ...items)] : [];
    });
  }

  #avatarOf(member: OnlineVisitor): HTMLElement {
    const { uid, status } = member;
    const name = nameOf(member);
    const picture = pictureOf(member.info, document.baseURI);
    const key = JSON.stringify([name, picture]);
    const kept = this.#avatars.get(uid);
    const element = kept?.key === key ? kept.element : makeAvatar(uid, name, picture);
    element.setAttribute('part', `avatar ${status}`);
    this.#avatars.set(uid, { key, element });
    return element;
  }
}

function makeAvatar(uid: string, name: string, picture: string | undefined): HTMLElement {
  const initials = make('span', { role: 'img', 'aria-label': name }, initialsOf(name));
  const element = make('li', { class: 'avatar', title: name }, initials);
  element.style.setProperty('--hue', String(hueOf(uid)));
  if (picture === undefined) return element;
  const image = make('img', { alt: name, referrerpolicy: 'no-referrer', decoding: 'async', src: picture });
  image.onerror = () => element.replaceChildren(initials);
  element.replaceChildren(image);
  return element;
}
