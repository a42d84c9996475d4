/** Frames of one connection that have arrived and are not handled yet: the store is asked for an earlier one. More than a burst of a
 *  client that sends what it wrote offline. */
export const BACKLOG_FRAMES_MAX = 1_000;
/** Characters in these frames. */
export const BACKLOG_CHARS_MAX = 4 * 1024 * 1024;

/** Bounds what a connection may send before its earlier frames are handled [P9]. */
export class FrameBacklog {
  #frames = 0;
  #chars = 0;

  /** A frame has arrived. False: there are too many, and this one is not counted. */
  add(chars: number): boolean {
    if (this.#frames >= BACKLOG_FRAMES_MAX || this.#chars + chars > BACKLOG_CHARS_MAX) return false;
    this.#frames += 1;
    this.#chars += chars;
    return true;
  }

  /** A frame is being handled. */
  take(chars: number): void {
    this.#frames -= 1;
    this.#chars -= chars;
  }
}
