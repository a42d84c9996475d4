import { html, svg, type TemplateResult } from 'lit';

/** Line icons on a 24-unit grid, drawn after Lucide's; `icons.notice.txt` goes into every bundle. They are hidden
 *  from screen readers, because the button around an icon has a name. */
export const icon = (content: TemplateResult, size = 20): TemplateResult =>
  html`<svg
    width=${size}
    height=${size}
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    stroke-width="1.8"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
  >
    ${content}
  </svg>`;

export const searchIcon = icon(svg`<circle cx="11" cy="11" r="6.5"/><path d="m16 16 4.500 4.500"/>`);
export const composeIcon = icon(
  svg`<path d="M12 5H6a2 2 0 0 0-2 2v11a2 2 0 0 0 2 2h11a2 2 0 0 0 2-2v-6"/><path d="M18.400 3.600a2 2 0 0 1 2.900 2.900L13 14.800l-3.600.8.700-3.600z"/>`,
);
export const settingsIcon = icon(
  svg`<path d="M4 7h9M19 7h1M4 17h1M11 17h9"/><circle cx="16" cy="7" r="2.600"/><circle cx="8" cy="17" r="2.600"/>`,
);
export const backIcon = icon(svg`<g class="mirrored"><path d="M15 5.500 8.500 12l6.500 6.500"/></g>`);
export const pinIcon = icon(
  svg`<path d="M12 16v5M8.500 3.500h7M10 3.500v6.500l-3.500 3.500V16h11v-2.500L14 10V3.500"/>`,
);
export const mutedIcon = icon(
  svg`<path d="M6.500 9.500c0 4-1.500 5.500-2 7h12M8.300 5.400a5.500 5.500 0 0 1 9.200 4.100c0 1.700.300 3 .700 4M10 19.500a2 2 0 0 0 4 0M4 4l16 16"/>`,
);

export const photoIcon = icon(
  svg`<rect x="3.500" y="4.500" width="17" height="15" rx="2"/><path d="m5 18 5-5 3 3 3-3 4 4"/>`,
  16,
);
export const clipIcon = icon(
  svg`<path d="m19 11-7.500 7.500a4 4 0 0 1-6-6l8-8a2.800 2.800 0 0 1 4 4l-7.500 7.500a1.300 1.300 0 0 1-2-2l7-7"/>`,
  16,
);

const small = (content: TemplateResult): TemplateResult =>
  html`<svg
    width="16"
    height="12"
    viewBox="0 0 16 12"
    fill="none"
    stroke="currentColor"
    stroke-width="1.5"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
  >
    ${content}
  </svg>`;

export const sendingTick = small(svg`<circle cx="8" cy="6" r="4.500"/><path d="M8 3.600V6l1.700 1"/>`);
export const sentTick = small(svg`<path d="m4.500 6.500 2.500 2.500 5-6"/>`);
/** Underlined, so that colour is not the only difference from "delivered". */
export const readTick = small(
  svg`<path d="m1.500 5 2.500 2.500 5-6M7.500 7l.5.500 5.500-6M2.500 10.800h11"/>`,
);
export const doubleTick = small(svg`<path d="m1.500 6.500 2.500 2.500 5-6M7.500 8.500l.5.500 5.500-6"/>`);
export const failedTick = small(svg`<circle cx="8" cy="6" r="5"/><path d="M8 3.300v3.200M8 8.700v.05"/>`);
