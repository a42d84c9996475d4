import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { repositoryRoot } from './paths.ts';

const FOLDER = join(repositoryRoot, 'deploy/monitoring');
export const RULES_FILE = join(FOLDER, 'prometheus-rules.yaml');

/** `skip` of tests that ask promtool. */
export const withoutPromtool =
  spawnSync('promtool', ['--version']).status === 0
    ? false
    : 'not run: no promtool (Debian: it is in the package prometheus)';

export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export const alerts = (): readonly Alert[] => {
  const { groups } = parse(readFileSync(RULES_FILE, 'utf8')) as {
    groups: readonly { rules: readonly Alert[] }[];
  };
  return groups.flatMap(({ rules }) => rules);
};

export interface Panel {
  readonly title: string;
  readonly description: string;
  readonly fieldConfig: { readonly defaults: { readonly unit: string } };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets: readonly { readonly expr: string }[];
}

export const panels = (): readonly Panel[] =>
  (JSON.parse(readFileSync(join(FOLDER, 'grafana-dashboard.json'), 'utf8')) as { panels: readonly Panel[] })
    .panels;

export const expressionsOfDashboard = (): readonly string[] =>
  panels().flatMap(({ targets }) => targets.map(({ expr }) => expr));

/** The figures of ours that an expression of PromQL names, each with the labels that it asks for. */
export const figuresIn = (
  expression: string,
): readonly { readonly name: string; readonly labels: readonly string[] }[] =>
  [...expression.matchAll(/\b(parley_\w+)(?:\{([^}]*)\})?/g)].map(([, name = '', matchers = '']) => ({
    name,
    labels: [...matchers.matchAll(/(\w+)(?==|!|~)/g)].map(([, label = '']) => label),
  }));
