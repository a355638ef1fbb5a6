import { safely } from '../client/safely.js';
import { PresenceAvatars } from './avatars.js';
import { PresenceCount } from './count.js';
import { PresenceElement } from './element.js';
import { PresenceList } from './list.js';
import { Page } from './page.js';
import { PresenceStatus } from './status.js';
import { findService } from './tag.js';

const ELEMENTS = {
  'presence-count': PresenceCount,
  'presence-status': PresenceStatus,
  'presence-avatars': PresenceAvatars,
  'presence-list': PresenceList,
};

safely(() => {
  const service = findService();
  // A page may run the script several times: the elements are those of the first one.
  if (service === undefined || customElements.get('presence-count')) return;
  PresenceElement.page = new Page(service);
  for (const [name, element] of Object.entries(ELEMENTS)) customElements.define(name, element);
});
