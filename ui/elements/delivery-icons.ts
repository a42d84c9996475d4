import { html, type TemplateResult } from 'lit';
import type { DeliveryState } from '../state/model.ts';
import { strings } from '../strings/strings.ts';
import { doubleTick, failedTick, readTick, sendingTick, sentTick } from './icons.ts';

const ICONS: Readonly<Record<DeliveryState, TemplateResult>> = {
  sending: sendingTick,
  failed: failedTick,
  sent: sentTick,
  delivered: doubleTick,
  read: readTick,
};

/** The state of one's own message: a sign for the eye, a word for the ear. */
export const tickFor = (state: DeliveryState): TemplateResult =>
  html`<span class="tick ${state}" data-state=${state}
    >${ICONS[state]}<span class="visually-hidden">${strings().state[state]}</span></span
  >`;
