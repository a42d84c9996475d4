import * as z from 'zod/mini';
import type { FieldError } from './errors.ts';

/** Without a locale every message is "Invalid input". The setting belongs to the process, so it stands where messages are read. */
z.config(z.locales.en());

/** An answer names no more faults than this, and no longer names of fields: they come from whoever is answered. */
const FAULTS_MAX = 20;
const NAME_MAX = 64;

const named = (key: PropertyKey): string => {
  const name = String(key);
  return name.length <= NAME_MAX ? name : `${name.slice(0, NAME_MAX)}…`;
};

/** What is wrong with a value, one entry a fault, at least one and at most 20. No entry repeats a value. */
export const fieldErrors = (issues: readonly z.core.$ZodIssue[]): readonly FieldError[] =>
  issues.flatMap(entriesOf).slice(0, FAULTS_MAX);

const entriesOf = (issue: z.core.$ZodIssue): readonly FieldError[] => {
  const path = issue.path.map(named).join('.');
  if (issue.code === 'unrecognized_keys')
    return issue.keys.slice(0, FAULTS_MAX).map((key) => ({
      path: path === '' ? named(key) : `${path}.${named(key)}`,
      message: 'is not known here',
    }));
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    // The form that was most nearly met is the one that was meant.
    const nearest = issue.errors.reduce((a, b) => (b.length < a.length ? b : a));
    return nearest.flatMap(entriesOf);
  }
  return [{ path, message: issue.message }];
};
