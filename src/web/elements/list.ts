import type { OnlineVisitor } from '../../protocol/messages.js';
import { makeDot } from './dot.js';
import { make } from './element.js';
import { PresenceMembers } from './members.js';
import { nameOf } from './names.js';

/** `<presence-list>`: the names of those who are here, each with a dot. */
export class PresenceList extends PresenceMembers {
  static override readonly observedAttributes = [...PresenceMembers.observedAttributes, 'active-text', 'idle-text'];
  protected readonly defaultMax = 10;

  protected showMembers(members: readonly OnlineVisitor[], rest: string): void {
    const words = {
      active: this.getAttribute('active-text') ?? 'active',
      idle: this.getAttribute('idle-text') ?? 'idle',
    };
    this.content.style.setProperty('--rows', String(this.max));
    this.replace([members, rest, words], () => {
      const rows = members.map((member) => {
        const dot = makeDot(member.status, words[member.status]);
        return make('li', { part: 'row', class: 'row' }, dot, make('bdi', { part: 'name' }, nameOf(member)));
      });
      if (rest) rows.push(make('li', { part: 'more', class: 'row more' }, rest));
      return rows.length > 0 ? [make('ul', { part: 'list', role: 'list' }, ...rows)] : [];
    });
  }
}
