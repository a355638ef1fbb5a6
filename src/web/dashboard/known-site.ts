const HAD_VISITORS = 'presence-had-visitors';

/** Remembers in this browser that the site has had visitors, since a service that restarts does not know. */
export class KnownSite {
  #hadVisitors = read();

  /** Whether a dashboard in this browser has shown a visitor. */
  get hadVisitors(): boolean {
    return this.#hadVisitors;
  }

  remember(): void {
    if (this.#hadVisitors) return;
    this.#hadVisitors = true;
    try {
      localStorage.setItem(HAD_VISITORS, 'yes');
    } catch {
      // Frames of other sites may be denied storage.
    }
  }
}

function read(): boolean {
  try {
    return localStorage.getItem(HAD_VISITORS) !== null;
  } catch {
    return false;
  }
}
