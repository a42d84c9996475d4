import { html, type TemplateResult } from 'lit';
import type { ProblemCode } from '../../net/problem.ts';
import { manageStrings } from '../../strings/manage-strings.ts';
import { strings } from '../../strings/strings.ts';
import { problemWords } from '../shared/words.ts';

/** Says that the search failed. */
export const lookupFailed = (problem: ProblemCode, retry: () => void): TemplateResult =>
  html`<div class="say" role="alert">
    <p class="fault">${problemWords(problem)}</p>
    <button class="button" type="button" @click=${retry}>${strings().retry}</button>
  </div>`;

/** Says why the conversation with somebody could not be opened. */
export const openingFailed = (problem: ProblemCode): TemplateResult =>
  html`<p class="say fault" role="alert">
    ${problem === 'forbidden' ? manageStrings().block.refusedHere : problemWords(problem)}
  </p>`;

/** Shown while the conversation with this user is being created. */
export const openingSpinner = (): TemplateResult =>
  html`<span class="spin"></span><span class="visually-hidden" role="status">${strings().loading}</span>`;
