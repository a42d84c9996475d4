export type Announcement = 'outbox' | 'drafts';

/** Tells the person's other tabs what this one changed on the disk. Where the browser has no channels, or refuses them along with
 *  all site data, no other tab shares anything either, and nothing is told. */
export class TabChannel {
  #channel: BroadcastChannel | null = null;

  constructor(name: string, heard: (what: Announcement) => void) {
    try {
      this.#channel = new BroadcastChannel(name);
    } catch {
      return;
    }
    this.#channel.addEventListener('message', ({ data }: MessageEvent<Announcement>) => {
      heard(data);
    });
  }

  /** Does nothing once it is closed. */
  announce(what: Announcement): void {
    this.#channel?.postMessage(what);
  }

  close(): void {
    this.#channel?.close();
    this.#channel = null;
  }
}
