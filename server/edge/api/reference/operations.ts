import { entry, escaped, figure, inline, prose, type Section } from './html.ts';
import { field, shapeOf, type Objects, type Schema } from './schema.ts';

interface Content {
  readonly schema: Schema;
  readonly example?: unknown;
}
interface Response {
  readonly $ref?: string;
  readonly description?: string;
  readonly content?: Readonly<Record<string, Content>>;
}
interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description: string;
  readonly security: readonly unknown[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly description?: string;
    readonly schema: Schema;
  }[];
  readonly requestBody?: {
    readonly description: string;
    readonly content: Readonly<Record<string, Content>>;
  };
  readonly responses: Readonly<Record<string, Response>>;
}
/** What the page reads of the OpenAPI document. */
export interface OpenApi {
  readonly info: { readonly version: string; readonly description: string };
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Objects;
    readonly securitySchemes: { readonly accessToken: { readonly description: string } };
    readonly responses: Readonly<Record<string, Response>>;
  };
}

const JSON_TYPE = 'application/json';
const PROBLEM_TYPE = 'application/problem+json';

interface Problem {
  readonly status: number;
  readonly code: string;
  readonly title: string;
}
export const problemsOf = ({ components }: OpenApi): Readonly<Record<string, Problem>> =>
  Object.fromEntries(
    Object.entries(components.responses).map(([name, { content = {} }]) => [
      `#/components/responses/${name}`,
      content[PROBLEM_TYPE]?.example as Problem,
    ]),
  );

export const errorId = (code: string): string => `error-${code}`;

const heading = (method: string, path: string): string => {
  // Long paths break before a slash.
  const shown = escaped(path)
    .replace(/(?<=.)\//g, '<wbr>/')
    .replace(/\{\w+\}/g, '<i>$&</i>');
  return `<span class="method ${method}">${method.toUpperCase()}</span> <code>${shown}</code>`;
};

const parametersOf = ({ parameters = [] }: Operation, place: string, title: string, objects: Objects) => {
  const rows = parameters
    .filter((each) => each.in === place)
    .map(({ name, schema, description = '', required }) =>
      field(name, { ...schema, description }, required !== true, objects),
    );
  return rows.length === 0 ? '' : `<h4>${title}</h4><dl>${rows.join('')}</dl>`;
};

const answersOf = ({ responses }: Operation, objects: Objects): string => {
  const answers = Object.entries(responses)
    .filter(([, { $ref }]) => $ref === undefined)
    .map(([status, { description = '', content = {} }]) => {
      const schema = content[JSON_TYPE]?.schema;
      const shape = schema === undefined ? '' : shapeOf(schema, objects);
      return `<li><strong>${status}</strong> ${inline(description)}${shape}</li>`;
    });
  return `<h4>Answers</h4><ul class="answers">${answers.join('')}</ul>`;
};

const errorsOf = ({ responses }: Operation, problems: ReturnType<typeof problemsOf>): string => {
  const links = Object.values(responses).flatMap(({ $ref = '' }) => {
    const problem = problems[$ref];
    if (problem === undefined) return [];
    return [`<li><a href="#${errorId(problem.code)}">${String(problem.status)} ${problem.code}</a></li>`];
  });
  return `<h4>Errors</h4><ul class="errors">${links.join('')}</ul>`;
};

/** Each example once, although several statuses may answer with it. */
const examplesOf = ({ requestBody, responses }: Operation): string => {
  const shown = new Set<string>();
  const asked = requestBody?.content[JSON_TYPE]?.example;
  const answers = Object.entries(responses).flatMap(([status, { content = {} }]) => {
    const given = content[JSON_TYPE]?.example;
    const text = JSON.stringify(given);
    if (given === undefined || shown.has(text)) return [];
    shown.add(text);
    return [figure(`Answer ${status}`, given)];
  });
  return [...(asked === undefined ? [] : [figure('Body', asked)]), ...answers].join('');
};

/** What all operations refer to. */
interface Shown {
  readonly schemas: Objects;
  readonly problems: ReturnType<typeof problemsOf>;
}

const operationHtml = (
  id: string,
  method: string,
  path: string,
  operation: Operation,
  { schemas, problems }: Shown,
) => {
  const body = operation.requestBody?.content[JSON_TYPE]?.schema;
  const told = [
    `<p class="summary">${inline(operation.summary)}</p>${prose(operation.description)}`,
    operation.security.length === 0 ? '<p class="open">Needs no access token.</p>' : '',
    parametersOf(operation, 'path', 'In the path', schemas),
    parametersOf(operation, 'query', 'Query', schemas),
    body === undefined ? '' : `<h4>Body</h4>${shapeOf(body, schemas)}`,
    answersOf(operation, schemas),
    errorsOf(operation, problems),
  ];
  return entry(id, heading(method, path), told.join(''), examplesOf(operation));
};

/** The routes, grouped as the document does. HEAD goes without saying: the page says once what it answers. */
export const operationSections = (api: OpenApi): readonly Section[] => {
  const shown = { schemas: api.components.schemas, problems: problemsOf(api) };
  return api.tags.map(({ name, description }) => ({
    id: `routes-${name}`,
    title: `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
    lead: `<p class="lead">${inline(description)}</p>`,
    entries: Object.entries(api.paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([method, { tags }]) => method !== 'head' && tags.includes(name))
        .map(([method, operation]) => {
          const id = operation.operationId.replaceAll('_', '-');
          return {
            id,
            label: heading(method, path),
            html: operationHtml(id, method, path, operation, shown),
          };
        }),
    ),
  }));
};
