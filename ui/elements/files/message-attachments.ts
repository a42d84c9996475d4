import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { AttachmentResource } from '../../../server/protocol/resources/attachment.ts';
import type { OutgoingAttachment } from '../../attachments/outgoing-attachment.ts';
import type { PendingFiles } from '../../attachments/pending-files.ts';
import type { Message } from '../../model/model.ts';
import { isPicture } from '../../model/text/attachment-words.ts';
import { fileStrings } from '../../strings/file-strings.ts';
import { base } from '../../styles/base.ts';
import { emit } from '../shared/emit.ts';
import './file-row.ts';
import './picture-tile.ts';

/** The other pictures of a message are behind the last of these. */
const TILES_MOST = 4;

/** What a message carries: its pictures as a grid, and below it a row for each other file. As high as the elements that
 *  `attachments-place.ts` puts in its place until it is loaded. */
@customElement('message-attachments')
export class MessageAttachments extends LitElement {
  static override readonly styles = [
    base,
    css`
      :host {
        display: block;
        -webkit-user-select: none;
        user-select: none;
      }
      .pictures {
        display: grid;
        gap: 2px;
        aspect-ratio: 4 / 3;
        border-radius: 0.75rem;
        overflow: hidden;
      }
      .p2 {
        grid-template-columns: 1fr 1fr;
        aspect-ratio: 2 / 1;
      }
      .p3 {
        grid-template: 1fr 1fr / 2fr 1fr;
      }
      .p3 > :first-child {
        grid-row: span 2;
      }
      .p4 {
        grid-template: 1fr 1fr / 1fr 1fr;
      }
      file-row + file-row {
        margin-block-start: 0.125rem;
      }
      .pictures + file-row {
        margin-block-start: 0.25rem;
      }
    `,
  ];

  @property({ attribute: false }) message: Message | null = null;
  @property() sender = '';
  /** Those of unsent messages, by the ids that they have there. */
  @property({ attribute: false }) outgoing: PendingFiles | null = null;

  /** Includes its rows, because whoever measures this element waits for this promise. */
  protected override async getUpdateComplete(): Promise<boolean> {
    const done = await super.getUpdateComplete();
    for (const part of this.renderRoot.querySelectorAll<LitElement>('file-row')) await part.updateComplete;
    return done;
  }

  override render(): TemplateResult {
    const { message } = this;
    if (message === null) return html``;
    const pictures = message.attachments.filter(isPicture);
    const files = message.attachments.filter((each) => !isPicture(each));
    const isPending = message.seq === null;
    return html`<div role="group" aria-label=${fileStrings().list}>
      ${pictures.length === 0 ? nothing : this.#grid(pictures, isPending)}
      ${repeat(
        files,
        ({ id }) => id,
        (file) =>
          html`<file-row
            .attachment=${file}
            .pending=${isPending}
            .outgoing=${this.#outgoingOf(file)}
          ></file-row>`,
      )}
    </div>`;
  }

  /** By place, not by id: a picture that was only just sent keeps its tile. */
  #grid(pictures: readonly AttachmentResource[], isPending: boolean): TemplateResult {
    const tiles = pictures.slice(0, TILES_MOST);
    return html`<div class="pictures p${tiles.length}">
      ${tiles.map(
        (picture, at) =>
          html`<picture-tile
            .attachment=${picture}
            .pending=${isPending}
            .outgoing=${this.#outgoingOf(picture)}
            .more=${at === TILES_MOST - 1 ? pictures.length - TILES_MOST : 0}
            .open=${() => {
              this.#open(picture);
            }}
            .save=${() => {
              this.#save(picture);
            }}
          ></picture-tile>`,
      )}
    </div>`;
  }

  #outgoingOf({ id }: AttachmentResource): OutgoingAttachment | null {
    return this.outgoing?.get(id) ?? null;
  }

  #open({ id }: AttachmentResource): void {
    const { message, sender } = this;
    if (message !== null) emit(this, 'show-pictures', { message, id, sender });
  }

  #save(attachment: AttachmentResource): void {
    emit(this, 'use-files', {
      use: ({ saves }) => {
        saves.start(attachment);
      },
      missing: () => undefined,
    });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'message-attachments': MessageAttachments;
  }
}
