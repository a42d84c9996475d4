import { html, type TemplateResult } from 'lit';
import type { ProblemCode } from '../net/problem.ts';
import { strings } from '../strings/strings.ts';
import { problemWords } from './words.ts';

/** Nothing was found because nothing could be asked. */
export const lookupFailed = (problem: ProblemCode, retry: () => void): TemplateResult =>
  html`<div class="say" role="alert">
    <p class="fault">${problemWords(problem)}</p>
    <button class="button" type="button" @click=${retry}>${strings().retry}</button>
  </div>`;

/** A conversation is being made with this person. */
export const openingSign = (): TemplateResult =>
  html`<span class="spin"></span><span class="visually-hidden" role="status">${strings().loading}</span>`;
