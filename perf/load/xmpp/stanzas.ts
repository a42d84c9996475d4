/** A tag, or a declaration; quoted values may hold anything but their quote (XML 1.0). */
const TAG = /<(\/|\?)?[^\s/>]+(?:\s+[^\s=>/]+=(?:'[^']*'|"[^"]*"))*\s*([/?])?>/g;

/** Cuts what an XMPP stream brings into its opening tag and whole stanzas (RFC 6120 §4). Knows elements, attributes and text, which
 *  is all that XMPP allows; `text` in ASCII, as the load is. */
export class StanzaReader {
  readonly #stanza: (text: string) => void;
  #text = '';
  /** Up to here the tags of `#text` are counted. */
  #counted = 0;
  #depth = 0;

  constructor(stanza: (text: string) => void) {
    this.#stanza = stanza;
  }

  /** A new stream begins in the same connection, as after authentication (RFC 6120 §6.3.2). */
  restart(): void {
    this.#depth = 0;
  }

  push(chunk: string): void {
    let text = this.#text + chunk;
    let from = 0;
    TAG.lastIndex = this.#counted;
    for (let tag = TAG.exec(text); tag !== null; tag = TAG.exec(text)) {
      this.#counted = TAG.lastIndex;
      const [, start, end] = tag;
      if (start === '?') continue;
      const depth = this.#depth;
      if (start === '/') this.#depth -= 1;
      else if (end === undefined) this.#depth += 1;
      // The stream's own tag is told when it opens; whatever stands in it, when it closes.
      const isOver = depth === 0 ? start === undefined : this.#depth <= 1;
      if (!isOver) continue;
      const stanza = text.slice(from, this.#counted);
      from = this.#counted;
      this.#stanza(stanza);
    }
    text = text.slice(from);
    this.#counted -= from;
    this.#text = text;
  }
}
