import { byId } from './dom.js';
import { request, ServiceError, serviceUrl } from './service.js';

/** What the page shows of names, of what pages send, and of the service. */
const PARTS = ['list-panel', 'show', 'access', 'service', 'set-up', 'set-up-button'];

/** Whether the viewer's token shows how many are here, but not who. The page then has the numbers and the chart only. */
export class NumbersOnly {
  #isOn = false;

  get isOn(): boolean {
    return this.#isOn;
  }

  /**
   * Asks the service, after it has refused a stream.
   *
   * @returns whether the page has just begun to show numbers only
   */
  async findOut(room: string): Promise<boolean> {
    if (this.#isOn) return false;
    try {
      await request(serviceUrl('/v1/visitors', { room, uids: 'somebody' }));
    } catch (error) {
      this.#isOn = error instanceof ServiceError && error.code === 'token_wrong_view';
    }
    if (this.#isOn) for (const id of PARTS) byId(id).hidden = true;
    return this.#isOn;
  }

  /** Shows everything again, for a viewer who signs in. */
  reset(): void {
    if (!this.#isOn) return;
    this.#isOn = false;
    // What the service does not say stays hidden until it does.
    for (const id of ['list-panel', 'show', 'service']) byId(id).hidden = false;
  }
}
