/** Where the Debian package has its programs. */
export const HOME = '/usr/lib/parley-server';

/** What differs from deploy/parley.service, the unit of a clone: lines of that, and what the package has in their place. */
const CHANGES: readonly (readonly [RegExp, string])[] = [
  [/^(?:#.*\n)+/, '# Runs Parley behind a proxy that does TLS. Settings: /etc/parley/parley.env\n'],
  [/^Documentation=.*\n/m, 'Documentation=man:parley(1)\n'],
  [/^ExecStart=.*\n/m, `ExecStart=${HOME}/node --max-semi-space-size=2 ${HOME}/bundle/main.js\n`],
  [/^WorkingDirectory=.*\n/m, 'EnvironmentFile=/etc/parley/parley.env\n'],
  // These two are in the file of settings.
  [/^Environment=PARLEY_TRUST_PROXY=.*\n/m, ''],
  [/^#.*\nEnvironment=PARLEY_REGISTRATION=.*\n/m, ''],
  // An account that is always there, so that commands can be given in its name.
  [/^DynamicUser=yes\n/m, 'User=parley\nGroup=parley\n'],
];

/** The unit of the Debian package, with the protection of deploy/parley.service, whose text is given. */
export const debianUnit = (unitOfClone: string): string =>
  CHANGES.reduce((unit, [wanted, replacement]) => {
    if (!wanted.test(unit)) throw new Error(`deploy/parley.service has nothing like ${String(wanted)}`);
    return unit.replace(wanted, replacement);
  }, unitOfClone);
