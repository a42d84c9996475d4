import * as z from 'zod/mini';

/** One emoji as Unicode recommends it for interchange (RGI): what keyboards offer, with skin tones, flags and joined sequences. Both
 *  sides of the wire ask the same property; which emoji it has depends on the version of Unicode that the server's Node.js knows. */
const ONE_EMOJI = new RegExp('^\\p{RGI_Emoji}$', 'v');

/** An emoji with which a user reacts to a message [M4]. */
export const emoji = z.string().check((ctx) => {
  if (ONE_EMOJI.test(ctx.value)) return;
  ctx.issues.push({ code: 'custom', input: ctx.value, message: 'must be exactly one emoji' });
});
