import { nothing, svg, type TemplateResult } from 'lit';
import { icon } from '../shared/icons.ts';

const sheet = svg`<path d="M13.500 3.500H7.500a2 2 0 0 0-2 2v13a2 2 0 0 0 2 2h9a2 2 0 0 0 2-2v-10z"/><path d="M13.500 3.500v5h5"/>`;
const fileIcon = icon(sheet);
const soundIcon = icon(
  svg`<circle cx="7.500" cy="17" r="2.500"/><circle cx="16.500" cy="15" r="2.500"/><path d="M10 17V6.500l9-2V15"/>`,
);
const filmIcon = icon(
  svg`<rect x="3.500" y="6" width="12" height="12" rx="2"/><path d="m15.500 10.500 5-2.500v8l-5-2.500"/>`,
);
const boxIcon = icon(
  svg`<path d="M4.500 7.500 12 3.500l7.500 4v9L12 20.500l-7.500-4z"/><path d="m4.500 7.500 7.500 4 7.500-4M12 11.500v9"/>`,
);
const ARCHIVES = /zip|tar|compressed|archive|rar/i;

export const pictureIcon = icon(
  svg`<rect x="3.500" y="4.500" width="17" height="15" rx="2"/><circle cx="8.500" cy="9.500" r="1.600"/><path d="m5 18 5-5 3 3 3-3 4 4"/>`,
  24,
);
export const saveIcon = icon(svg`<path d="M12 4.500v10.500M7.500 10.500 12 15l4.500-4.500M5 19.500h14"/>`);
export const stopIcon = icon(svg`<path d="m8 8 8 8M16 8l-8 8"/>`);
export const waitIcon = icon(svg`<circle cx="12" cy="12" r="8.500"/><path d="M12 7.500V12l3 2"/>`);
export const faultIcon = icon(svg`<circle cx="12" cy="12" r="8.500"/><path d="M12 7.800v4.700M12 16v.05"/>`);
export const previousIcon = icon(svg`<g class="mirrored"><path d="M15 5.500 8.500 12l6.500 6.500"/></g>`, 24);
export const nextIcon = icon(svg`<g class="mirrored"><path d="M9 5.500 15.500 12 9 18.500"/></g>`, 24);
export const enlargeIcon = icon(
  svg`<circle cx="10.500" cy="10.500" r="6.500"/><path d="m15.500 15.500 5 5M10.500 7.500v6M7.500 10.500h6"/>`,
);
export const reduceIcon = icon(
  svg`<circle cx="10.500" cy="10.500" r="6.500"/><path d="m15.500 15.500 5 5M7.500 10.500h6"/>`,
);

/** What a file looks like, by the type that its sender gave it. */
export const iconOf = (type: string): TemplateResult => {
  if (type.startsWith('image/')) return pictureIcon;
  if (type.startsWith('audio/')) return soundIcon;
  if (type.startsWith('video/')) return filmIcon;
  return ARCHIVES.test(type) ? boxIcon : fileIcon;
};

/** A circle that fills. `part`: from 0 to 1; null if it is unknown how far it is. */
export const progressRing = (part: number | null): TemplateResult =>
  icon(
    svg`<circle class="track" cx="12" cy="12" r="10.500" stroke-width="2"/><circle
      class=${part === null ? 'part turning' : 'part'}
      cx="12"
      cy="12"
      r="10.500"
      stroke-width="2"
      pathLength="100"
      stroke-dasharray=${`${String(part === null ? 25 : Math.round(100 * part))} 100`}
      transform=${part === null ? nothing : 'rotate(-90 12 12)'}
    />`,
    40,
  );
