import { svg } from 'lit';
import { icon } from './icons.ts';

/** Those that the list does not show. */

export const moreIcon = icon(
  svg`<circle cx="12" cy="5.500" r=".6" fill="currentColor"/><circle cx="12" cy="12" r=".6" fill="currentColor"/><circle cx="12" cy="18.500" r=".6" fill="currentColor"/>`,
);
export const closeIcon = icon(svg`<path d="m6 6 12 12M18 6 6 18"/>`);
export const sendIcon = icon(
  svg`<g class="mirrored"><path d="M5 12 4 4.800a.6.6 0 0 1 .9-.6l15.300 7.300a.6.6 0 0 1 0 1L4.900 19.800a.6.6 0 0 1-.9-.6z"/><path d="M5 12h7"/></g>`,
);
const smile = svg`<circle cx="12" cy="12" r="8.500"/><path d="M8.500 14.200a4.200 4.200 0 0 0 7 0M9 9.500v.05M15 9.500v.05"/>`;
export const smileIcon = icon(smile);
export const reactIcon = icon(smile, 18);
export const attachIcon = icon(
  svg`<path d="m19 11-7.500 7.500a4 4 0 0 1-6-6l8-8a2.800 2.800 0 0 1 4 4l-7.500 7.500a1.300 1.300 0 0 1-2-2l7-7"/>`,
);
export const downIcon = icon(svg`<path d="m6 9.500 6 6 6-6"/>`);
export const upIcon = icon(svg`<path d="m6 14.500 6-6 6 6"/>`);
export const printIcon = icon(
  svg`<path d="M7 9V4h10v5M7 17H5a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1h14a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-2"/><path d="M7 14h10v6H7z"/>`,
  18,
);
export const trashIcon = icon(svg`<path d="M5 7h14M10 7V4.800h4V7M7 7l.8 12.200h8.400L17 7"/>`, 18);
export const checkIcon = icon(svg`<path d="m5.500 12.500 4 4 9-9.500"/>`, 16);
export const dotIcon = icon(svg`<circle cx="12" cy="12" r="3"/>`, 16);
