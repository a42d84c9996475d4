import type { ChatReaction } from './chat-item.ts';

/** A reaction as a file has it. `emoji` null: one that Parley does not know. */
export interface ForeignReaction {
  /** Null: the file does not say who it was. */
  readonly person: string | null;
  /** As the file calls it. */
  readonly name: string;
  readonly emoji: string | null;
  readonly at: number;
}

/** At most one reaction of each of two people, the last one [M4], and what is left out, in words. */
export const oneOfEach = (
  found: readonly ForeignReaction[],
  people: readonly [string, string],
): { readonly reactions: readonly ChatReaction[]; readonly lost: readonly string[] } => {
  const kept = new Map<string, ChatReaction & Pick<ForeignReaction, 'name'>>();
  const lost: string[] = [];
  for (const each of [...found].sort((a, b) => a.at - b.at)) {
    const { person, name, emoji, at } = each;
    if (person === null) lost.push(`the reaction ${name} is left out, because it does not say whose it is`);
    else if (!people.includes(person)) lost.push(`the reaction ${name} of somebody else is left out`);
    else if (emoji === null)
      lost.push(`the reaction ${name} is left out, which is no emoji that is known here`);
    else {
      const before = kept.get(person);
      if (before !== undefined)
        lost.push(`the reaction ${before.name} is left out, because there is one of each, the last`);
      kept.set(person, { person, name, emoji, at });
    }
  }
  return { reactions: [...kept.values()].map(({ person, emoji, at }) => ({ person, emoji, at })), lost };
};
