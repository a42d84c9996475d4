/** One instruction of a Dockerfile, its lines joined. */
interface Instruction {
  /** In capital letters. */
  readonly name: string;
  readonly text: string;
}

export interface Stage {
  /** The image or the stage that it begins with. */
  readonly base: string;
  readonly name: string | undefined;
  readonly instructions: readonly Instruction[];
}

/** The stages of a Dockerfile, as far as ours uses the language: no ARG before FROM, no here-documents, no variables.
 *  @throws Error for a line outside of a stage */
export const stagesOf = (dockerfile: string): readonly Stage[] => {
  const lines = dockerfile
    .split('\n')
    .filter((line) => !/^\s*(?:#|$)/.test(line))
    .join('\n')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n');
  const stages: { base: string; name: string | undefined; instructions: Instruction[] }[] = [];
  for (const line of lines) {
    const [, name = '', text = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
    if (name.toUpperCase() === 'FROM') {
      const [, base = '', stage] = /^(\S+)(?: +AS +(\S+))?$/i.exec(text) ?? [];
      stages.push({ base, name: stage, instructions: [] });
      continue;
    }
    const stage = stages.at(-1);
    if (stage === undefined) throw new Error(`outside of a stage: ${line}`);
    stage.instructions.push({ name: name.toUpperCase(), text });
  }
  return stages;
};

/** What an image says of how it is run. */
export interface ImageSettings {
  readonly env: Readonly<Record<string, string>>;
  readonly workdir: string;
  readonly user: string;
  readonly entrypoint: readonly string[];
  readonly healthcheck: readonly string[];
  readonly volumes: readonly string[];
}

export const BARE: ImageSettings = {
  env: {},
  workdir: '/',
  user: '0:0',
  entrypoint: [],
  healthcheck: [],
  volumes: [],
};

const list = (text: string): readonly string[] => JSON.parse(text) as readonly string[];

/** The settings after an instruction; RUN and COPY change none. */
export const settingsAfter = (settings: ImageSettings, { name, text }: Instruction): ImageSettings => {
  switch (name) {
    case 'ENV': {
      const pairs = text.split(/ +/).map((pair): [string, string] => {
        const at = pair.indexOf('=');
        return [pair.slice(0, at), pair.slice(at + 1)];
      });
      return { ...settings, env: { ...settings.env, ...Object.fromEntries(pairs) } };
    }
    case 'WORKDIR':
      return { ...settings, workdir: text };
    case 'USER':
      return { ...settings, user: text };
    case 'ENTRYPOINT':
      return { ...settings, entrypoint: list(text) };
    case 'HEALTHCHECK':
      return { ...settings, healthcheck: list(text.replace(/^.*?CMD +/, '')) };
    case 'VOLUME':
      return { ...settings, volumes: list(text) };
    default:
      return settings;
  }
};

export interface Copying {
  readonly from: string | undefined;
  readonly sources: readonly string[];
  readonly target: string;
}

export const copyingOf = (text: string): Copying => {
  const [, from, paths = ''] = /^(?:--from=(\S+) +)?(.*)$/.exec(text) ?? [];
  const all = paths.split(/ +/);
  return { from, sources: all.slice(0, -1), target: all.at(-1) ?? '' };
};
