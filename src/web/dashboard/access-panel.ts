import type { ServiceState } from '../../protocol/messages.js';
import { setUpCopy } from './copy.js';
import { byId, setText } from './dom.js';
import { ShareForm } from './share-form.js';

type PublicView = ServiceState['public_view'];

const OPEN =
  'Anybody who knows this address sees who is here, by name, and every visitor can read the address in the source of your pages. ' +
  'On Google Cloud these lines lock it. Afterwards watching needs the secret, and only the numbers are public:';
const LOCKED = 'Names need the WATCH_SECRET of this service, a sign-in, or a link that was shared. Everybody else sees';
const PUBLIC: Readonly<Record<Exclude<PublicView, 'everything'>, string>> = {
  none: 'nothing.',
  totals: 'how many are here.',
  status: 'how many are here, and the status of a visitor whose id they know.',
  members: 'how many are here, and who is in a room whose name they know.',
};

const LOCK = `openssl rand -hex 32 | gcloud secrets create presence-watch --data-file=-
gcloud secrets add-iam-policy-binding presence-watch --role=roles/secretmanager.secretAccessor --member="serviceAccount:$(gcloud projects describe "$(gcloud config get-value project)" --format='value(projectNumber)')-compute@developer.gserviceaccount.com"
gcloud run services update presence --region=YOUR-REGION --update-secrets=WATCH_SECRET=presence-watch:latest --update-env-vars=PUBLIC_VIEW=totals`;

/** The panel that says in plain words who may watch, how to lock the service, and shares it once it is locked. */
export class AccessPanel {
  readonly #form: ShareForm;

  /** @param room the room that the dashboard shows; an empty text for the whole site */
  constructor(room: () => string) {
    this.#form = new ShareForm(room);
    setText(byId('lock'), LOCK);
    setUpCopy(byId<HTMLButtonElement>('lock-copy'), byId('lock'));
  }

  /** Until `show`: the next viewer may not know. */
  hide(): void {
    byId('access').hidden = true;
  }

  show(publicView: PublicView): void {
    byId('access').hidden = false;
    const isOpen = publicView === 'everything';
    setText(byId('access-text'), isOpen ? OPEN : `${LOCKED} ${PUBLIC[publicView]}`);
    byId('lock-line').hidden = !isOpen;
    byId('share-form').hidden = isOpen;
    if (!isOpen) this.#form.followRoom();
  }
}
