import lit from 'eslint-plugin-lit';
import litA11y from 'eslint-plugin-lit-a11y';
import wc from 'eslint-plugin-wc';
import { defineConfig, globalIgnores } from 'eslint/config';
import ts from 'typescript-eslint';

/** Time, chance and the environment each come in through one door, so that a test can hold it. */
const doors = {
  time: [
    { object: 'Date', property: 'now', message: 'Take a Clock.' },
    { object: 'performance', property: 'now', message: 'Take a Clock.' },
  ],
  chance: [
    { object: 'Math', property: 'random', message: 'Take Ids.' },
    { object: 'crypto', property: 'randomUUID', message: 'Take Ids.' },
  ],
  environment: [
    { object: 'process', property: 'env', message: 'Only server/config/ reads the environment.' },
  ],
};
const timers = ['setTimeout', 'setInterval'].map((name) => ({ name, message: 'Take a Clock.' }));

const inner = ['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'unsafeHTML', 'unsafeSVG', 'unsafeStatic'];
const noHtml = [
  {
    selector: `MemberExpression[property.name=/^(${inner.join('|')})$/]`,
    message: 'Text nodes only: no HTML path.',
  },
  {
    selector: `ImportSpecifier[imported.name=/^(${inner.join('|')})$/]`,
    message: 'Text nodes only: no HTML path.',
  },
  {
    selector: 'MemberExpression[object.name="document"][property.name="write"]',
    message: 'Text nodes only.',
  },
];

const projects = [
  'tsconfig.test.json',
  'tsconfig.test-client.json',
  'ui/tsconfig.json',
  'scripts/tsconfig.json',
];

export default defineConfig(
  globalIgnores(['dist/', 'data/', 'bin/', 'test-results/', '*.tsbuildinfo']),
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      'no-empty': ['error', { allowEmptyCatch: false }],
      'no-var': 'error',
      'prefer-const': 'error',
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-new-func': 'error',
      'no-console': 'error',
      'no-restricted-syntax': ['error', ...noHtml],
    },
  },
  {
    files: ['**/*.ts', 'scripts/*.mjs'],
    extends: [ts.configs.strictTypeChecked, ts.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { project: projects, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // A union of types states an exact wire; an index signature by interface merges.
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // Closures such as `() => undefined` say on purpose that nothing follows.
      '@typescript-eslint/no-empty-function': ['error', { allow: ['arrowFunctions'] }],
      // Names in brackets where an index signature stands behind them (noPropertyAccessFromIndexSignature is not set).
      '@typescript-eslint/dot-notation': 'off',
      // Code points are what the wire counts.
      '@typescript-eslint/no-misused-spread': 'off',
      // `Record<never, never>`: a write without input.
      '@typescript-eslint/no-generated-empty-object-type': 'off',
      // `T extends …` used once in a signature still types its caller.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
    },
  },
  {
    files: ['scripts/*.mjs'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^(?!node:|\\./[a-z-]+\\.mjs$)',
              message: 'These scripts run before anything is installed or built.',
            },
          ],
        },
      ],
      // These do not see the casts of JSDoc. `tsc` does.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    files: ['server/**/*.ts', 'ui/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: 'node:process',
              importNames: ['env'],
              message: 'Only server/config/ reads the environment.',
            },
          ],
        },
      ],
      'no-restricted-properties': ['error', ...doors.time, ...doors.chance, ...doors.environment],
      'no-restricted-globals': ['error', ...timers],
    },
  },
  {
    files: [
      'server/runtime/clock.ts',
      'server/runtime/ids.ts',
      'server/config/config.ts',
      'server/config/environment.ts',
      'ui/**/clock.ts',
      'ui/**/ids.ts',
    ],
    rules: { 'no-restricted-properties': 'off', 'no-restricted-globals': 'off' },
  },
  {
    // The first script of the page imports nothing, and is tested in a browser.
    files: ['ui/boot.ts'],
    rules: { 'no-restricted-properties': 'off', 'no-restricted-globals': 'off' },
  },
  {
    // The operator's commands and the scripts talk to a person.
    files: ['server/cli.ts', 'scripts/**/*.{ts,mjs}', 'test/**/*.ts', 'perf/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['test/**/*.ts', 'perf/**/*.ts'],
    rules: {
      // node:test returns a promise that the runner itself awaits.
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', package: 'node:test', name: ['test', 'describe', 'it'] },
          ],
        },
      ],
      'no-restricted-globals': [
        'error',
        ...timers.map(({ name }) => ({ name, message: 'Wait for an event.' })),
      ],
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  { files: ['test/support/deadline.ts', 'perf/**/*.ts'], rules: { 'no-restricted-globals': 'off' } },
  {
    files: ['ui/**/*.ts'],
    extends: [
      lit.configs['flat/recommended'],
      wc.configs['flat/recommended'],
      litA11y.flatConfigs?.recommended ?? {
        plugins: { 'lit-a11y': litA11y },
        rules: litA11y.configs.recommended.rules,
      },
    ],
    rules: {
      'lit/no-template-arrow': 'off',
      'lit/no-legacy-imports': 'error',
      'lit/no-useless-template-literals': 'error',
      'lit/no-value-attribute': 'error',
      'wc/no-self-class': 'error',
      'wc/require-listener-teardown': 'error',
      'wc/guard-super-call': 'off',
    },
  },
);
