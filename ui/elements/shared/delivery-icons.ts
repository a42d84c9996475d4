import { html, type TemplateResult } from 'lit';
import type { DeliveryState } from '../../model/model.ts';
import { strings } from '../../strings/strings.ts';
import { doubleTick, failedTick, readTick, sendingTick, sentTick } from './icons.ts';

const ICONS: Readonly<Record<DeliveryState, TemplateResult>> = {
  sending: sendingTick,
  failed: failedTick,
  sent: sentTick,
  delivered: doubleTick,
  read: readTick,
};

/** The delivery state of the user's own message: an icon, and a word for screen readers. */
export const tickFor = (state: DeliveryState): TemplateResult =>
  html`<span class="tick ${state}" data-state=${state}
    >${ICONS[state]}<span class="visually-hidden">${strings().state[state]}</span></span
  >`;
