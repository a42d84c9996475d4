import { css, html, nothing, svg, type TemplateResult } from 'lit';
import { isMuted } from '../../model/conversation-settings.ts';
import type { Conversation } from '../../model/model.ts';
import { clockTime, daysAgo, fullDay, relativeDay } from '../../model/text/dates.ts';
import { language } from '../../strings/locale.ts';
import { manageStrings } from '../../strings/manage-strings.ts';
import type { ConversationAct } from './emit.ts';
import { icon, mutedIcon, pinIcon } from './icons.ts';
import { downIcon } from './more-icons.ts';

/** An entry of the menu of a conversation. */
export interface ConversationEntry {
  readonly label: string;
  readonly icon: TemplateResult | null;
  readonly run: () => void;
  /** Further words below the label. */
  readonly note?: string;
  /** For an entry that shows further ones below it: whether they are shown. */
  readonly expanded?: boolean;
  readonly danger?: boolean;
}

/** The styles of what an entry consists of. */
export const entryStyles = css`
  svg {
    inline-size: 18px;
    block-size: 18px;
  }
  .label {
    flex: 1;
    text-align: start;
  }
  small {
    display: block;
    color: var(--quiet);
    font-size: var(--tiny);
  }
  .inner {
    padding-inline-start: calc(2 * var(--s3) + 18px);
  }
  .unfold {
    transition: transform var(--quick);
  }
  [aria-expanded='true'] .unfold {
    transform: rotate(180deg);
  }
`;

/** What the button of an entry consists of. */
export const entryContent = ({ icon: picture, label, note, expanded }: ConversationEntry): TemplateResult =>
  html`${picture ?? nothing}<span class="label"
      >${label}${note === undefined ? nothing : html`<small>${note}</small>`}</span
    >${expanded === undefined ? nothing : html`<span class="unfold">${downIcon}</span>`}`;

export const archiveIcon = icon(svg`<path d="M4 8V4.500h16V8zM5.500 8v11.500h13V8M10 12h4"/>`);
const unarchiveIcon = icon(
  svg`<path d="M4 8V4.500h16V8zM5.500 8v11.500h13V8M12 16.500v-5M9.700 13.500l2.300-2.300 2.300 2.300"/>`,
);
const bellIcon = icon(
  svg`<path d="M6.500 9.500a5.500 5.500 0 0 1 11 0c0 4 1.500 5.500 2 7h-15c.5-1.500 2-3 2-7M10 19.500a2 2 0 0 0 4 0"/>`,
);
export const blockIcon = icon(svg`<circle cx="12" cy="12" r="8.500"/><path d="m6 6 12 12"/>`);

const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * 24 * HOUR_MS;
/** Until the user unmutes it: the server takes no mute without an end. */
const ALWAYS_MS = 50 * YEAR_MS;

/** "15:03", "tomorrow 9:12", "12 March 2026"; empty if nobody will wait for it. */
const untilWords = (at: string, now: number): string => {
  if (Date.parse(at) - now > YEAR_MS) return '';
  const days = -daysAgo(at, now);
  if (days <= 0) return clockTime(at, language());
  return days === 1 ? `${relativeDay(-1, language())} ${clockTime(at, language())}` : fullDay(at, language());
};

/** How long a conversation can be muted. */
const muteEntries = (act: (act: ConversationAct) => void): readonly ConversationEntry[] => {
  const { manage: words } = manageStrings();
  const entry = (label: string, ms: number): ConversationEntry => ({
    label,
    icon: null,
    run: () => {
      act({ what: 'mute', ms });
    },
  });
  return [
    entry(words.hour, HOUR_MS),
    entry(words.eightHours, 8 * HOUR_MS),
    entry(words.week, 7 * 24 * HOUR_MS),
    entry(words.always, ALWAYS_MS),
  ];
};

const mutingEntries = (
  conversation: Conversation,
  now: number,
  choice: { readonly isOpen: boolean; readonly toggle: () => void },
  act: (act: ConversationAct) => void,
): readonly ConversationEntry[] => {
  const { manage: words } = manageStrings();
  if (isMuted(conversation, now)) {
    const until = untilWords(conversation.mutedUntil ?? '', now);
    const run = (): void => {
      act({ what: 'unmute' });
    };
    return [{ label: words.unmute, icon: bellIcon, run, ...(until !== '' && { note: words.until(until) }) }];
  }
  return [
    { label: words.mute, icon: mutedIcon, run: choice.toggle, expanded: choice.isOpen },
    ...(choice.isOpen ? muteEntries(act) : []),
  ];
};

/** The entries for the settings of a conversation. `choice`: whether it can be chosen how long to mute it. */
export const settingEntries = (
  conversation: Conversation,
  now: number,
  choice: { readonly isOpen: boolean; readonly toggle: () => void },
  act: (act: ConversationAct) => void,
): readonly ConversationEntry[] => {
  const { manage: words } = manageStrings();
  const entry = (
    what: 'pin' | 'unpin' | 'archive' | 'unarchive',
    picture: TemplateResult,
  ): ConversationEntry => ({
    label: words[what],
    icon: picture,
    run: () => {
      act({ what });
    },
  });
  const { archived, pinned } = conversation;
  return [
    // Where archived conversations are, none stands above the others.
    ...(archived ? [] : [entry(pinned ? 'unpin' : 'pin', pinIcon)]),
    archived ? entry('unarchive', unarchiveIcon) : entry('archive', archiveIcon),
    ...mutingEntries(conversation, now, choice, act),
  ];
};
