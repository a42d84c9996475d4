import type { AvatarType } from '../../protocol/avatar-type.ts';

/** What the bytes of an image say of it. */
export interface Image {
  readonly type: AvatarType;
  readonly width: number;
  readonly height: number;
  /** Without what the image says besides its picture, and without what follows its end. */
  readonly bytes: Uint8Array;
}

/** Why bytes are no image that is accepted; the message is for people. */
export class ImageFault extends Error {
  override readonly name = 'ImageFault';
}

/** Where something is cut off that the bytes before announce. */
export const cutOff = (): ImageFault => new ImageFault('The image is cut off or damaged.');
export const animated = (): ImageFault => new ImageFault('The image must not be animated.');
