import type { Up, UpType } from '../../protocol/up.ts';

export type Frame<T extends UpType> = Extract<Up, { type: T }>;
