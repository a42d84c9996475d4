import { css, html, type TemplateResult } from 'lit';
import { panelStrings } from '../../strings/panel-strings.ts';
import { plusIcon } from './message-actions.ts';

/** The emoji that are offered first. */
const QUICK_EMOJI: readonly string[] = ['👍', '❤️', '😂', '😮', '😢', '🙏'];

export const quickReactionStyles = css`
  .quick {
    display: flex;
    justify-content: space-between;
    padding: var(--s1);
  }
  .quick button {
    display: grid;
    place-items: center;
    flex: 1;
    min-inline-size: 0;
    max-inline-size: var(--target);
    block-size: var(--target);
    border-radius: 50%;
    font-family: var(--emoji);
    font-size: 1.375rem;
    line-height: 1;
    transition: transform var(--quick) var(--ease);
  }
  .quick button:hover,
  .quick button:focus-visible {
    background: var(--hover);
  }
  .quick button:active {
    transform: scale(0.9);
  }
  .quick [aria-checked='true'] {
    background: var(--chosen);
    box-shadow: inset 0 0 0 1px var(--accent);
  }
  .quick .more {
    color: var(--quiet);
  }
  .quick + [role='menuitem'] {
    position: relative;
    margin-block-start: calc(2 * var(--s1) + 1px);
  }
  .quick + [role='menuitem']::before {
    content: '';
    position: absolute;
    inset: calc(-1 * var(--s1) - 1px) calc(-1 * var(--s1)) auto;
    border-block-start: 1px solid var(--line);
  }
  @media (max-width: 720px) {
    /* Seven buttons of 44 px on 320 px. */
    .quick {
      margin-inline: calc(-1 * var(--s1));
      padding: var(--s1) 0;
    }
    .quick button {
      font-size: 1.625rem;
    }
  }
  @media (forced-colors: active) {
    .quick [aria-checked='true'] {
      outline: 2px solid Highlight;
    }
  }
`;

export interface QuickReactionHandlers {
  readonly choose: (emoji: string) => void;
  /** All other emoji are wanted. */
  readonly more: () => void;
  /** Whether a click is meant for what it hits. */
  readonly isMeant: (event: MouseEvent) => boolean;
}

/** A row of emoji in a menu. The chosen one is among them even if it is none of the usual ones. */
export const quickReactions = (
  chosen: string | null,
  { choose, more, isMeant }: QuickReactionHandlers,
): TemplateResult => {
  const { react } = panelStrings();
  const isUsual = chosen === null || QUICK_EMOJI.includes(chosen);
  const offered = isUsual ? QUICK_EMOJI : [chosen, ...QUICK_EMOJI.slice(0, -1)];
  return html`<div class="quick" role="group" aria-label=${react.title}>
    ${offered.map(
      (emoji) =>
        html`<button
          role="menuitemradio"
          type="button"
          tabindex="-1"
          aria-checked=${emoji === chosen ? 'true' : 'false'}
          @click=${(event: MouseEvent) => {
            if (isMeant(event)) choose(emoji);
          }}
        >
          ${emoji}
        </button>`,
    )}
    <button
      class="more"
      role="menuitem"
      type="button"
      tabindex="-1"
      aria-label=${react.more}
      title=${react.more}
      @click=${(event: MouseEvent) => {
        if (isMeant(event)) more();
      }}
    >
      ${plusIcon}
    </button>
  </div>`;
};
